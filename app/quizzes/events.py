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
    #: Nobody sat anything just now: a regrade changed the result. Progress follows; no document does by itself.
    by_regrade: bool = False


@dataclass(frozen=True, slots=True)
class RegradeApplied(Event):
    """Every sitting of a regrade has its new result (of one given up: its former one); announced once."""

    regrade_id: uuid.UUID
    grade_run_id: uuid.UUID
    #: Who decided to apply it, or to give it up.
    actor_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ResultWithdrawn(Event):
    """A result by which an attempt was passed is about to be taken back by an invigilator's decision.

    Who has built something on it that must not fall raises Conflict; then nothing happens.
    """

    attempt_id: uuid.UUID
    person_id: uuid.UUID
    quiz_id: uuid.UUID
    context_type: str
    context_id: uuid.UUID
