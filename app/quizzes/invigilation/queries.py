"""Reads of one attempt for invigilators and its candidate; the live page's are in ``live``."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from app.accounts.models import LoginSession, Person, PersonState
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.organisations.models import Organisation
from app.quizzes.invigilation.models import Decision, Intervention
from app.quizzes.invigilation.policies import within_reach
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptResult,
    AttemptState,
    EventKind,
    Quiz,
    QuizRevision,
    ResponseEvent,
)
from app.quizzes.rules import Allowance, QuizSettings

_attempts: Any = Attempt.__table__
_logins: Any = LoginSession.__table__
_people: Any = Person.__table__

#: Session × person × attempt, as the answers' own check: 2,000 pages ask this every 20 seconds.
_PULSE: Final = (
    select(_attempts.c.state, _attempts.c.decisions)
    .select_from(_logins)
    .join(_people, _people.c.id == _logins.c.person_id)
    .join(_attempts, _attempts.c.candidate_id == _people.c.id)
    .where(
        _logins.c.id == bindparam("login"),
        _logins.c.ended_at.is_(None),
        _logins.c.expires_at > bindparam("now"),
        _people.c.state == PersonState.ACTIVE,
        _attempts.c.id == bindparam("attempt"),
    )
)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a candidate's page needs to know whether to ask for more."""

    state: AttemptState
    decisions: int


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """An answer that came late. What she answered is not shown to invigilators."""

    ordinal: int
    item_id: uuid.UUID
    position: int
    device_id: uuid.UUID
    client_seq: int
    received_at: datetime
    #: Has an invigilator let it count?
    counted: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """One attempt as an invigilator sees it; no question and no answer."""

    attempt: Attempt
    key: str
    title: dict[str, str]
    candidate: Person
    organisation: dict[str, str] | None
    settings: QuizSettings
    #: When its first result came out.
    told_at: datetime | None

    def told_since(self, now: datetime) -> datetime | None:
        """From when on its candidate could read what of her answers is right; None: not until now."""
        if self.told_at is None:
            return None
        return self.settings.told_since(self.attempt.submitted_at or self.told_at, self.told_at, now)

    @property
    def allowance(self) -> Allowance:
        """What its candidate has beyond the rules."""
        return Allowance.from_json(self.attempt.allowance)


@dataclass(frozen=True, slots=True)
class Examined:
    """The examination of a live page."""

    quiz_id: uuid.UUID
    key: str
    title: dict[str, str]


def get_examination(key: str) -> Examined:
    """An examination as it is published now. Raises NotFound. One statement."""
    row = db.session.execute(
        select(Quiz.id, Quiz.key, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .where(Quiz.key == key)
    ).first()
    if row is None:
        raise NotFound
    return Examined(*row)


def find_pulse(login_id: uuid.UUID, attempt_id: uuid.UUID, now: datetime) -> Pulse | None:
    """The candidate's own attempt in a live session of hers; None otherwise. One statement."""
    row = db.session.connection().execute(_PULSE, {"login": login_id, "attempt": attempt_id, "now": now}).first()
    return Pulse(row.state, row.decisions) if row else None


def interventions_of(attempt_id: uuid.UUID) -> list[Intervention]:
    """Every decision about an attempt, in order. One statement."""
    return list(
        db.session.scalars(select(Intervention).filter_by(attempt_id=attempt_id).order_by(Intervention.number))
    )


def late_answers(attempt_id: uuid.UUID) -> list[LateAnswer]:
    """Answers of an attempt that came late, in order. Two statements."""
    counted = {
        ordinal
        for details in db.session.scalars(
            select(Intervention.details).filter_by(attempt_id=attempt_id, decision=Decision.COUNT_LATE)
        )
        for ordinal in details["ordinals"]
    }
    rows = db.session.execute(
        select(
            ResponseEvent.ordinal,
            ResponseEvent.item_id,
            AttemptItem.position,
            ResponseEvent.device_id,
            ResponseEvent.client_seq,
            ResponseEvent.received_at,
        )
        .join(AttemptItem, AttemptItem.id == ResponseEvent.item_id)
        .where(
            ResponseEvent.attempt_id == attempt_id,
            ResponseEvent.late.is_(True),
            ResponseEvent.kind == EventKind.ANSWER,
        )
        .order_by(ResponseEvent.ordinal)
    )
    return [LateAnswer(*row, counted=row.ordinal in counted) for row in rows]


def get_watched(actor: Actor, attempt_id: uuid.UUID) -> Watched:
    """An attempt she may invigilate. Raises NotFound. One statement."""
    row = db.session.execute(
        select(
            Attempt,
            Quiz.key,
            QuizRevision.title,
            QuizRevision.settings,
            Person,
            Organisation.name,
            select(func.min(AttemptResult.created_at))
            .where(AttemptResult.attempt_id == Attempt.id)
            .correlate(Attempt)
            .scalar_subquery()
            .label("told_at"),
        )
        .join(Person, Person.id == Attempt.candidate_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .where(Attempt.id == attempt_id, *within_reach(actor))
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    return Watched(
        attempt=row.Attempt,
        key=row.key,
        title=row.title,
        candidate=row.Person,
        organisation=row.name,
        settings=QuizSettings.from_json(row.settings),
        told_at=row.told_at,
    )


def decisions_about(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What was decided about one person's attempts, for the copy of her own data. One statement."""
    rows = db.session.execute(
        select(Intervention, Quiz.key, Attempt.number)
        .join(Attempt, Attempt.id == Intervention.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.candidate_id == person_id)
        .order_by(Intervention.created_at, Intervention.number)
    )
    return [
        {
            "examination": row.key,
            "attempt": row.number,
            "decision": row.Intervention.decision.value,
            "reason": row.Intervention.reason,
            "details": row.Intervention.details,
            "at": row.Intervention.created_at.isoformat(),
        }
        for row in rows
    ]


def extended_since(attempt_ids: Collection[uuid.UUID], moment: datetime) -> set[uuid.UUID]:
    """Which of these attempts an invigilator has given more time after the moment. One statement."""
    return set(
        db.session.scalars(
            select(Intervention.attempt_id).where(
                Intervention.attempt_id.in_(attempt_ids),
                Intervention.decision == Decision.EXTEND,
                Intervention.created_at > moment,
            )
        )
    )


def late_answers_counted(attempt_ids: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, int]]:
    """Attempt and ordinal of the late answers that invigilators let count. One statement."""
    rows = db.session.execute(
        select(Intervention.attempt_id, Intervention.details).where(
            Intervention.attempt_id.in_(attempt_ids), Intervention.decision == Decision.COUNT_LATE
        )
    )
    return [(row.attempt_id, ordinal) for row in rows for ordinal in row.details["ordinals"]]


def attempts_under_way(actor: Actor, key: str) -> list[uuid.UUID]:
    """The attempts of an examination that have begun and not ended, as far as she invigilates. One statement."""
    return list(
        db.session.scalars(
            select(Attempt.id)
            .join(Person, Person.id == Attempt.candidate_id)
            .join(Quiz, Quiz.id == Attempt.quiz_id)
            .where(
                Quiz.key == key,
                Attempt.state.in_((AttemptState.IN_PROGRESS, AttemptState.PAUSED)),
                *within_reach(actor),
            )
        )
    )
