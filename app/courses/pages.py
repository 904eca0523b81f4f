"""A lesson's page and its check questions, put together for trainees and for previews alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from flask import render_template, request

from app.core.languages import local_day, locale_name
from app.courses import queries
from app.courses.lawmoves import queries as lawmoves
from app.courses.links import Links
from app.courses.rendering import LessonText
from app.courses.rules import CourseOutline, LessonOutline
from app.courses.studying.beside import Side
from app.library.queries import Library
from app.quizzes import grading


@dataclass
class CheckState:
    """A check question on the page: what was answered, and how it went."""

    question: queries.CheckQuestion
    response: dict[str, Any] = field(default_factory=dict)
    correct: bool | None = None
    error: str = ""


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


def answer_in_form(question_key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered in the form that was posted. Raises Invalid."""
    layout = grading.full_layout(cast(dict[str, Any], body))
    return grading.read_form(cast(grading.Posted, request.form), question_key, layout)


def is_partial() -> bool:
    """Does our script ask, who replaces a part of the page?"""
    return request.headers.get("HX-Request") == "true"
