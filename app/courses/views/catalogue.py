"""The catalogue and a course's page."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import NotFound
from app.core.publishing import send_stored
from app.courses import policies, queries, services
from app.courses.links import Links
from app.courses.rules import CourseOutline, next_step
from app.courses.views.blueprint import blueprint
from app.files import services as files
from app.quizzes import queries as quizzes
from app.quizzes import starting
from app.quizzes.models import Attempt
from app.quizzes.rules import Admission


@blueprint.get("/courses")
@access.signed_in
def catalogue() -> str:
    """Every course, with one's own progress where there is some."""
    actor = require_actor()
    lines = queries.catalogue()
    standings = queries.standing_of([actor.person_id], [line.id for line in lines])
    return render_template(
        "courses/catalogue.html",
        lines=lines,
        standings={course_id: standing for (_person, course_id), standing in standings.items()},
    )


def outline_for(course_key: str) -> CourseOutline:
    """What somebody who is not enrolled sees: the revision published now. Raises NotFound."""
    return queries.outline(queries.current_revision_id(queries.get_course(course_key)))


@blueprint.get("/courses/<string:course_key>")
@access.signed_in
def show_course(course_key: str) -> str:
    """Outline, own progress, examination; one primary action: where to go on."""
    actor = require_actor()
    enrolment = queries.enrolment_in(actor.person_id, course_key)
    if enrolment is None:
        outline = outline_for(course_key)
        return render_template(
            "courses/course.html",
            course_key=course_key,
            links=Links(course_key),
            outline=outline,
            enrolment=None,
            progress=None,
            can_preview=policies.can_preview(actor),
            can_take_up=policies.can_take_up(outline),
            exam=None,
        )
    outline = queries.outline(enrolment.course_revision_id)
    progress = queries.progress_of(enrolment, outline)
    exam = None
    if outline.quiz_id is not None:
        exam = quizzes.rules_view(
            outline.quiz_id, actor.person_id, (queries.EXAM_CONTEXT, enrolment.id), clock.now()
        )
    return render_template(
        "courses/course.html",
        course_key=course_key,
        links=Links(course_key),
        outline=outline,
        enrolment=enrolment,
        progress=progress,
        step=next_step(outline, progress, queries.place_of(enrolment)),
        completion=queries.completion_of(enrolment),
        exam=exam,
        can_preview=policies.can_preview(actor),
        can_take_up=False,
    )


@blueprint.post("/courses/<string:course_key>/enrol")
@access.signed_in
def enrol(course_key: str) -> Response:
    """Take up an open course."""
    with transaction():
        services.take_up(require_actor(), course_key=course_key, now=clock.now())
    flash(_("You are enrolled. Your progress is kept from here on."), "ok")
    return redirect(url_for("courses.show_course", course_key=course_key))


@blueprint.get("/courses/<string:course_key>/exam")
@access.signed_in
def show_exam(course_key: str) -> str:
    """The rules of the closing examination, before Start."""
    actor = require_actor()
    enrolment = queries.enrolment_in(actor.person_id, course_key)
    if enrolment is None:
        raise NotFound
    outline = queries.outline(enrolment.course_revision_id)
    if outline.quiz_id is None:
        raise NotFound
    context = (queries.EXAM_CONTEXT, enrolment.id)
    return render_template(
        "courses/exam.html",
        links=Links(course_key),
        outline=outline,
        studied=queries.progress_of(enrolment, outline).evidence.studied,
        rules=quizzes.rules_view(outline.quiz_id, actor.person_id, context, clock.now()),
        refused=starting.last_refusal(),
    )


@blueprint.post("/courses/<string:course_key>/exam/start")
@access.signed_in
def start_exam(course_key: str) -> Response:
    """Begin the closing examination, or go on with the attempt that runs."""
    actor = require_actor()

    def start(admission: Admission) -> Attempt:
        return services.start_exam(actor, course_key, admission=admission, now=clock.now())

    return starting.begin(start, back=url_for("courses.show_exam", course_key=course_key))


@blueprint.get("/courses/figures/<string:digest>")
@access.signed_in
def show_figure(digest: str) -> Response:
    """A figure of a lesson; its name is its hash, so browsers may keep it for ever."""
    figure = queries.get_figure(digest)
    try:
        data = files.read(current_app.extensions["academy.settings"].data_dir, figure.digest)
    except OSError as error:
        raise NotFound from error
    return send_stored(data, figure.media_type, figure.digest)
