"""Reads for markers. Nothing here returns a name, a number or an address of a candidate."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.quizzes.grading.base import NeedsMarking
from app.quizzes.marking import rules
from app.quizzes.marking.models import Mark, MarkingTask
from app.quizzes.marking.policies import reach
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptState,
    Grade,
    QuestionRevision,
    Quiz,
    QuizRevision,
    ResponseEvent,
)

_FINISHED = (AttemptState.SUBMITTED, AttemptState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Queue:
    """The answers to one question of one examination that people mark."""

    key: str
    title: dict[str, str]
    question_id: uuid.UUID
    body: dict[str, Any]
    marked: int
    total: int

    @property
    def waiting(self) -> int:
        return self.total - self.marked


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer in its queue."""

    id: uuid.UUID
    mark: Mark | None

    @property
    def code(self) -> str:
        return rules.code_of(self.id)


@dataclass(frozen=True, slots=True)
class Task:
    """An answer with all that a marker sees of it, and what saving needs; ``item_id`` stays on the server."""

    id: uuid.UUID
    key: str
    title: dict[str, str]
    item_id: uuid.UUID
    attempt_id: uuid.UUID
    question_id: uuid.UUID
    body: dict[str, Any]
    layout: dict[str, Any]
    marks: Decimal
    response: dict[str, Any]
    event_ordinal: int
    needs: NeedsMarking
    #: Is the result not out yet?
    open: bool
    #: The mark that counts.
    mark: Mark | None

    @property
    def code(self) -> str:
        return rules.code_of(self.id)

    @property
    def parts(self) -> list[rules.Part]:
        return rules.parts_of(self.body, self.needs.waiting, self.marks)

    @property
    def seen(self) -> int:
        """How many marks it has."""
        return self.mark.number if self.mark else 0


def _may_mark(actor: Actor) -> list[ColumnElement[bool]]:
    """Finished sittings of the candidates whom she teaches (or of all), her own never."""
    where = [Attempt.candidate_id != actor.person_id, Attempt.state.in_(_FINISHED)]
    organisations = reach(actor)
    if organisations is not None:
        where.append(Person.organisation_id.in_(organisations))
    return where


