"""What cohorts announce."""

import uuid
from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class ProgrammeCompleted(Event):
    """A person met every demand of a programme: announced once a person, programme and cycle."""

    membership_id: uuid.UUID
    person_id: uuid.UUID
    programme_id: uuid.UUID
    programme_revision_id: uuid.UUID
    cohort_id: uuid.UUID
    cycle: int
