"""Reads for markers. Nothing here returns a name, a number or an address of a candidate."""

import uuid
from collections.abc import Iterable
from decimal import Decimal
from statistics import fmean
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, exists, func, select

from app.accounts.models import Person
from app.accounts.queries import people_named
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.quizzes.grading.base import NeedsMarking
from app.quizzes.marking import rules
from app.quizzes.marking.answers import Listed, Panel, Queue, Task
from app.quizzes.marking.models import Mark, MarkingTask
from app.quizzes.marking.policies import reach
from app.quizzes.marking.rules import Stage
from app.quizzes.models import (
    FINISHED_STATES,
    Attempt,
    AttemptItem,
    Grade,
    QuestionRevision,
    Quiz,
    QuizRevision,
    ResponseEvent,
)
from app.quizzes.releases.models import ReleasedPaper
from app.quizzes.rules import QuizSettings, Release


def _may_mark(actor: Actor) -> list[ColumnElement[bool]]:
    """Finished sittings of the candidates whom she teaches (or of all), her own never."""
    where = [Attempt.candidate_id != actor.person_id, Attempt.state.in_(FINISHED_STATES)]
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


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    """Answers that need a mark by somebody who has given them none: nobody marks one twice."""
    own = exists().where(Mark.item_id == MarkingTask.item_id, Mark.marker_id == actor.person_id)
    return (MarkingTask.stage != Stage.SETTLED) & ~own


def list_queues(actor: Actor, key: str | None = None, question_id: uuid.UUID | None = None) -> list[Queue]:
    """The queues she may mark from, those with most for her to do first. One statement."""
    counted = _joined(
        select(
            Quiz.key,
            Quiz.current_revision_id,
            Grade.question_revision_id,
            func.count().label("total"),
            func.sum(case((MarkingTask.stage == Stage.SETTLED, 1), else_=0)).label("settled"),
            func.sum(case((_waits_for(actor), 1), else_=0)).label("for_me"),
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
            counts.c.for_me,
            counts.c.settled,
            counts.c.total,
        )
        .join(QuizRevision, QuizRevision.id == counts.c.current_revision_id)
        .join(QuestionRevision, QuestionRevision.id == counts.c.question_revision_id)
        .order_by(
            counts.c.for_me.desc(), (counts.c.total - counts.c.settled).desc(), counts.c.key, QuestionRevision.id
        )
    )
    return [Queue(*row) for row in rows]


def count_for(actor: Actor) -> int:
    """How many answers wait for a mark by her. One statement."""
    return db.session.scalar(_joined(select(func.count()), actor).where(_waits_for(actor))) or 0


def get_queue(actor: Actor, key: str, question_id: uuid.UUID) -> Queue:
    """One queue. Raises NotFound when it has no answers she may mark. One statement."""
    found = list_queues(actor, key, question_id)
    if not found:
        raise NotFound
    return found[0]


def list_tasks(actor: Actor, key: str, question_id: uuid.UUID) -> list[Listed]:
    """The answers of a queue in her own order, those she may mark first. Two statements."""
    mine = _joined(
        select(MarkingTask.id, MarkingTask.item_id, MarkingTask.max_difference, Grade.waiting, Grade.fraction),
        actor,
    ).where(Quiz.key == key, Grade.question_revision_id == question_id)
    rows = db.session.execute(mine).all()
    marks = _marks_by_item(Mark.item_id.in_(mine.with_only_columns(MarkingTask.item_id)))
    found = []
    for row in rows:
        panel = _panel(marks.get(row.item_id, []), row)
        found.append(Listed(row.id, panel, panel.mark_of(actor.person_id)))
    return sorted(found, key=lambda each: (not each.waits, rules.order_for(actor.person_id, each.id)))


def _marks_by_item(where: ColumnElement[bool]) -> dict[uuid.UUID, list[Mark]]:
    found: dict[uuid.UUID, list[Mark]] = {}
    for mark in db.session.scalars(select(Mark).where(where).order_by(Mark.number)):
        found.setdefault(mark.item_id, []).append(mark)
    return found


