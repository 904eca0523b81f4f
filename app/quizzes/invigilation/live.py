"""The live page's data: one statement, kept for a few seconds, shared by all invigilators of a process.

The page polls. Whoever asks first after ``KEPT_FOR`` reads the database; everybody else in the process gets the
same bytes, packed once. So the cost does not grow with the number of invigilators, and of the examinees it is one
statement every few seconds.
"""

import gzip
import hashlib
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.organisations.models import Organisation
from app.quizzes.invigilation import rules
from app.quizzes.invigilation.models import Presence
from app.quizzes.invigilation.policies import reach, within_reach
from app.quizzes.models import OPEN_STATES, Attempt, AttemptItem, AttemptState, Quiz, QuizRevision, ResponseEvent

#: Seconds for which what was read serves everybody.
KEPT_FOR: Final = 4.0
#: Seconds after which the snapshot of an examination that nobody watches is dropped.
FORGOTTEN_AFTER: Final = 60.0

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
        ]


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def milliseconds(moment: datetime) -> int:
    """As a page keeps it: since 1970."""
    return int(moment.timestamp() * 1000)


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
    return sorted(newest, key=lambda each: not (each.waiting or each.running or each.paused))


def get_title(key: str) -> dict[str, str]:
    """The examination's title. Raises NotFound. One statement."""
    title: dict[str, str] | None = db.session.scalar(
        select(QuizRevision.title).join(Quiz, QuizRevision.id == Quiz.current_revision_id).where(Quiz.key == key)
    )
    if title is None:
        raise NotFound
    return title


def _statement(key: str, now: datetime) -> Select[Any]:
    chosen = (
        select(_attempts)
        .join(Quiz.__table__, Quiz.id == _attempts.c.quiz_id)
        .where(
            Quiz.key == key,
            or_(_attempts.c.state.in_(OPEN_STATES), _attempts.c.submitted_at > now - rules.SHOWN_FOR),
        )
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


def _seat(row: Row[Any], now: datetime) -> Seat:
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


def read_seats(key: str, now: datetime) -> list[Seat]:
    """Everybody who sits an examination, or sat it within the last day. One statement."""
    rows = db.session.connection().execute(_statement(key, now)).all()
    return [_seat(row, now) for row in rows]


@dataclass(frozen=True, slots=True)
class Packed:
    """The document of one reach, ready to be sent."""

    etag: str
    plain: bytes
    gzipped: bytes


@dataclass(slots=True)
class Snapshot:
    """An examination at one moment, and the documents made of it."""

    seats: list[Seat]
    #: By ``time.monotonic``.
    taken: float
    #: When it was read, in milliseconds since 1970.
    as_of: int
    _packed: dict[Any, Packed] = field(default_factory=dict)

    def seen_by(self, actor: Actor) -> list[Seat]:
        """As far as she invigilates: never her own seat."""
        places = reach(actor)
        return [
            seat
            for seat in self.seats
            if seat.candidate_id != actor.person_id and (places is None or seat.organisation_id in places)
        ]

    def packed_for(self, actor: Actor) -> Packed:
        """The document for her; packed once for all who see the same seats."""
        own = actor.person_id if any(seat.candidate_id == actor.person_id for seat in self.seats) else None
        key = (reach(actor), own)
        if key not in self._packed:
            rows = [seat.as_json() for seat in self.seen_by(actor)]
            plain = json.dumps({"seats": rows}, ensure_ascii=False, separators=(",", ":")).encode()
            etag = hashlib.blake2b(plain, digest_size=12).hexdigest()
            self._packed[key] = Packed(etag, plain, gzip.compress(plain, 4, mtime=0))
        return self._packed[key]


class Board:
    """The snapshots of this process. One thread reads; meanwhile the others are given what was there before."""

    def __init__(self, kept_for: float = KEPT_FOR) -> None:
        self.kept_for = kept_for
        self._snapshots: dict[str, Snapshot] = {}
        self._lock = threading.Lock()

    def look(self, key: str, now: datetime, *, since: int = 0) -> Snapshot:
        """The examination as it was at most a few seconds ago, and not before ``since``.

        ``since``: when a page was made, in milliseconds since 1970: what was decided until then stands on it, and
        what it is given next must not go back behind that. A moment still to come is passed over.
        """
        if since > milliseconds(now):
            since = 0
        known = self._snapshots.get(key)
        if known is not None and self._serves(known, since):
            return known
        # Somebody else reads already: what there was before serves once more, unless there is nothing new enough.
        if not self._lock.acquire(blocking=known is None or known.as_of < since):
            assert known is not None  # noqa: S101 - else we would have waited
            return known
        try:
            known = self._snapshots.get(key)
            if known is None or not self._serves(known, since):
                known = Snapshot(read_seats(key, now), time.monotonic(), milliseconds(now))
                self._snapshots = {
                    other: kept
                    for other, kept in self._snapshots.items()
                    if known.taken - kept.taken < FORGOTTEN_AFTER
                } | {key: known}
            return known
        finally:
            self._lock.release()

    def _serves(self, known: Snapshot, since: int) -> bool:
        return time.monotonic() - known.taken < self.kept_for and known.as_of >= since
