"""What a regrade is: how a question is corrected, over which sittings, and what becomes of each. Pure."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.quizzes.results import Outcome, Treatment


class RegradeState(StrEnum):
    """How far a regrade is. Results follow it while it is ``applying`` or ``applied``."""

    #: A job looks at what it would do.
    TRYING = "trying"
    #: Its figures can be read; it can be applied.
    TRIED = "tried"
    #: It cannot be done (``Regrade.problem`` says why).
    IMPOSSIBLE = "impossible"
    #: Decided; a job appends the grades, and papers handed in from now on follow it too.
    APPLYING = "applying"
    APPLIED = "applied"
    #: Applying it stopped and somebody gave it up; a job puts the results back that it has changed.
    GIVING_UP = "giving_up"
    #: Given up: no result follows it.
    GIVEN_UP = "given_up"
    DISCARDED = "discarded"


class Problem(StrEnum):
    """Why a regrade cannot be done."""

    #: Some paper would have no question left.
    NOTHING_LEFT = "nothing_left"
    #: An answer would need a mark by a person, and has none.
    UNMARKED = "unmarked"
    #: The corrected question has no answer on some paper (a formula without a value for the numbers drawn).
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Correction:
    """How a question is to count. ``changes`` are values by field of its type (``grading.amendable``)."""

    treatment: Treatment = Treatment.GRADED
    changes: Mapping[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"treatment": self.treatment.value, "changes": dict(self.changes)}

    @property
    def as_published(self) -> bool:
        """Does it take back what earlier regrades did?"""
        return self.treatment is Treatment.GRADED and not self.changes


@dataclass(slots=True)
class Figures:
    """What a dry run counted."""

    in_scope: int = 0
    changed: int = 0
    newly_passed: int = 0
    newly_failed: int = 0
    #: Sittings whose result waits for marks: they follow the regrade when it comes out.
    waiting: int = 0
    consequences: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Figures":
        return cls(**data)

    def count(self, before: Outcome, after: Outcome) -> None:
        """Take in a sitting whose result changes."""
        self.changed += 1
        self.newly_passed += after.passed and not before.passed
        self.newly_failed += before.passed and not after.passed

    def rest_on(self, kinds: Iterable[str]) -> None:
        """Take in the kinds of what rests on changed results."""
        for kind in kinds:
            self.consequences[kind] = self.consequences.get(kind, 0) + 1


class Basis:
    """A fingerprint of what a dry run started from: which sittings, and the grade run of each."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, attempt_id: uuid.UUID, run_id: uuid.UUID | None) -> None:
        """Take in the next sitting, in the order of identifiers."""
        self._hash.update(attempt_id.bytes + (run_id.bytes if run_id else b""))

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which sittings of the question a regrade is about; what is None does not narrow."""

    #: One examination; None: every one whose papers hold this question.
    quiz_id: uuid.UUID | None = None
    #: A group of contexts that an upper package knows (``registry.Groups``), such as a cohort.
    group_kind: str | None = None
    group_id: uuid.UUID | None = None
    #: Handed in from … (included) to … (excluded).
    since: datetime | None = None
    until: datetime | None = None
