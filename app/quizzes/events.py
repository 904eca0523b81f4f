"""What the engine announces to the packages above it."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class AttemptGraded(Event):
    """An attempt has a result that counts: it was submitted, its time ran out, or a regrade was applied."""

    attempt_id: uuid.UUID
    person_id: uuid.UUID
    quiz_id: uuid.UUID
    quiz_revision_id: uuid.UUID
    context_type: str
    context_id: uuid.UUID
    percent: Decimal
    passed: bool
    grade_run_id: uuid.UUID