def _joined(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(MarkingTask)
        .join(Grade, Grade.id == MarkingTask.grade_id)
        .join(Attempt, Attempt.id == Grade.attempt_id)
        .join(Person, Person.id == Attempt.candidate_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(*_may_mark(actor))
    )


def list_queues(actor: Actor, key: str | None = None, question_id: uuid.UUID | None = None) -> list[Queue]:
    """The queues she may mark from, those with most to do first. Two statements."""
    marked = exists().where(Mark.item_id == MarkingTask.item_id)
    counted = _joined(
        select(
            Quiz.key,
            Quiz.current_revision_id,
            Grade.question_revision_id,
            func.count().label("total"),
            func.sum(case((marked, 1), else_=0)).label("marked"),
        ),
        actor,
    ).group_by(Quiz.key, Quiz.current_revision_id, Grade.question_revision_id)
    if key is not None:
        counted = counted.where(Quiz.key == key, Grade.question_revision_id == question_id)
    counts = counted.subquery()
    rows = db.session.execute(
        select(
            counts.c.key,
            QuizRevision.title,
            QuestionRevision.id,
            QuestionRevision.body,
            counts.c.marked,
            counts.c.total,
        )
        .join(QuizRevision, QuizRevision.id == counts.c.current_revision_id)
        .join(QuestionRevision, QuestionRevision.id == counts.c.question_revision_id)
        .order_by((counts.c.total - counts.c.marked).desc(), counts.c.key, QuestionRevision.id)
    )
    return [Queue(*row) for row in rows]


def get_queue(actor: Actor, key: str, question_id: uuid.UUID) -> Queue:
    """One queue. Raises NotFound when it has no answers she may mark. One statement."""
    found = list_queues(actor, key, question_id)
    if not found:
        raise NotFound
    return found[0]


def list_tasks(actor: Actor, key: str, question_id: uuid.UUID) -> list[Listed]:
    """The answers of a queue in her own order, those that wait first. Two statements."""
    mine = _joined(select(MarkingTask.id, MarkingTask.item_id), actor).where(
        Quiz.key == key, Grade.question_revision_id == question_id
    )
    rows = db.session.execute(mine).all()
    items = mine.with_only_columns(MarkingTask.item_id)
    marks = {mark.item_id: mark for mark in _marks_in_order(Mark.item_id.in_(items))}
    found = [Listed(row.id, marks.get(row.item_id)) for row in rows]
    return sorted(found, key=lambda each: (each.mark is not None, rules.order_for(actor.person_id, each.id)))


def _marks_in_order(where: ColumnElement[bool]) -> list[Mark]:
    return list(db.session.scalars(select(Mark).where(where).order_by(Mark.number)))


def next_task(actor: Actor, key: str, question_id: uuid.UUID, after: uuid.UUID | None = None) -> uuid.UUID | None:
    """The next answer that waits in a queue. One statement."""
    marked = exists().where(Mark.item_id == MarkingTask.item_id)
    waiting = _joined(select(MarkingTask.id), actor).where(
        Quiz.key == key, Grade.question_revision_id == question_id, ~marked
    )
    return rules.next_of(db.session.scalars(waiting).all(), actor.person_id, after)


def get_task(actor: Actor, task_id: uuid.UUID) -> Task:
    """An answer she may mark. Raises NotFound. Two statements."""
    columns = select(
        Quiz.key,
        QuizRevision.title,
        MarkingTask.item_id,
        Grade.attempt_id,
        Grade.question_revision_id,
        QuestionRevision.body,
        AttemptItem.layout,
        AttemptItem.marks,
        ResponseEvent.body.label("response"),
        Grade.event_ordinal,
        Grade.waiting,
        Grade.fraction,
        Grade.parts,
        Attempt.grade_run_id,
    )
    row = db.session.execute(
        _joined(columns, actor)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .join(QuestionRevision, QuestionRevision.id == Grade.question_revision_id)
        .join(AttemptItem, AttemptItem.id == MarkingTask.item_id)
        .outerjoin(
            ResponseEvent,
            (ResponseEvent.attempt_id == Grade.attempt_id) & (ResponseEvent.ordinal == Grade.event_ordinal),
        )
        .where(MarkingTask.id == task_id)
    ).first()
    if row is None:
        raise NotFound
    waiting = {part: Decimal(share) for part, share in row.waiting.items()}
    marks = _marks_in_order(Mark.item_id == row.item_id)
    return Task(
        id=task_id,
        key=row.key,
        title=row.title,
        item_id=row.item_id,
        attempt_id=row.attempt_id,
        question_id=row.question_revision_id,
        body=row.body,
        layout=row.layout,
        marks=row.marks,
        response=row.response or {},
        event_ordinal=row.event_ordinal,
        needs=NeedsMarking(waiting, row.fraction, row.parts),
        open=row.grade_run_id is None,
        mark=marks[-1] if marks else None,
    )


def marks_of_attempt(attempt_id: uuid.UUID) -> dict[uuid.UUID, Mark]:
    """The marks that count in a sitting, by item. One statement."""
    items = select(AttemptItem.id).where(AttemptItem.attempt_id == attempt_id)
    return {mark.item_id: mark for mark in _marks_in_order(Mark.item_id.in_(items))}


def marked_fractions(attempt_id: uuid.UUID) -> Mapping[uuid.UUID, Decimal | None]:
    """What each answer of a sitting that people mark has been given; None while it waits. Two statements."""
    given = marks_of_attempt(attempt_id)
    tasks = db.session.scalars(
        select(MarkingTask.item_id)
        .join(AttemptItem, AttemptItem.id == MarkingTask.item_id)
        .where(AttemptItem.attempt_id == attempt_id)
    )
    return {item_id: given[item_id].fraction if item_id in given else None for item_id in tasks}


def marks_about(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The marks of one person's papers whose results are out, for the copy of her own data. One statement."""
    rows = db.session.execute(
        select(Mark, Quiz.key, Attempt.number, AttemptItem.position)
        .join(AttemptItem, AttemptItem.id == Mark.item_id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.candidate_id == person_id, Attempt.grade_run_id.is_not(None))
        .order_by(Mark.created_at)
    )
    return [
        {
            "examination": row.key,
            "attempt": row.number,
            "question": row.position,
            "fraction": str(row.Mark.fraction),
            "comment": row.Mark.comment,
            "at": row.Mark.created_at.isoformat(),
        }
        for row in rows
    ]
