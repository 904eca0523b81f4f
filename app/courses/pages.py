"""A lesson's page and its check questions, put together for trainees and for previews alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from flask import render_template, request

from app.core.errors import Invalid
from app.core.languages import local_day, locale_name, told
from app.courses import queries
from app.courses.lawmoves import queries as lawmoves
from app.courses.links import Links
from app.courses.rendering import LessonText
from app.courses.rules import CourseOutline, LessonOutline
from app.courses.studying.beside import Side
from app.library.queries import Library
from app.quizzes import grading
from app.quizzes.rendering import refused


@dataclass
class CheckState:
    """A check question on the page: what was answered, and how it went."""

    question: queries.CheckQuestion
    response: dict[str, Any] = field(default_factory=dict)
    correct: bool | None = None
    error: str = ""

    def refuse(self, error: Invalid) -> None:
        """Say what could not be taken, beside the fields it is about."""
        self.error = told(error)
        self.question = replace(self.question, view=refused(self.question.view, error))


def lesson_page(
    links: Links,
    outline: CourseOutline,
    lesson: LessonOutline,
    text: LessonText,
    checks: Mapping[str, CheckState],
    *,
    side: Side,
    books: Library,
    now: datetime,
    **more: Any,
) -> str:
    """The lesson as it is at a moment.

    ``more``: ``keeps``, whether what is read is kept; ``preview``, whether the page says that it is not.
    """
    module = outline.find_module(lesson.module_key)
    before, after = outline.neighbours(lesson)
    today = local_day(now)
    return render_template(
        "courses/lesson.html",
        course_key=links.course_key,
        links=links,
        outline=outline,
        module=module,
        lesson=lesson,
        text=text,
        checks=checks,
        progress=side.progress,
        notes=side.notes,
        asked_at=side.questions,
        before=before,
        after=after,
        today=today,
        moved=queries.moved_law(module, books, today) if module else [],
        notices=lawmoves.notices(
            links.course_key, module, lesson, cited=text.cited(), books=books, locale=locale_name(), now=now
        )
        if module
        else {},
        **more,
    )


def check_part(links: Links, lesson: LessonOutline, state: CheckState) -> str:
    """A check question just answered, as our script puts it into the page."""
    return render_template("courses/_check_answer.html", links=links, lesson=lesson, check=state, swapped=True)


def answer_in_form(state: CheckState, body: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered in the form that was posted; the page keeps it as it was written. Raises Invalid."""
    layout = grading.full_layout(cast(dict[str, Any], body))
    state.response = grading.written(cast(grading.Posted, request.form), state.question.key, layout)
    return grading.normalise(state.response, layout)


def is_partial() -> bool:
    """Does our script ask, who replaces a part of the page?"""
    return request.headers.get("HX-Request") == "true"
