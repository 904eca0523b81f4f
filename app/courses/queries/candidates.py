"""Who may sit a course's closing examination: for invigilators."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select

from app.accounts.models import Person
from app.core.database import db
from app.courses.models import CheckAnswer, CourseCompletion, CourseRevision, Enrolment, SectionRead
from app.courses.queries.standing import EXAM_CONTEXT
from app.quizzes.registry import Candidate


def candidates_of(quiz_id: uuid.UUID) -> Sequence[Candidate]:
    """Who has studied everything of a course that closes with this examination, and not completed it.

    Who still studies is left out: nobody waits for her. One statement.
    """
    # No index leads from an examination to enrolments, but one from courses.
    closing = select(CourseRevision.course_id).where(CourseRevision.quiz_id == quiz_id)
    rows = db.session.execute(
        _under_way()
        .with_only_columns(Enrolment.id, Enrolment.person_id)
        .where(
            Enrolment.course_id.in_(closing),
            CourseRevision.quiz_id == quiz_id,
            _done(SectionRead, func.count()) >= CourseRevision.sections_total,
            _done(CheckAnswer, func.count(CheckAnswer.question_key.distinct())) >= CourseRevision.checks_total,
        )
    )
    return [Candidate(row.person_id, (EXAM_CONTEXT, row.id), "", admitted=True) for row in rows]


def groups_of(_enrolment_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Nothing: the examination's title says which course it is."""
    return {}


def quizzes_to_sit(organisations: Collection[uuid.UUID] | None) -> Select[Any]:
    """The examinations of courses that people of these organisations (None: of any) study."""
    chosen = _under_way().with_only_columns(CourseRevision.quiz_id)
    if organisations is not None:
        chosen = chosen.join(Person, Person.id == Enrolment.person_id).where(
            Person.organisation_id.in_(organisations)
        )
    return chosen.where(CourseRevision.quiz_id.is_not(None))


def _under_way() -> Select[Any]:
    return (
        select(Enrolment)
        .join(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
        .where(Enrolment.is_current, ~exists().where(CourseCompletion.enrolment_id == Enrolment.id))
    )


def _done(table: Any, count: Any) -> Any:
    return (
        select(count)
        .select_from(table)
        .where(table.enrolment_id == Enrolment.id, table.is_counted)
        .correlate(Enrolment)
        .scalar_subquery()
    )
