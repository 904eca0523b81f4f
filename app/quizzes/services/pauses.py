"""The pauses that a candidate may take by herself: the time stands still, the paper is out of sight.

Each ends when she goes on, at the latest when what she may take is used up: then the server ends it, as of that
moment, whoever notices first (the sweep every few seconds, an answer, a submission, an invigilator).
"""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.quizzes import rules
from app.quizzes.invigilation import history
from app.quizzes.invigilation.models import Decision
from app.quizzes.models import Attempt, AttemptState, QuizRevision
from app.quizzes.services.locking import lock_attempt


class Ended(StrEnum):
    """Who ended a pause."""

    BY_CANDIDATE = "candidate"
    BY_INVIGILATOR = "invigilator"
    BY_LIMIT = "limit"


def take_pause(actor: Actor, attempt_id: uuid.UUID, *, now: datetime) -> Attempt:
    """Let the time of the actor's own attempt stand still, as long as she may; pausing again changes nothing.

    Raises NotFound; Conflict when the attempt does not run, or when she has no pause left.
    """
    attempt = _lock_own(actor, attempt_id)
    if attempt.state is AttemptState.PAUSED and not is_over(attempt, now):
        return attempt
    end_if_over(attempt, now=now)
    if attempt.state is not AttemptState.IN_PROGRESS or not history.has_time(attempt, now):
        raise Conflict(_("The examination does not run, so it cannot be paused."), code="not_running")
    seconds = seconds_left(attempt)
    if not seconds:
        raise Conflict(_("You have no pause left."), code="no_pause")
    attempt.paused_at = history.moment_of(attempt, now)
    attempt.pause_ends_at = attempt.paused_at + timedelta(seconds=seconds)
    attempt.own_pauses += 1
    attempt.state = AttemptState.PAUSED
    details = history.append(
        attempt,
        Decision.OWN_PAUSE,
        actor_id=actor.person_id,
        now=now,
        until=attempt.pause_ends_at.isoformat(),
    )
    audit.record(actor, "quizzes.take_pause", attempt, **details)
    db.session.flush()
    return attempt


def end_pause(actor: Actor, attempt_id: uuid.UUID, *, now: datetime) -> Attempt:
    """Go on after a pause of one's own; going on again changes nothing.

    Raises NotFound; Conflict for a pause that an invigilator decided.
    """
    attempt = _lock_own(actor, attempt_id)
    if attempt.state is not AttemptState.PAUSED:
        return attempt
    if attempt.pause_ends_at is None:
        raise Conflict(_("An invigilator has paused the examination and lets it go on."), code="invigilator")
    end(attempt, Ended.BY_LIMIT if is_over(attempt, now) else Ended.BY_CANDIDATE, now=now)
    return attempt


def end_overdue_pause(attempt_id: uuid.UUID, *, now: datetime) -> bool:
    """End a pause whose time is over; False when there is none or it still lasts."""
    attempt = lock_attempt(attempt_id)
    return attempt is not None and end_if_over(attempt, now=now)


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Has the candidate paused, and is that pause over?"""
    return attempt.pause_ends_at is not None and history.moment_of(attempt, now) >= attempt.pause_ends_at


def end_if_over(attempt: Attempt, *, now: datetime) -> bool:
    """The same as a change; the attempt is locked."""
    if not is_over(attempt, now):
        return False
    end(attempt, Ended.BY_LIMIT, now=now)
    return True


def end(attempt: Attempt, by: Ended, *, now: datetime) -> None:
    """The time runs on: deadline and cut-off move by the pause, as far as it was allowed.

    The attempt is locked and stands still by its candidate's own wish.
    """
    assert attempt.paused_at is not None  # noqa: S101 - constraint of the table
    assert attempt.pause_ends_at is not None  # noqa: S101 - asked for by the callers
    length = min(history.moment_of(attempt, now), attempt.pause_ends_at) - attempt.paused_at
    attempt.deadline_at += length
    attempt.cutoff_at += length
    attempt.own_pause_seconds += -(-length // timedelta(seconds=1))
    attempt.paused_at = attempt.pause_ends_at = None
    attempt.state = AttemptState.IN_PROGRESS
    details = history.append(
        attempt,
        Decision.OWN_RESUME,
        actor_id=attempt.candidate_id,
        now=now,
        seconds=round(length.total_seconds()),
        by=by.value,
    )
    audit.record(None, "quizzes.end_pause", attempt, **details)
    db.session.flush()


def seconds_left(attempt: Attempt) -> int:
    """How long one more pause may last; 0: none is left."""
    stored = db.session.scalar(select(QuizRevision.settings).filter_by(id=attempt.quiz_revision_id))
    allowed = rules.pauses(
        rules.QuizSettings.from_json(stored or {}), rules.Allowance.from_json(attempt.allowance)
    )
    return allowed.after(attempt.own_pauses, attempt.own_pause_seconds).seconds


def _lock_own(actor: Actor, attempt_id: uuid.UUID) -> Attempt:
    attempt = lock_attempt(attempt_id)
    if attempt is None or attempt.candidate_id != actor.person_id:
        raise NotFound
    return attempt
