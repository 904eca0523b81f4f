"""What the packages above know of the cohorts that study a course."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from app.core.access import Actor
from app.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that a cohort's members have to mind, beside the course itself."""

    label: Bilingual
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """A cohort in whose place a preview can be: of a programme that the course belongs to."""

    id: uuid.UUID
    name: str
    programme: Bilingual
    starts_on: date
    ends_on: date
    deadlines: tuple[Deadline, ...] = ()


#: (actor, course key) → the cohorts of it that she may see.
Cohorts = Callable[[Actor, str], list[Cohort]]
_sources: dict[str, Cohorts] = {}


def register(kind: str, cohorts: Cohorts) -> None:
    """Tell which cohorts study a course; registering a kind again replaces it."""
    _sources[kind] = cohorts


def cohorts_of(actor: Actor, course_key: str) -> list[Cohort]:
    """The cohorts with the course that the actor may see."""
    return [cohort for source in _sources.values() for cohort in source(actor, course_key)]
