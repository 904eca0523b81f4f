"""All that stands beside a lesson's text for one reader, in one statement: each lesson page asks it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, false, literal, null, or_, select, true, union_all

from app.core.database import db
from app.courses import queries as courses
from app.courses.rules import CourseOutline, LessonOutline, Progress
from app.courses.studying.models import Note, PassageQuestion


@dataclass(frozen=True, slots=True)
class OwnNote:
    """A note of the reader's own."""

    id: uuid.UUID
    client_id: uuid.UUID
    module_key: str
    lesson_key: str
    section_key: str
    language: str
    quote: str
    prefix: str
    suffix: str
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class Beside:
    """A question beside a section: one's own, or a published one in its public words."""

    id: uuid.UUID
    section_key: str
    quote: str
    language: str
    text: str
    answer: str
    answered_at: datetime | None
    is_own: bool
    is_published: bool


@dataclass(slots=True)
class LessonSide:
    """What one reader has done in a course, and her notes and the questions at one lesson, the oldest first."""

    progress: Progress
    notes: list[OwnNote] = field(default_factory=list)
    questions: list[Beside] = field(default_factory=list)


def _at_lesson(table: type[Note | PassageQuestion]) -> Any:
    return and_(
        table.course_key == bindparam("course"),
        table.module_key == bindparam("module"),
        table.lesson_key == bindparam("lesson"),
    )


_own: Any = PassageQuestion.person_id == bindparam("person")
#: This one comes first: its columns name and type those of the others.
_QUESTIONS: Final[Any] = select(
    literal("question").label("kind"),
    PassageQuestion.section_key.label("name"),
    PassageQuestion.id.label("id"),
    PassageQuestion.client_id.label("client_id"),
    PassageQuestion.language.label("language"),
    PassageQuestion.quote.label("quote"),
    PassageQuestion.prefix.label("prefix"),
    PassageQuestion.suffix.label("suffix"),
    case((_own, PassageQuestion.text), else_=PassageQuestion.public_text).label("text"),
    literal(0).label("version"),
    PassageQuestion.answer.label("answer"),
    PassageQuestion.answered_at.label("answered_at"),
    _own.label("is_own"),
    PassageQuestion.published_at.is_not(None).label("is_published"),
).where(_at_lesson(PassageQuestion), or_(_own, PassageQuestion.published_at.is_not(None)))
_NOTES: Final[Any] = select(
    literal("note"),
    Note.section_key,
    Note.id,
    Note.client_id,
    Note.language,
    Note.quote,
    Note.prefix,
    Note.suffix,
    Note.text,
    Note.version,
    null(),
    null(),
    true(),
    false(),
).where(_at_lesson(Note), Note.person_id == bindparam("person"))
_ABSENT: Final = [null()] * (len(_QUESTIONS.selected_columns) - 2)
_BESIDE: Final = union_all(_QUESTIONS, _NOTES, *(steps.add_columns(*_ABSENT) for steps in courses.STEPS))


def lesson_side(
    person_id: uuid.UUID,
    course_key: str,
    outline: CourseOutline,
    lesson: LessonOutline,
    enrolment_id: uuid.UUID | None,
) -> LessonSide:
    """What one reader has of her own at a lesson, and its published questions. Without an enrolment (a preview)
    nothing is done and no note shown. One statement.
    """
    place = {"person": person_id, "course": course_key, "module": lesson.home, "lesson": lesson.key}
    rows = db.session.connection().execute(_BESIDE, {**place, "enrolment": enrolment_id}).all()
    placed = sorted((row for row in rows if row.id is not None), key=lambda row: row.id)
    questions = [_question(row) for row in placed if row.kind == "question"]
    if enrolment_id is None:
        return LessonSide(Progress.none(), [], questions)
    progress = courses.progress_in(((row.kind, row.name) for row in rows if row.id is None), outline)
    return LessonSide(progress, [_note(row, lesson) for row in placed if row.kind == "note"], questions)


def _question(row: Any) -> Beside:
    return Beside(
        id=row.id,
        section_key=row.name,
        quote=row.quote,
        language=row.language,
        text=row.text,
        answer=row.answer,
        answered_at=row.answered_at,
        is_own=row.is_own,
        is_published=row.is_published,
    )


def _note(row: Any, lesson: LessonOutline) -> OwnNote:
    return OwnNote(
        id=row.id,
        client_id=row.client_id,
        module_key=lesson.home,
        lesson_key=lesson.key,
        section_key=row.name,
        language=row.language,
        quote=row.quote,
        prefix=row.prefix,
        suffix=row.suffix,
        text=row.text,
        version=row.version,
    )
