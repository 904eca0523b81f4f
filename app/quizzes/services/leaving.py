"""Leave a step of a forward-only paper for good."""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.quizzes import rules
from app.quizzes.models import Attempt, AttemptItem, AttemptState, QuizRevision
from app.quizzes.services.locking import lock_attempt


def leave_step(actor: Actor, attempt_id: uuid.UUID, *, through: int, now: datetime) -> Attempt:
    """Close the questions up to this position, the last of the step she is in: no answer to them counts any more.

    Under the attempt's lock, so that each answer is clearly before or after it. Leaving again changes nothing.
    Raises NotFound for somebody else's attempt; Conflict when it is over, when ``through`` ends no step, or for
    the last step (submitting ends that one).
    """
    attempt = lock_attempt(attempt_id)
    if attempt is None or attempt.candidate_id != actor.person_id:
        raise NotFound
    if attempt.state is not AttemptState.IN_PROGRESS or max(now, attempt.clock_at) > attempt.cutoff_at:
        raise Conflict(_("This attempt has ended."), code="ended")
    if through <= attempt.closed_through:
        return attempt
    stored = db.session.scalar(select(QuizRevision.settings).filter_by(id=attempt.quiz_revision_id))
    sections = db.session.scalars(
        select(AttemptItem.section).filter_by(attempt_id=attempt.id).order_by(AttemptItem.position)
    ).all()
    ends = rules.step_ends(rules.QuizSettings.from_json(stored or {}).navigation, sections)
    if through == ends[-1] or through != rules.current_step(ends, attempt.closed_through)[1]:
        raise Conflict(_("You are in another part of the paper. Reload the page."), code="step")
    attempt.closed_through = through
    db.session.flush()
    audit.record(actor, "quizzes.leave_step", attempt, through=through)
    return attempt
