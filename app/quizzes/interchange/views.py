"""The pages of questions in and out."""

import uuid
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Invalid, NotFound
from app.core.forms import choice
from app.core.languages import told
from app.core.text import file_name
from app.quizzes.interchange import formats, policies, preview, queries, services
from app.quizzes.interchange.forms import ExportForm, UploadForm
from app.quizzes.interchange.looks import looking
from app.quizzes.interchange.media import TYPES, references
from app.quizzes.interchange.model import LANGUAGES, Exported
from app.quizzes.interchange.models import ImportState, QuestionState

blueprint = Blueprint("questions", __name__, url_prefix="/questions")
blueprints = (blueprint,)


def _root() -> Path:
    root: Path = current_app.extensions["academy.settings"].data_dir
    return root


@blueprint.get("/imports")
@access.requires(*policies.AUTHORS)
def list_uploads() -> str:
    """The files that were uploaded, and what became of their questions."""
    page = queries.list_uploads(require_actor(), page=request.args.get("page", 1, type=int))
    return render_template("quizzes/interchange/index.html", page=page, **_vocabulary())


@blueprint.route("/imports/new", methods=["GET", "POST"])
@access.requires(*policies.AUTHORS, reads_first=True)
def upload() -> str | BaseResponse:
    """Choose a file; it is read and shown before anything happens."""
    actor = require_actor()
    form = UploadForm()
    if not form.validate_on_submit():
        page = render_template("quizzes/interchange/upload.html", form=form)
        return current_app.make_response((page, 422)) if request.method == "POST" else page
    name, data = file_name(form.file.data.filename or ""), form.file.data.read()
    organisation_id = policies.organisation_of(actor)
    release()
    kind, found = formats.read(data, name, formats.as_language(form.language.data))
    stored = services.store_files(_root(), data, found)
    with transaction():
        kept = services.keep_upload(
            actor,
            found,
            organisation_id=organisation_id,
            file_name=name,
            file_digest=stored,
            kind=kind,
            language=formats.as_language(form.language.data),
            now=clock.now(),
        )
    return redirect(url_for(".show_upload", upload_id=kept.id))


@blueprint.get("/imports/<uuid:upload_id>")
@access.requires(*policies.AUTHORS)
def show_upload(upload_id: uuid.UUID) -> str:
    """Each question as it will look, and everything that was not taken."""
    kept = queries.get_upload_for(require_actor(), upload_id)
    page = queries.list_questions(kept.id, page=request.args.get("page", 1, type=int))
    return render_template(
        "quizzes/interchange/show.html",
        upload=kept,
        page=page,
        counts=queries.count_questions([kept.id]).get(kept.id, {}),
        looks=looking(),
        **_vocabulary(),
    )


@blueprint.post("/imports/<uuid:upload_id>/confirm")
@access.requires(*policies.AUTHORS)
def confirm(upload_id: uuid.UUID) -> BaseResponse:
    """Take what was shown: all of it, or nothing."""
    with transaction():
        services.confirm_upload(require_actor(), upload_id, now=clock.now())
        counts = queries.count_questions([upload_id]).get(upload_id, {})
    flash(_taken(counts.get(QuestionState.PUBLISHED, 0), counts.get(QuestionState.DRAFT, 0)), "ok")
    return redirect(url_for(".show_upload", upload_id=upload_id))


def _taken(published: int, drafts: int) -> str:
    if not drafts:
        return str(_("The questions are in the bank."))
    if not published:
        return str(_("The questions are kept as drafts; each still lacks a language."))
    return str(
        _(
            "%(published)s questions are in the bank; %(drafts)s are kept as drafts and still lack a language.",
            published=published,
            drafts=drafts,
        )
    )


@blueprint.post("/imports/<uuid:upload_id>/discard")
@access.requires(*policies.AUTHORS)
def discard(upload_id: uuid.UUID) -> BaseResponse:
    """Throw the upload away; the bank stays as it is."""
    with transaction():
        services.discard_upload(require_actor(), upload_id)
    flash(_("The file was thrown away; nothing was taken from it."), "ok")
    return redirect(url_for(".list_uploads"))