def _panel(marks: Iterable[Mark], row: Row[Any]) -> Panel:
    """From all marks of an answer in order: a marker's later one replaces her earlier."""
    own = {mark.marker_id: mark for mark in marks}
    share = sum(map(Decimal, row.waiting.values()), Decimal(0))
    return Panel(list(own.values()), row.max_difference, share, row.fraction)


def next_task(actor: Actor, key: str, question_id: uuid.UUID, after: uuid.UUID | None = None) -> uuid.UUID | None:
    """The next answer of a queue that waits for her. One statement."""
    waiting = _joined(select(MarkingTask.id), actor).where(
        Quiz.key == key, Grade.question_revision_id == question_id, _waits_for(actor)
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
        MarkingTask.max_difference,
        ReleasedPaper.release_id,
        QuizRevision.settings,
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
        .outerjoin(ReleasedPaper, ReleasedPaper.attempt_id == Grade.attempt_id)
        .where(MarkingTask.id == task_id)
    ).first()
    if row is None:
        raise NotFound
    waiting = {part: Decimal(share) for part, share in row.waiting.items()}
    marks = _marks_by_item(Mark.item_id == row.item_id).get(row.item_id, [])
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
        open=row.grade_run_id is None and row.release_id is None,
        held=QuizSettings.from_json(row.settings).release is Release.TOGETHER,
        panel=_panel(marks, row),
        last_number=marks[-1].number if marks else 0,
        reader_id=actor.person_id,
    )


def own_comments(actor: Actor, question_id: uuid.UUID, limit: int = 12) -> list[str]:
    """What the reader has written about other answers to a question, most often first. One statement."""
    rows = db.session.execute(
        select(Mark.comment)
        .join(MarkingTask, MarkingTask.item_id == Mark.item_id)
        .join(Grade, Grade.id == MarkingTask.grade_id)
        .where(Mark.marker_id == actor.person_id, Grade.question_revision_id == question_id, Mark.comment != "")
        .group_by(Mark.comment)
        .order_by(func.count().desc(), func.max(Mark.created_at).desc(), Mark.comment)
        .limit(limit)
    )
    return [row.comment for row in rows]


def names_of(marker_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What markers are called, for whoever is responsible for them. One statement."""
    return {person.id: person.name for person in people_named(list(marker_ids)).values()}


def panels_of_attempt(attempt_id: uuid.UUID) -> dict[uuid.UUID, Panel]:
    """The answers of a sitting that people mark, by item, with their marks. Two statements."""
    tasks = db.session.execute(
        select(MarkingTask.item_id, MarkingTask.max_difference, Grade.waiting, Grade.fraction)
        .join(Grade, Grade.id == MarkingTask.grade_id)
        .where(Grade.attempt_id == attempt_id)
    ).all()
    marks = _marks_by_item(Mark.item_id.in_([row.item_id for row in tasks]))
    return {row.item_id: _panel(marks.get(row.item_id, []), row) for row in tasks}


def shares_by_part(items: Select[uuid.UUID]) -> dict[uuid.UUID, dict[str, float]]:
    """What people gave to the parts of settled answers, as fractions of those parts, by item; of two marks that
    count the mean. Two statements."""
    rows = db.session.execute(
        select(
            MarkingTask.item_id,
            MarkingTask.max_difference,
            Grade.waiting,
            Grade.fraction,
            AttemptItem.marks,
            QuestionRevision.body,
        )
        .join(Grade, Grade.id == MarkingTask.grade_id)
        .join(AttemptItem, AttemptItem.id == MarkingTask.item_id)
        .join(QuestionRevision, QuestionRevision.id == Grade.question_revision_id)
        .where(MarkingTask.item_id.in_(items))
    ).all()
    marks = _marks_by_item(Mark.item_id.in_(items))
    found = {}
    for row in rows:
        counting = _panel(marks.get(row.item_id, []), row).counting
        if counting:
            parts = rules.parts_of(row.body, row.waiting, row.marks)
            found[row.item_id] = {
                part.name: fmean(float(rules.share_of(part, mark.given[part.name])) for mark in counting)
                for part in parts
            }
    return found


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
