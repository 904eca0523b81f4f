"""A module as a PDF: asked for, watched while it is made, fetched."""

from flask import Response as FlaskResponse
from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import NotFound
from app.core.languages import locale_name
from app.core.text import language_of
from app.courses.studying import queries, services
from app.courses.studying.views.blueprint import blueprint
from app.files import services as files
from app.library.queries import library

PAGE = "/courses/<string:course_key>/documents/<string:module_key>"


def _language() -> str:
    """The language asked for, else the reader's own."""
    own = language_of(locale_name())
    asked = request.values.get("language", own)
    return asked if asked in {"zh", "en"} else own


@blueprint.get(PAGE)
@access.signed_in
def document(course_key: str, module_key: str) -> str:
    """What there is of the module's document, and how far it is."""
    study = queries.study_in(require_actor(), course_key)
    module = queries.get_module(study.outline, module_key)
    language = _language()
    return render_template(
        "courses/studying/document_page.html",
        study=study,
        course_key=course_key,
        module=module,
        language=language,
        progress=queries.document_progress(module, language, library()),
    )


@blueprint.post(PAGE)
@access.signed_in
def make_document(course_key: str, module_key: str) -> Response:
    """Let it be made."""
    actor = require_actor()
    study = queries.study_in(actor, course_key)
    module, language = queries.get_module(study.outline, module_key), _language()
    with transaction():
        services.request_document(
            actor, study.outline, module, language=language, books=library(), now=clock.now()
        )
    return redirect(url_for(".document", course_key=course_key, module_key=module_key, language=language), 303)


@blueprint.get(f"{PAGE}/file")
@access.signed_in
def download_document(course_key: str, module_key: str) -> FlaskResponse:
    """The file."""
    study = queries.study_in(require_actor(), course_key)
    module, language = queries.get_module(study.outline, module_key), _language()
    progress = queries.document_progress(module, language, library())
    if progress.document is None or progress.document.digest is None:
        raise NotFound
    data = files.read(current_app.extensions["academy.settings"].data_dir, progress.document.digest)
    response = current_app.response_class(data, mimetype="application/pdf")
    name = f"{course_key}-{module_key}-{language}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