@blueprint.route("/drafts/<uuid:question_id>", methods=["GET", "POST"])
@access.requires(*policies.AUTHORS)
def edit_draft(question_id: uuid.UUID) -> str | BaseResponse:
    """Write the missing language beside the one that is there."""
    question, kept = queries.get_draft_for(require_actor(), question_id)
    error = ""
    if request.method == "POST":
        publish = request.form.get("action") == "publish"
        texts = {gap.name: request.form.get(gap.name, "") for gap in preview.gaps(question.raw)}
        if publish and not all(text.strip() for text in texts.values()):
            error = _("Some texts are still missing in one language.")
        else:
            error = _save_draft(question_id, texts, publish=publish)
        if not error:
            words = _("The question is in the bank.") if publish else _("Saved. The question remains a draft.")
            flash(words, "ok")
            return redirect(url_for(".show_upload", upload_id=kept.id))
    page = render_template(
        "quizzes/interchange/draft.html",
        question=question,
        upload=kept,
        gaps=preview.gaps(question.raw),
        looks=looking(),
        written=request.form,
        error=error,
        **_vocabulary(),
    )
    return current_app.make_response((page, 422)) if error else page


def _save_draft(question_id: uuid.UUID, texts: dict[str, str], *, publish: bool) -> str:
    """Save, and say what was wrong with it."""
    try:
        with transaction():
            services.complete_draft(require_actor(), question_id, texts, publish=publish, now=clock.now())
    except Invalid as invalid:
        return told(invalid)
    return ""


@blueprint.post("/drafts/<uuid:question_id>/remove")
@access.requires(*policies.AUTHORS)
def remove_draft(question_id: uuid.UUID) -> BaseResponse:
    """Take a draft out."""
    with transaction():
        question = services.remove_draft(require_actor(), question_id)
    flash(_("The draft was removed."), "ok")
    return redirect(url_for(".show_upload", upload_id=question.import_id))


@blueprint.get("/pictures/<string:name>")
@access.signed_in
def show_picture(name: str) -> Response:
    """A picture in a question: whoever reads the question knows its name, nobody can guess it."""
    digest, _dot, suffix = name.partition(".")
    data = queries.get_picture(digest, suffix, _root())
    response = Response(data, content_type=TYPES[suffix])
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@blueprint.get("/export")
@access.requires(*policies.AUTHORS)
def export() -> str:
    """Choose questions and a format; see what cannot go before taking the file."""
    form = _export_form()
    written = _written(form) if request.args.get("format") and form.validate() else None
    return render_template(
        "quizzes/interchange/export.html", form=form, written=written, by_reason=preview.by_reason, **_vocabulary()
    )


@blueprint.post("/export/download")
@access.requires(*policies.AUTHORS, reads_first=True)
def download() -> BaseResponse:
    """The file; who took it is noted."""
    form = _export_form()
    if not form.validate():
        raise NotFound
    written = _written(form)
    release()
    with transaction():
        services.note_export(require_actor(), form.format.data, written.keys)
    return send_file(
        BytesIO(written.data), mimetype=written.content_type, as_attachment=True, download_name=written.name
    )


def _export_form() -> ExportForm:
    form = ExportForm(request.values)
    sources = queries.list_sources(require_actor())
    form.source.choices = [choice(found.name, f"{found.name or '—'} ({found.count})") for found in sources]
    return form


def _written(form: ExportForm) -> Exported:
    questions = queries.exportable(require_actor(), form.source.data or ())
    media = queries.pictures(references([question.raw for question in questions]), _root())
    return formats.write(form.format.data, questions, media)


def _vocabulary() -> dict[str, object]:
    """What the pages need to put things into words."""
    return {
        "preview": preview,
        "formats": {**formats.IMPORTS, "xml": "XML", "zip": "ZIP"},
        "languages": LANGUAGES,
        "language_words": {"zh": _("Chinese"), "en": _("English")},
        "ImportState": ImportState,
        "QuestionState": QuestionState,
    }
