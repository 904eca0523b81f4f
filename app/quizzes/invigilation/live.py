"""Who sits an examination, as the live page shows it: one statement."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.organisations.models import Organisation
from app.quizzes.invigilation import rules
from app.quizzes.invigilation.models import Presence
from app.quizzes.invigilation.policies import within_reach
from app.quizzes.models import OPEN_STATES, Attempt, AttemptItem, AttemptState, Quiz, QuizRevision, ResponseEvent

_attempts: Any = Attempt.__table__
_items: Any = AttemptItem.__table__
_events: Any = ResponseEvent.__table__
_people: Any = Person.__table__
_presences: Any = Presence.__table__
_places: Any = Organisation.__table__


@dataclass(frozen=True, slots=True)
class Seat:
    """One candidate's attempt on the live page. Moments; the browser makes durations of them."""

    attempt_id: uuid.UUID
    candidate_id: uuid.UUID
    organisation_id: uuid.UUID | None
    organisation: dict[str, str] | None
    #: Her cohort, where she sits it for one.
    group: str
    name: str
    student_number: str
    number: int
    state: AttemptState
    started_at: datetime
    deadline_at: datetime
    ended_at: datetime | None
    saved_at: datetime | None
    seen_at: datetime | None
    paused_at: datetime | None
    answered: int
    questions: int
    #: Flag → how many (1 where there is nothing to count), the most urgent first.
    flags: dict[str, int]
    attention: int

    def as_json(self) -> list[Any]:
        """A row: a list, since 2,000 times the same names would be most of the document."""
        return [
            str(self.attempt_id),
            self.name,
            self.student_number,
            self.organisation,
            self.number,
            self.state.value,
            _seconds(self.started_at),
            _seconds(self.deadline_at),
            _seconds(self.ended_at),
            _seconds(self.saved_at),
            _seconds(self.seen_at),
            _seconds(self.paused_at),
            self.answered,
            self.questions,
            list(self.flags.items()),
            self.attention,
            self.group,
            str(self.candidate_id),
        ]


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


@dataclass(frozen=True, slots=True)
class Examination:
    """A line of the list: an examination that people sit now, or sat within the last day."""

    key: str
    title: dict[str, str]
    waiting: int
    running: int
    paused: int
    ended: int
    last_started_at: datetime


def _shown(now: datetime) -> ColumnElement[bool]:
    """Attempts that are open, or ended within the last day."""
    return or_(Attempt.state.in_(OPEN_STATES), Attempt.submitted_at > now - rules.SHOWN_FOR)


def list_examinations(actor: Actor, now: datetime) -> list[Examination]:
    """The examinations with attempts that she may invigilate, those under way first. One statement."""

    def count(*states: AttemptState) -> ColumnElement[int]:
        return func.sum(case((Attempt.state.in_(states), 1), else_=0))

    waiting = count(AttemptState.WAITING)
    running = count(AttemptState.IN_PROGRESS)
    paused = count(AttemptState.PAUSED)
    last = func.max(Attempt.started_at)
    counted = (
        select(
            Attempt.quiz_id,
            waiting.label("waiting"),
            running.label("running"),
            paused.label("paused"),
            func.count().label("attempts"),
            last.label("last"),
        )
        .join(Person, Person.id == Attempt.candidate_id)
        .where(_shown(now), *within_reach(actor))
        .group_by(Attempt.quiz_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Quiz.key, QuizRevision.title, counted)
        .join(counted, counted.c.quiz_id == Quiz.id)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
    ).all()
    found = [
        Examination(
            key=row.key,
            title=row.title,
            waiting=row.waiting,
            running=row.running,
            paused=row.paused,
            ended=row.attempts - row.waiting - row.running - row.paused,
            last_started_at=row.last,
        )
        for row in rows
    ]
    newest = sorted(found, key=lambda each: each.last_started_at, reverse=True)
    return sorted(newest, key=lambda each: (not each.waiting, not (each.running or each.paused)))


