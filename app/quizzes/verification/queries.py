"""What the database holds of one attempt, for comparing with its receipts."""

import uuid

from sqlalchemy import and_, select

from app.core.database import db
from app.quizzes.grading.aliases import outward
from app.quizzes.invigilation.queries import late_answers_counted
from app.quizzes.models import Attempt, AttemptItem, Grade
from app.quizzes.queries import list_events
from app.quizzes.services import receipt_of
from app.quizzes.verification.rules import Held, HeldEvent, HeldItem


def held(attempt_id: uuid.UUID) -> Held:
    """The attempt with its events and what counts; an empty one when it does not exist. Four statements."""
    attempt = db.session.execute(
        select(Attempt.head_ordinal, Attempt.grade_run_id).where(Attempt.id == attempt_id)
    ).first()
    if attempt is None:
        return Held(attempt_id)
    rows = db.session.execute(
        select(
            AttemptItem.id,
            AttemptItem.position,
            AttemptItem.layout,
            AttemptItem.answer_ordinal,
            AttemptItem.flagged,
            Grade.id.is_not(None).label("graded"),
            Grade.event_ordinal,
        )
        .outerjoin(Grade, and_(Grade.item_id == AttemptItem.id, Grade.run_id == attempt.grade_run_id))
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    ).all()
    layouts = {row.id: row.layout for row in rows}
    events = [
        HeldEvent(receipt_of(event), outward(event.body, layouts.get(event.item_id, {})), event.salt)
        for event in list_events(attempt_id)
    ]
    items = {
        row.id: HeldItem(row.position, row.answer_ordinal, row.flagged, row.graded, row.event_ordinal)
        for row in rows
    }
    decided = frozenset(ordinal for _attempt, ordinal in late_answers_counted([attempt_id]))
    return Held(attempt_id, attempt.head_ordinal, tuple(events), items, decided)
