"""Packages out and in, under /authoring."""

import uuid
from io import BytesIO
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict
from app.core.languages import locale_name, told
from app.core.text import file_name
from app.courses.authoring.policies import AUTHORS
from app.courses.authoring.sources import store_media
from app.courses.packages import queries, services
from app.courses.packages.forms import PackageForm
from app.courses.packages.models import PackageState
from app.courses.packages.plans import Wish, packed
from app.courses.packages.reading import read_package
from app.files import services as files
from app.quizzes.interchange.model import LANGUAGES

blueprint = Blueprint("packages", __name__)
blueprints = (blueprint,)


def _root() -> Path:
    root: Path = current_app.extensions["academy.settings"].data_dir
    return root


@blueprint.post("/authoring/<string:course_key>/package/<any(draft, published):state>")
@access.requires(*AUTHORS, reads_first=True)
def download(course_key: str, state: queries.State) -> Response:
    """The course as one file; who took it is noted."""
    actor = require_actor()
    packed = queries.pack_course(actor, course_key, state, _root())
    release()
    with transaction():
        services.note_export(actor, course_key, state)
    return send_file(
        BytesIO(packed.data), mimetype="application/zip", as_attachment=True, download_name=packed.name
    )


@blueprint.route("/authoring/packages/new", methods=["GET", "POST"])
@access.requires(*AUTHORS, reads_first=True)
def upload() -> str | Response | tuple[str, int]:
    """Choose a package; it is read and shown before anything is made."""
    actor, form = require_actor(), PackageForm()
    organisations = {str(one.id): one for one in queries.organisations_for(actor)}
    form.offer(list(organisations.values()), locale_name())
    if not form.validate_on_submit():
        return _chosen(form)
    name, data = file_name(form.file.data.filename or ""), form.file.data.read()
    owner = organisations[form.organisation.data]
    language = next(one for one in LANGUAGES if one == form.language.data)
    wish = Wish(form.key.data or "", queries.owner_key(owner), language, clock.day_of(clock.now()))
    organisation_id = owner.id
    release()
    plan = read_package(data, name, wish)
    digest, plan_digest = files.store(_root(), data), files.store(_root(), packed(plan))
    try:
        with transaction():
            kept = services.keep_upload(
                actor,
                plan,
                organisation_id=organisation_id,
                language=language,
                file_name=name,
                file_digest=digest,
                plan_digest=plan_digest,
                now=clock.now(),
            )
            upload_id = kept.id
    except Conflict as refused:
        form.key.errors = [told(refused)]
        return _chosen(form)
    return redirect(url_for(".show_upload", upload_id=upload_id), 303)


def _chosen(form: PackageForm) -> str | tuple[str, int]:
    """The page of the form, with the uploads that wait."""
    waiting = queries.list_waiting(require_actor())
    page = render_template("courses/packages/upload.html", form=form, waiting=waiting)
    return (page, 422) if form.errors else page


@blueprint.get("/authoring/packages/<uuid:upload_id>")
@access.requires(*AUTHORS)
def show_upload(upload_id: uuid.UUID) -> str:
    """What comes and what does not, and why."""
    kept = queries.get_upload_for(require_actor(), upload_id)
    return render_template(
        "courses/packages/show.html",
        upload=kept,
        plan=queries.plan_of(kept, _root()),
        PackageState=PackageState,
        kinds={
            "module": _("Modules"),
            "lesson": _("Lessons"),
            "link": _("Web links"),
            "question": _("Questions"),
            "questions": _("Files of questions"),
            "figure": _("Figures"),
            "file": _("Other files"),
        },
    )


@blueprint.post("/authoring/packages/<uuid:upload_id>/confirm")
@access.requires(*AUTHORS, reads_first=True)
def confirm(upload_id: uuid.UUID) -> Response:
    """Make the course: everything that was shown, or nothing."""
    actor = require_actor()
    plan = queries.plan_of(queries.get_upload_for(actor, upload_id), _root())
    release()
    store_media(_root(), plan.files)
    with transaction():
        services.confirm_upload(actor, upload_id, plan, now=clock.now())
    flash(_("The course is made. See what is still to mend before it can be published."), "ok")
    return redirect(url_for("editing.show_outline", course_key=plan.key), 303)


@blueprint.post("/authoring/packages/<uuid:upload_id>/discard")
@access.requires(*AUTHORS)
def discard(upload_id: uuid.UUID) -> Response:
    """Throw the package away; nothing was made of it."""
    with transaction():
        services.discard_upload(require_actor(), upload_id)
    flash(_("The package was thrown away; nothing was made of it."), "ok")
    return redirect(url_for("editing.list_courses"), 303)