def _statement(key: str, now: datetime) -> Select[Any]:
    chosen = (
        select(_attempts)
        .join(Quiz.__table__, Quiz.id == _attempts.c.quiz_id)
        .where(Quiz.key == key, _shown(now))
        .cte("chosen")
    )
    papers = (
        select(
            _items.c.attempt_id,
            func.count().label("questions"),
            func.count(_items.c.answer_ordinal).label("answered"),
            func.count(_items.c.answer_device.distinct()).label("devices"),
        )
        .where(_items.c.attempt_id.in_(select(chosen.c.id)))
        .group_by(_items.c.attempt_id)
        .subquery()
    )
    uncounted = (
        select(
            _events.c.attempt_id,
            func.sum(case((_events.c.late, 1), else_=0)).label("late"),
            func.sum(case((_events.c.superseded, 1), else_=0)).label("superseded"),
        )
        .where(or_(_events.c.late, _events.c.superseded), _events.c.attempt_id.in_(select(chosen.c.id)))
        .group_by(_events.c.attempt_id)
        .subquery()
    )
    last = _events.alias("last")
    return (
        select(
            chosen,
            _people.c.name,
            _people.c.student_number,
            _people.c.organisation_id,
            _places.c.name.label("organisation"),
            _presences.c.seen_at,
            papers.c.questions,
            papers.c.answered,
            papers.c.devices,
            last.c.client_seq.label("device_clock"),
            uncounted.c.late,
            uncounted.c.superseded,
        )
        .join(_people, _people.c.id == chosen.c.candidate_id)
        .join(papers, papers.c.attempt_id == chosen.c.id)
        .outerjoin(last, and_(last.c.attempt_id == chosen.c.id, last.c.ordinal == chosen.c.head_ordinal))
        .outerjoin(_places, _places.c.id == _people.c.organisation_id)
        .outerjoin(uncounted, uncounted.c.attempt_id == chosen.c.id)
        .outerjoin(_presences, _presences.c.attempt_id == chosen.c.id)
    )


def _seat(row: Row[Any], group: str, now: datetime) -> Seat:
    saved_at = row.clock_at if row.head_ordinal else None
    heard = [moment for moment in (row.seen_at, saved_at) if moment]
    signs = rules.Signs(
        state=row.state,
        started_at=row.started_at,
        deadline_at=row.deadline_at,
        paused_at=row.paused_at,
        saved_at=saved_at,
        seen_at=max(heard, default=None),
        late=row.late or 0,
        superseded=row.superseded or 0,
        devices=row.devices,
        device_clock=row.device_clock,
        own_pause=row.pause_ends_at is not None,
        granted_seconds=row.granted_seconds,
    )
    flags = rules.flags_of(signs, now)
    return Seat(
        attempt_id=row.id,
        candidate_id=row.candidate_id,
        organisation_id=row.organisation_id,
        organisation=row.organisation,
        group=group,
        name=row.name,
        student_number=row.student_number or "",
        number=row.number,
        state=row.state,
        started_at=row.started_at,
        deadline_at=row.deadline_at,
        ended_at=row.submitted_at,
        saved_at=saved_at,
        seen_at=signs.seen_at,
        paused_at=row.paused_at,
        answered=row.answered,
        questions=row.questions,
        flags={flag.value: rules.count_of(flag, signs) for flag in flags},
        attention=rules.attention(row.state, flags),
    )


def read_seats(key: str, now: datetime, groups: Mapping[tuple[str, uuid.UUID], str]) -> list[Seat]:
    """Everybody who sits an examination, or sat it within the last day. One statement.

    ``groups``: what their contexts belong to.
    """
    rows = db.session.connection().execute(_statement(key, now)).all()
    return [_seat(row, groups.get((row.context_type, row.context_id), ""), now) for row in rows]
