"""The courses one may edit, and making a new one."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import Actor, require_actor
from app.core.database import transaction
from app.core.errors import Conflict, Invalid
from app.core.languages import locale_name, told
from app.core.text import Bilingual
from app.courses.authoring import policies, services
from app.courses.editing import queries
from app.courses.editing.forms import CourseForm
from app.courses.editing.views.blueprint import author_only, blueprint
from app.organisations.models import Organisation
from app.organisations.queries import list_organisations


@blueprint.get("/authoring")
@author_only
def list_courses() -> str:
    """The courses one may edit, those in work first, each with its next step."""
    return render_template("courses/editing/courses.html", lines=queries.courses_of(require_actor()))


def _organisations(actor: Actor) -> list[Organisation]:
    return [one for one in list_organisations() if policies.can_edit(actor, one.id)]


@blueprint.route("/authoring/new", methods=["GET", "POST"])
@author_only
def create_course() -> str | Response | tuple[str, int]:
    """A new course: its names and whose it is; everything else follows in its settings."""
    actor, form = require_actor(), CourseForm()
    organisations = _organisations(actor)
    form.offer(organisations, locale_name())
    if not form.validate_on_submit():
        page = render_template("courses/editing/create_course.html", form=form)
        return (page, 422) if form.errors else page
    key = str(form.key.data)
    try:
        with transaction():
            services.create_course(
                actor,
                key=key,
                title=Bilingual(zh=str(form.title_zh.data), en=str(form.title_en.data)),
                organisation_id=uuid.UUID(form.organisation.data),
                code=str(form.code.data),
                track=str(form.track.data),
                now=clock.now(),
            )
    except (Conflict, Invalid) as refused:
        form.key.errors = [told(refused)]
        return render_template("courses/editing/create_course.html", form=form), 422
    flash(_("The course is made. Add its first module."), "ok")
    return redirect(url_for(".show_outline", course_key=key))


@blueprint.post("/authoring/<string:course_key>/open")
@author_only
def open_draft(course_key: str) -> Response:
    """Begin to work on a course, or go on with the draft that is there."""
    with transaction():
        services.open_draft(require_actor(), course_key, clock.now())
    return redirect(url_for(".show_outline", course_key=course_key))
