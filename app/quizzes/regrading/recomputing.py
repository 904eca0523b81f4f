"""Are the stored grades what the events give? Told again from the first event, without what is cached."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Select, or_, select, tuple_

from app.core.database import db
from app.core.errors import Invalid
from app.quizzes import grading, replay
from app.quizzes.invigilation.queries import late_answers_counted
from app.quizzes.models import GRADE_COUNTS, Attempt, AttemptState, EventKind, Grade, Quiz, ResponseEvent
from app.quizzes.regrading import queries
from app.quizzes.regrading.queries import Sat
from app.quizzes.replay import Asked, Line

BATCH = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a stored grade is not what the events give."""

    attempt_id: uuid.UUID
    #: The question's item; None: the sum.
    item_id: uuid.UUID | None
    what: str
    stored: str
    told: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A sitting that was told again."""

    attempt_id: uuid.UUID
    differences: list[Difference]
    #: Answers were erased: it cannot be told any more.
    erased: bool


def graded_sittings(*, attempt_id: uuid.UUID | None = None, quiz_key: str | None = None) -> Select[uuid.UUID]:
    """Which sittings have a grade to check: all, one, or those of a quiz."""
    statement = select(Attempt.id).where(
        Attempt.grade_run_id.is_not(None), Attempt.state != AttemptState.IN_PROGRESS
    )
    if attempt_id is not None:
        statement = statement.where(Attempt.id == attempt_id)
    if quiz_key is not None:
        statement = statement.join(Quiz, Quiz.id == Attempt.quiz_id).where(Quiz.key == quiz_key)
    return statement


def recompute(wanted: Select[uuid.UUID]) -> Iterator[Checked]:
    """Tell sittings again, in batches; the same number of statements for each batch."""
    last: uuid.UUID | None = None
    while True:
        step = wanted.order_by(Attempt.id).limit(BATCH)
        ids = db.session.scalars(step.where(Attempt.id > last) if last else step).all()
        if not ids:
            return
        yield from _check(ids)
        last = ids[-1]


def _check(ids: Sequence[uuid.UUID]) -> Iterator[Checked]:
    sittings = queries.sittings_named(ids)
    rulings, given, papers = queries.rulings_of(sittings), replay.given_shares(ids), replay.papers(ids)
    bodies = replay.bodies_of({ruling.revision_id for each in rulings.values() for ruling in each.values()})
    answers, stored = _answers(ids), _stored(sittings)
    for sat in sittings:
        asked = [_as_told(item, answers) for item in papers[sat.id]]
        if any(item.ordinal is not None and item.response is None for item in asked):
            yield Checked(sat.id, [], erased=True)
            continue
        try:
            lines = replay.tell_all(asked, rulings[sat.id], bodies, given)
            found = _differences(sat, lines, stored[sat.id])
        except (Invalid, KeyError) as error:
            found = [Difference(sat.id, None, "grading", "a grade", f"{type(error).__name__}: {error}")]
        yield Checked(sat.id, found, erased=False)


def _answers(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[int, grading.Response | None]]:
    """By item the answer that the events give: the newest that is neither superseded nor late, unless an
    invigilator let it count. Two statements."""
    counted = late_answers_counted(ids)
    rows = db.session.execute(
        select(ResponseEvent.attempt_id, ResponseEvent.item_id, ResponseEvent.ordinal, ResponseEvent.body)
        .where(
            ResponseEvent.attempt_id.in_(ids),
            ResponseEvent.kind == EventKind.ANSWER,
            or_(
                ResponseEvent.late.is_(False) & ResponseEvent.superseded.is_(False),
                tuple_(ResponseEvent.attempt_id, ResponseEvent.ordinal).in_(counted),
            ),
        )
        .order_by(ResponseEvent.attempt_id, ResponseEvent.ordinal)
    )
    return {row.item_id: (row.ordinal, row.body) for row in rows}


def _as_told(item: Asked, answers: dict[uuid.UUID, tuple[int, grading.Response | None]]) -> Asked:
    ordinal, response = answers.get(item.item_id, (None, None))
    return replace(item, ordinal=ordinal, response=response)


def _stored(sittings: Sequence[Sat]) -> dict[uuid.UUID, dict[uuid.UUID, Grade]]:
    """The grades that count, by attempt and item. One statement."""
    found: dict[uuid.UUID, dict[uuid.UUID, Grade]] = {sat.id: {} for sat in sittings}
    rows = db.session.scalars(
        select(Grade)
        .join(Attempt, GRADE_COUNTS)
        .where(Grade.attempt_id.in_(found))
        .execution_options(populate_existing=True)
    )
    for grade in rows:
        found[grade.attempt_id][grade.item_id] = grade
    return found


def _differences(sat: Sat, lines: Sequence[Line], stored: dict[uuid.UUID, Grade]) -> list[Difference]:
    found = []
    for line in lines:
        grade = stored[line.asked.item_id]
        pairs: list[tuple[str, object, object]] = [
            ("answer", grade.event_ordinal, line.asked.ordinal),
            ("fraction", grade.fraction, line.fraction),
            ("marks", grade.marks, line.marks),
            ("parts", grade.parts, line.parts),
            ("certainty", grade.certainty_mark, line.certainty_mark),
        ]
        found += [
            Difference(sat.id, line.asked.item_id, what, str(was), str(now))
            for what, was, now in pairs
            if was != now
        ]
    after = replay.add_up(lines, sat.pass_mark)
    for what in ("earned", "possible", "percent", "passed"):
        was, now = getattr(sat.before, what), getattr(after, what)
        if was != now:
            found.append(Difference(sat.id, None, what, _plain(was), _plain(now)))
    return found


def _plain(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
