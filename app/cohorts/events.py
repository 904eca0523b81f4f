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
    #: A regrade completed it: no document follows by itself.
    by_regrade: bool = False


@dataclass(frozen=True, slots=True)
class CompletionInDoubt(Event):
    """A regrade changed a result of somebody who has completed a programme: what her completion rests on may not
    say any more what it said then. Whoever issued a document on it has to look."""

    membership_id: uuid.UUID
    attempt_id: uuid.UUID
    grade_run_id: uuid.UUID
