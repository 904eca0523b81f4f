"""Tell sittings again from their events, question by question, for a regrade and for ``flask quizzes recompute``.

The same number of statements for one sitting and for many. What people gave is kept and joined to what the machine
gives now.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.identifiers import new_id
from app.quizzes import grading
from app.quizzes.grading.base import ONE, PLACES, ZERO, Graded, NeedsMarking
from app.quizzes.marking.models import MarkingTask
from app.quizzes.models import (
    AttemptItem,
    AttemptResult,
    Grade,
    GradeRun,
    QuestionRevision,
    ResponseEvent,
)
from app.quizzes.results import Outcome, Treatment


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a frozen paper with the answer that counts."""

    attempt_id: uuid.UUID
    item_id: uuid.UUID
    #: The revision on the paper.
    question_id: uuid.UUID
    layout: grading.Layout
    marks: Decimal
    #: The event that is the answer; None: unanswered.
    ordinal: int | None
    response: grading.Response | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """By which revision a question is graded, and how it counts."""

    revision_id: uuid.UUID
    treatment: Treatment = Treatment.GRADED


#: Revision on the paper → how it is graded; those not named are graded as they stand on the paper.
Rulings = Mapping[uuid.UUID, Ruling]
#: Item → the share of the question that people gave, without the machine's.
Shares = Mapping[uuid.UUID, Decimal]
Bodies = Mapping[uuid.UUID, grading.Body]


@dataclass(frozen=True, slots=True)
class Line:
    """What one question of one sitting earns."""

    asked: Asked
    ruling: Ruling
    fraction: Decimal
    parts: dict[str, bool]
    certainty_mark: int | None
    #: Parts that a person has yet to mark → their share of the question.
    waiting: dict[str, Decimal]

    @property
    def marks(self) -> Decimal:
        return (self.asked.marks * self.fraction).quantize(PLACES, ROUND_HALF_UP)

    @property
    def possible(self) -> Decimal:
        return ZERO if self.ruling.treatment is Treatment.DROPPED else self.asked.marks


def tell(asked: Asked, ruling: Ruling, body: grading.Body, given: Decimal | None) -> Line:
    """One question graded by ``body``; ``given`` is the share that people gave. Pure. Raises Invalid."""
    if ruling.treatment is Treatment.DROPPED:
        return Line(asked, ruling, ZERO, {}, None, {})
    result = grading.grade(body, asked.response, asked.layout)
    if ruling.treatment is Treatment.FULL_MARKS:
        return Line(asked, ruling, ONE, result.parts, result.certainty_mark, {})
    fraction = result.fraction.quantize(PLACES, ROUND_HALF_UP)
    if isinstance(result, Graded):
        return Line(asked, ruling, fraction, result.parts, result.certainty_mark, {})
    return _marked(asked, ruling, result, fraction, given)


def _marked(asked: Asked, ruling: Ruling, result: NeedsMarking, machine: Decimal, given: Decimal | None) -> Line:
    if given is None:
        return Line(asked, ruling, machine, result.parts, None, result.waiting)
    return Line(asked, ruling, min(max(machine + given, ZERO), ONE), result.parts, None, {})


def tell_all(asked: Iterable[Asked], rulings: Rulings, bodies: Bodies, given: Shares) -> list[Line]:
    """Every question of a sitting, in order. Pure. Raises Invalid."""
    lines = []
    for each in asked:
        ruling = rulings.get(each.question_id) or Ruling(each.question_id)
        lines.append(tell(each, ruling, bodies[ruling.revision_id], given.get(each.item_id)))
    return lines


def add_up(lines: Sequence[Line], pass_mark: int) -> Outcome:
    """The result that the lines make. Pure."""
    earned = sum((line.marks for line in lines), ZERO)
    possible = sum((line.possible for line in lines), ZERO)
    return Outcome.reached(earned, possible, pass_mark)


def papers(attempt_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Asked]]:
    """The papers of attempts with the answers that count, in order. One statement."""
    rows = db.session.execute(
        select(
            AttemptItem.attempt_id,
            AttemptItem.id,
            AttemptItem.question_revision_id,
            AttemptItem.layout,
            AttemptItem.marks,
            AttemptItem.answer_ordinal,
            ResponseEvent.body,
        )
        .outerjoin(
            ResponseEvent,
            (ResponseEvent.attempt_id == AttemptItem.attempt_id)
            & (ResponseEvent.ordinal == AttemptItem.answer_ordinal),
        )
        .where(AttemptItem.attempt_id.in_(attempt_ids))
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
    )
    found: dict[uuid.UUID, list[Asked]] = {attempt_id: [] for attempt_id in attempt_ids}
    for row in rows:
        found[row.attempt_id].append(Asked(*row))
    return found


def given_shares(attempt_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Decimal]:
    """What people gave to answers whose result is out, as shares of their questions, by item. One statement.

    The run that joined their marks, less what the machine had given when the paper was handed in.
    """
    machine = aliased(Grade)
    rows = db.session.execute(
        select(MarkingTask.item_id, Grade.fraction, machine.fraction.label("machine"))
        .join(Grade, Grade.item_id == MarkingTask.item_id)
        .join(GradeRun, (GradeRun.id == Grade.run_id) & GradeRun.cause.in_(("marking", "release")))
        .join(machine, machine.id == MarkingTask.grade_id)
        .where(Grade.attempt_id.in_(attempt_ids), GradeRun.applied_at.is_not(None))
        .order_by(GradeRun.created_at, GradeRun.id)
    )
    return {row.item_id: row.fraction - row.machine for row in rows}  # the last run counts


def bodies_of(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, grading.Body]:
    """The bodies of question revisions. One statement."""
    rows = db.session.execute(
        select(QuestionRevision.id, QuestionRevision.body).where(QuestionRevision.id.in_(revision_ids))
    )
    return {row.id: row.body for row in rows}


def keep_grades(run: GradeRun, lines: Iterable[Line], now: datetime) -> list[dict[str, Any]]:
    """Append the grades of a run, of one sitting or of many. One statement; returns the rows."""
    rows = [_row(run, line, now) for line in lines]
    if rows:
        db.session.execute(insert(Grade), rows)
    return rows


def _row(run: GradeRun, line: Line, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "created_at": now,
        "run_id": run.id,
        "attempt_id": line.asked.attempt_id,
        "item_id": line.asked.item_id,
        "question_revision_id": line.ruling.revision_id,
        "treatment": line.ruling.treatment,
        "event_ordinal": line.asked.ordinal,
        "fraction": line.fraction,
        "marks": line.marks,
        "parts": line.parts,
        "certainty_mark": line.certainty_mark,
        "waiting": {part: str(share) for part, share in line.waiting.items()},
    }


def keep_results(run: GradeRun, sums: Mapping[uuid.UUID, Outcome], now: datetime) -> list[AttemptResult]:
    """Append the results of a run by attempt."""
    results = [
        AttemptResult(
            run_id=run.id,
            attempt_id=attempt_id,
            earned=each.earned,
            possible=each.possible,
            percent=each.percent,
            passed=each.passed,
            created_at=now,
        )
        for attempt_id, each in sums.items()
    ]
    db.session.add_all(results)
    db.session.flush()
    return results
