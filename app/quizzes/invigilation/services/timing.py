"""Move time: extend, interrupt, go on; one attempt, several, or all that are under way."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.core.access import Actor
from app.core.database import db
from app.quizzes.invigilation import queries
from app.quizzes.invigilation.history import has_time, moment_of
from app.quizzes.invigilation.models import Decision
from app.quizzes.invigilation.services.deciding import (
    Decided,
    check_minutes,
    clean_reason,
    decide,
    lock_attempts,
)
from app.quizzes.models import Attempt, AttemptState
from app.quizzes.services import pauses


def extend_attempts(
    actor: Actor,
    attempt_ids: Sequence[uuid.UUID],
    *,
    minutes: int,
    reason: str,
    as_of: datetime | None = None,
    now: datetime,
) -> Decided:
    """Move the deadlines by so many minutes, past the end of the window if need be.

    Attempts whose time is over, or that wait to begin, are passed over; so are those that were given more time
    after ``as_of``, the moment of what the invigilator saw. Raises Invalid, NotFound.
    """
    check_minutes(minutes)
    reason = clean_reason(reason)
    decided = Decided()
    attempts = lock_attempts(actor, attempt_ids)
    given_since = queries.extended_since(attempt_ids, as_of) if as_of else set()
    for attempt in attempts:
        if attempt.id in given_since:
            decided.repeated.append(attempt.id)
            continue
        if not has_time(attempt, now):
            decided.passed_over.append(attempt.id)
            continue
        _move(attempt, timedelta(minutes=minutes))
        decide(actor, attempt, Decision.EXTEND, reason, now=now, minutes=minutes)
        decided.done.append(attempt.id)
    db.session.flush()
    return decided


def pause_attempts(actor: Actor, attempt_ids: Sequence[uuid.UUID], *, reason: str, now: datetime) -> Decided:
    """Let the clock stand still. Attempts that do not run are passed over. Raises Invalid, NotFound."""
    reason = clean_reason(reason)
    decided = Decided()
    for attempt in lock_attempts(actor, attempt_ids):
        if attempt.pause_ends_at is not None:  # a pause of her own: from now on it is the invigilator's
            pauses.end(attempt, _by(attempt, now), now=now)
        if attempt.state is not AttemptState.IN_PROGRESS or not has_time(attempt, now):
            decided.passed_over.append(attempt.id)
            continue
        attempt.paused_at = moment_of(attempt, now)
        attempt.state = AttemptState.PAUSED
        decide(actor, attempt, Decision.PAUSE, reason, now=now)
        decided.done.append(attempt.id)
    db.session.flush()
    return decided


def resume_attempts(actor: Actor, attempt_ids: Sequence[uuid.UUID], *, reason: str, now: datetime) -> Decided:
    """Let the clock run on: deadline and cut-off move by the pause. Attempts that do not stand still are passed
    over. Raises Invalid, NotFound."""
    reason = clean_reason(reason)
    decided = Decided()
    for attempt in lock_attempts(actor, attempt_ids):
        if attempt.paused_at is None:
            decided.passed_over.append(attempt.id)
            continue
        if attempt.pause_ends_at is not None:
            pauses.end(attempt, _by(attempt, now), now=now)
            decide(actor, attempt, Decision.RESUME, reason, now=now, seconds=0)
            decided.done.append(attempt.id)
            continue
        paused = moment_of(attempt, now) - attempt.paused_at
        _move(attempt, paused)
        attempt.paused_at = None
        attempt.state = AttemptState.IN_PROGRESS
        decide(actor, attempt, Decision.RESUME, reason, now=now, seconds=round(paused.total_seconds()))
        decided.done.append(attempt.id)
    db.session.flush()
    return decided


def _by(attempt: Attempt, now: datetime) -> pauses.Ended:
    return pauses.Ended.BY_LIMIT if pauses.is_over(attempt, now) else pauses.Ended.BY_INVIGILATOR


def _move(attempt: Attempt, by: timedelta) -> None:
    attempt.deadline_at += by
    attempt.cutoff_at += by
