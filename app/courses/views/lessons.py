"""A lesson's page, and answers to its check questions."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import access, clock
from app.core.access import Actor, require_actor
from app.core.database import transaction
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.languages import locale_name
from app.courses import pages, policies, queries, services
from app.courses.links import Links
from app.courses.pages import CheckState
from app.courses.rules import CourseOutline, LessonOutline
from app.courses.studying import beside
from app.courses.views.blueprint import LESSON, blueprint
from app.courses.views.catalogue import outline_for
from app.library.queries import Library, library


@dataclass
class Place:
    """The lesson somebody looks at. Without an enrolment it is an instructor's preview."""

    course_key: str
    outline: CourseOutline
    lesson: LessonOutline
    enrolment: queries.Reading | None


def find_place(actor: Actor, course_key: str, module_key: str, lesson_key: str) -> Place:
    """The lesson in the reader's own revision. Raises NotFound, and NotAllowed for those not enrolled."""
    enrolment = queries.reading_in(actor.person_id, course_key)
    outline = queries.outline(enrolment.course_revision_id) if enrolment else outline_for(course_key)
    lesson = outline.find_lesson(module_key, lesson_key)
    if lesson is None:
        raise NotFound
    if enrolment is None and not policies.can_preview(actor):
        raise NotAllowed(_("This lesson is open to those enrolled in the course."))
    return Place(course_key, outline, lesson, enrolment)


def _checks(place: Place, books: Library) -> dict[str, CheckState]:
    locale = locale_name()
    questions = queries.check_questions(place.outline, place.lesson)
    states = {key: CheckState(queries.shown(key, revision, locale, books)) for key, revision in questions.items()}
    if place.enrolment is not None and states:
        for key, answer in queries.answers_in(place.enrolment.id, list(states)).items():
            states[key].response, states[key].correct = answer.response, answer.correct
    return states


def render_lesson(place: Place, changed: CheckState | None = None) -> str:
    """The page; ``changed`` is a question just answered in preview, or answered wrongly in form."""
    books = library()
    checks = _checks(place, books)
    if changed is not None:
        checks[changed.question.key] = changed
    enrolment_id = place.enrolment.id if place.enrolment else None
    return pages.lesson_page(
        Links(place.course_key),
        place.outline,
        place.lesson,
        queries.lesson_text(place.outline, place.lesson, locale_name(), books),
        checks,
        side=beside.at_lesson(require_actor(), place.course_key, place.outline, place.lesson, enrolment_id),
        books=books,
        now=clock.now(),
        keeps=place.enrolment is not None,
        preview=place.enrolment is None,
    )


@blueprint.get(LESSON)
@access.signed_in
def show_lesson(course_key: str, module_key: str, lesson_key: str) -> str:
    """The lesson in the revision the reader started."""
    return render_lesson(find_place(require_actor(), course_key, module_key, lesson_key))


def _question_of(place: Place, question_key: str) -> tuple[CheckState, dict[str, Any]]:
    revision = queries.check_questions(place.outline, place.lesson).get(question_key)
    if revision is None:
        raise NotFound
    state = CheckState(queries.shown(question_key, revision, locale_name(), library()))
    return state, revision.body


@blueprint.post(f"{LESSON}/checks/<string:question_key>")
@access.signed_in
def answer_check(
    course_key: str, module_key: str, lesson_key: str, question_key: str
) -> str | Response | tuple[str, int]:
    """Grade an answer; a part of the page for our script, else back to the question on the page."""
    actor = require_actor()
    place = find_place(actor, course_key, module_key, lesson_key)
    state, body = _question_of(place, question_key)
    partial = pages.is_partial()
    try:
        checked = _grade(actor, place, question_key, pages.answer_in_form(state, body), body)
    except Invalid as error:
        state.refuse(error)
        page = pages.check_part(Links(course_key), place.lesson, state) if partial else render_lesson(place, state)
        return page if partial else (page, error.status)
    state.response, state.correct = checked.response, checked.correct
    if partial:
        return pages.check_part(Links(course_key), place.lesson, state)
    if place.enrolment is None:
        return render_lesson(place, state)
    address = url_for(
        ".show_lesson",
        course_key=course_key,
        module_key=module_key,
        lesson_key=lesson_key,
        _anchor=f"check-{question_key}",
    )
    return redirect(address, 303)


def _grade(
    actor: Actor, place: Place, question_key: str, response: dict[str, Any], body: dict[str, Any]
) -> services.Checked:
    if place.enrolment is None:
        return services.try_check(question_key, response, body)
    with transaction():
        return services.answer_check(
            actor,
            place.course_key,
            lesson=place.lesson,
            question_key=question_key,
            response=response,
            now=clock.now(),
        )
