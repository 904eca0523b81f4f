"""Evidence of study: sections read, check questions answered, the place where a reader is, completion."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import announce
from app.courses import queries
from app.courses.events import CourseCompleted
from app.courses.models import CheckAnswer, CourseCompletion, Enrolment, ReadingPosition, SectionRead
from app.courses.rules import CourseOutline, LessonOutline
from app.quizzes import grading
from app.quizzes import queries as quiz_queries
from app.quizzes import services as quizzes
from app.quizzes.models import Attempt
from app.quizzes.rules import NOTHING_BROUGHT, Admission

EXAM_CONTEXT = queries.EXAM_CONTEXT
MAX_BATCH = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """A check question just answered."""

    key: str
    response: dict[str, Any]
    correct: bool


def _upsert(table: Any) -> Any:
    """INSERT … ON CONFLICT for the database at hand."""
    sqlite = db.session.get_bind().dialect.name == "sqlite"
    return sqlite_insert(table) if sqlite else postgresql_insert(table)


def _own_enrolment(actor: Actor, course_key: str) -> tuple[Enrolment, CourseOutline]:
    """The actor's enrolment, locked, with the outline of the revision she started. Raises NotFound.

    Under the lock two last pieces of evidence that arrive at once see each other, so that one of them completes.
    """
    found = queries.enrolment_in(actor.person_id, course_key, lock=True)
    if found is None:
        raise NotFound
    return found, queries.outline(found.course_revision_id)


def mark_read(actor: Actor, course_key: str, *, paths: Collection[str], now: datetime) -> int:
    """Note sections that were read; returns how many were new. Unknown ones are passed over (a text may be older).

    Raises NotFound without an enrolment, Invalid for a batch that is too long.
    """
    if len(paths) > MAX_BATCH:
        raise Invalid(_("Too many sections at once."))
    enrolment, outline = _own_enrolment(actor, course_key)
    known = set(outline.section_paths)
    rows = [{"enrolment_id": enrolment.id, "path": path, "at": now} for path in sorted(set(paths) & known)]
    if not rows:
        return 0
    statement = _upsert(SectionRead).values(rows).on_conflict_do_nothing().returning(SectionRead.path)
    fresh = len(db.session.scalars(statement).all())
    if fresh:
        check_completion(enrolment, now)
    return fresh


def keep_place(
    actor: Actor, course_key: str, *, module_key: str, lesson_key: str, section_key: str, now: datetime
) -> None:
    """Remember where the reader is, for any device. Raises NotFound for a place the revision does not have."""
    enrolment, outline = _own_enrolment(actor, course_key)
    lesson = outline.find_lesson(module_key, lesson_key)
    if lesson is None or section_key not in {section.key for section in lesson.sections}:
        raise NotFound
    values = {"module_key": module_key, "lesson_key": lesson_key, "section_key": section_key, "at": now}
    statement = _upsert(ReadingPosition).values(enrolment_id=enrolment.id, **values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["enrolment_id"], set_=values, where=ReadingPosition.at <= statement.excluded.at
        )
    )


def answer_check(
    actor: Actor, course_key: str, *, lesson: LessonOutline, question_key: str, response: object, now: datetime
) -> Checked:
    """Grade an answer to a check question and keep it; every try counts as answered.

    Raises NotFound for a question that does not stand in the lesson, Invalid for an empty or malformed answer.
    """
    enrolment, outline = _own_enrolment(actor, course_key)
    if question_key not in lesson.checks:
        raise NotFound
    revision_id = queries.check_revisions(outline, lesson)[question_key]
    question = quiz_queries.question_revisions([revision_id])[revision_id]
    checked = try_check(question_key, response, question.body)
    db.session.execute(
        insert(CheckAnswer),
        [
            {
                "enrolment_id": enrolment.id,
                "question_key": question_key,
                "question_revision_id": revision_id,
                "response": checked.response,
                "correct": checked.correct,
                "at": now,
            }
        ],
    )
    check_completion(enrolment, now)
    return checked


def try_check(question_key: str, response: object, body: dict[str, Any]) -> Checked:
    """Grade without keeping anything: an instructor's preview. Raises Invalid."""
    cleaned = grading.normalise(response, grading.full_layout(body))
    if not cleaned:
        raise Invalid(_("Answer the question first."), code="unanswered")
    return Checked(question_key, cleaned, grading.grade(body, cleaned).correct)


def start_exam(actor: Actor, course_key: str, *, admission: Admission = NOTHING_BROUGHT, now: datetime) -> Attempt:
    """Begin (or go on with) the closing examination.

    Raises NotFound; Conflict while study is unfinished, and whatever the examination engine raises.
    """
    enrolment, outline = _own_enrolment(actor, course_key)
    if outline.quiz_id is None:
        raise NotFound
    progress = queries.progress_of(enrolment, outline)
    if not progress.evidence.studied:
        raise Conflict(_("Finish all sections and check questions first; then the examination opens."))
    return quizzes.start_attempt(
        actor,
        quiz_id=outline.quiz_id,
        context_type=EXAM_CONTEXT,
        context_id=enrolment.id,
        admission=admission,
        now=now,
    )


def check_completion(enrolment: Enrolment, now: datetime, *, by_regrade: bool = False) -> CourseCompletion | None:
    """Record the completion if the evidence is whole; announced once, however often this is called."""
    if db.session.scalar(select(CourseCompletion.id).where(CourseCompletion.enrolment_id == enrolment.id)):
        return None
    outline = queries.outline(enrolment.course_revision_id)
    if not queries.progress_of(enrolment, outline).evidence.complete:
        return None
    completion = CourseCompletion(
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        course_id=enrolment.course_id,
        course_revision_id=enrolment.course_revision_id,
        hours=outline.hours,
        completed_at=now,
        created_at=now,
    )
    if not add_unless_taken(completion):
        return None  # another request was quicker, and announced it
    audit.record(None, "courses.complete", completion, hours=str(outline.hours))
    announce(
        CourseCompleted(
            person_id=enrolment.person_id,
            course_id=enrolment.course_id,
            course_revision_id=enrolment.course_revision_id,
            enrolment_id=enrolment.id,
            hours=outline.hours,
            by_regrade=by_regrade,
        )
    )
    return completion


def check_completion_of(enrolment_id: uuid.UUID, now: datetime, *, by_regrade: bool = False) -> None:
    """As check_completion, by id; nothing happens for an id that is no enrolment."""
    enrolment = db.session.scalar(select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update())
    if enrolment is not None:
        check_completion(enrolment, now, by_regrade=by_regrade)
