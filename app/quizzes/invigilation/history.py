"""The history of an attempt: decisions about it and its candidate's pauses, appended under its lock."""

import uuid
from datetime import datetime
from typing import Any

from app.core.database import db
from app.core.identifiers import new_id
from app.quizzes.invigilation.models import Decision, Intervention
from app.quizzes.models import Attempt, AttemptState
from app.quizzes.receipts import timestamp


def append(
    attempt: Attempt,
    decision: Decision,
    *,
    actor_id: uuid.UUID,
    reason: str = "",
    now: datetime,
    **details: Any,
) -> dict[str, Any]:
    """Append an entry; its candidate's page asks again. Returns the details as kept."""
    attempt.decisions += 1
    kept = {"deadline": timestamp(attempt.deadline_at), "state": attempt.state.value, **details}
    db.session.add(
        Intervention(
            id=new_id(),
            created_at=now,
            attempt_id=attempt.id,
            number=attempt.decisions,
            decision=decision,
            actor_id=actor_id,
            reason=reason,
            details=kept,
        )
    )
    return kept


def moment_of(attempt: Attempt, now: datetime) -> datetime:
    """Now, but never before anything this attempt has seen."""
    return max(now, attempt.clock_at, attempt.paused_at or now)


def has_time(attempt: Attempt, now: datetime) -> bool:
    """Could an answer still count, now or once the pause is over?"""
    if attempt.state is AttemptState.PAUSED:
        return True
    return attempt.state is AttemptState.IN_PROGRESS and moment_of(attempt, now) <= attempt.cutoff_at
