"""What every decision has in common: the locks, the reason, the row, the audit entry."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Person
from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.quizzes.grading.base import clean_text
from app.quizzes.invigilation.history import append
from app.quizzes.invigilation.models import Decision
from app.quizzes.invigilation.policies import within_reach
from app.quizzes.invigilation.rules import MAX_MINUTES, MAX_REASON
from app.quizzes.models import Attempt


@dataclass(slots=True)
class Decided:
    """What became of a decision about several attempts."""

    done: list[uuid.UUID] = field(default_factory=list)
    #: Attempts for which it came too late, or to which it does not apply.
    passed_over: list[uuid.UUID] = field(default_factory=list)
    #: Attempts to which somebody else has given the same since the page was made on which it was decided.
    repeated: list[uuid.UUID] = field(default_factory=list)


def lock_attempts(actor: Actor, attempt_ids: Sequence[uuid.UUID]) -> Sequence[Attempt]:
    """The attempts under their row locks, fresh. Raises NotFound when one of them is not hers to invigilate."""
    wanted = set(attempt_ids)
    found = db.session.scalars(
        select(Attempt)
        .join(Person, Person.id == Attempt.candidate_id)
        .where(Attempt.id.in_(wanted), *within_reach(actor))
        .order_by(Attempt.id)  # one order for everybody: no two decisions wait for each other
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != len(wanted):
        raise NotFound
    return found


def lock_one(actor: Actor, attempt_id: uuid.UUID) -> Attempt:
    """One attempt under its row lock, fresh. Raises NotFound."""
    return lock_attempts(actor, [attempt_id])[0]


def clean_reason(reason: str) -> str:
    """The reason as it is kept. Raises Invalid when there is none."""
    cleaned = clean_text(reason, MAX_REASON).strip()
    if not cleaned:
        raise Invalid(_("Say why: the candidate reads it, and it stays on record."), code="reason")
    return cleaned


def check_minutes(minutes: int) -> None:
    """Raises Invalid outside 1 to MAX_MINUTES."""
    if not 1 <= minutes <= MAX_MINUTES:
        raise Invalid(_("Give between 1 and %(most)s minutes.", most=MAX_MINUTES), code="minutes")


def overtaken() -> Conflict:
    """The attempt is no longer in a state to which the decision applies."""
    return Conflict(_("This attempt has moved on meanwhile. Look at its state again."), code="overtaken")


def decide(
    actor: Actor, attempt: Attempt, decision: Decision, reason: str, *, now: datetime, **details: Any
) -> None:
    """Append the decision to the attempt's history and to the audit trail; its lock is held."""
    kept = append(attempt, decision, actor_id=actor.person_id, reason=reason, now=now, **details)
    audit.record(actor, f"invigilation.{decision.value}", attempt, reason=reason, **kept)
