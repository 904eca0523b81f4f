"""Let a candidate in once a person has compared her identity document with her name, or turn her away."""

import uuid
from datetime import datetime, timedelta

from flask_babel import gettext as _

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict
from app.quizzes import rules as quiz_rules
from app.quizzes.grading.base import clean_text
from app.quizzes.invigilation.history import moment_of
from app.quizzes.invigilation.models import Decision
from app.quizzes.invigilation.rules import LEAD, MAX_REASON, Means
from app.quizzes.invigilation.services.deciding import clean_reason, decide, lock_one, overtaken
from app.quizzes.models import Attempt, AttemptState, QuizRevision


def release_attempt(
    actor: Actor, attempt_id: uuid.UUID, *, means: Means, note: str = "", now: datetime
) -> Attempt:
    """The identity is checked: the candidate's time begins, a moment later so that her page can follow.

    Raises NotFound, Conflict (``overtaken``) when she does not wait, ``closed`` after the examination has closed.
    """
    attempt = lock_one(actor, attempt_id)
    if attempt.state is not AttemptState.WAITING:
        raise overtaken()
    revision = db.session.get_one(QuizRevision, attempt.quiz_revision_id)
    settings = quiz_rules.QuizSettings.from_json(revision.settings)
    begins = moment_of(attempt, now) + LEAD
    deadline = quiz_rules.deadline(settings, quiz_rules.Allowance.from_json(attempt.allowance), begins)
    if deadline <= begins:
        raise Conflict(_("The examination has closed; nobody can be let in any more."), code="closed")
    attempt.state = AttemptState.IN_PROGRESS
    attempt.started_at = begins
    attempt.deadline_at = deadline
    attempt.cutoff_at = deadline + timedelta(seconds=settings.grace_seconds)
    decide(
        actor, attempt, Decision.RELEASE, clean_text(note, MAX_REASON).strip(), now=now, means=Means(means).value
    )
    return attempt


def refuse_attempt(actor: Actor, attempt_id: uuid.UUID, *, reason: str, now: datetime) -> Attempt:
    """The candidate is not let in; the attempt is void and uses up nothing. Raises as ``release_attempt``."""
    reason = clean_reason(reason)
    attempt = lock_one(actor, attempt_id)
    if attempt.state is not AttemptState.WAITING:
        raise overtaken()
    attempt.state = AttemptState.VOIDED
    attempt.submitted_at = moment_of(attempt, now)
    decide(actor, attempt, Decision.REFUSE, reason, now=now)
    return attempt
