"""The attempt's row lock: whoever holds it decides alone what happens to the attempt."""

import uuid

from sqlalchemy import select

from app.core.database import db
from app.quizzes.models import Attempt


def lock_attempt(attempt_id: uuid.UUID) -> Attempt | None:
    """The attempt under its row lock, fresh: no answer can be taken meanwhile."""
    return db.session.scalar(
        select(Attempt).where(Attempt.id == attempt_id).with_for_update().execution_options(populate_existing=True)
    )
