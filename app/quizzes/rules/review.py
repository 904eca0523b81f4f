"""What a candidate sees of a finished attempt, and when."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

#: How long “immediately after” lasts: enough to read twenty explanations.
IMMEDIATELY: Final = timedelta(minutes=30)


class Phase(StrEnum):
    """Where a finished attempt stands in time."""

    IMMEDIATELY = "immediately"
    WHILE_OPEN = "while_open"
    AFTER_CLOSE = "after_close"


Phases = frozenset[Phase]
ALWAYS: Final[Phases] = frozenset(Phase)
NEVER: Final[Phases] = frozenset()


class Feedback(StrEnum):
    """The short spelling of a policy: everything at one time, and the percentage always."""

    AFTER_SUBMISSION = "after_submission"
    AFTER_CLOSE = "after_close"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Review:
    """The matrix: for each thing, the phases in which the candidate sees it."""

    #: Her own answers.
    answers: Phases = ALWAYS
    #: What each question earned.
    marks: Phases = ALWAYS
    #: Which answer is right.
    correct: Phases = ALWAYS
    #: Explanations, and what markers wrote.
    feedback: Phases = ALWAYS
    #: The percentage of the whole, and whether that passed.
    percentage: Phases = ALWAYS

    @classmethod
    def of(cls, feedback: Feedback) -> "Review":
        """The matrix that a short spelling stands for."""
        phases = {
            Feedback.AFTER_SUBMISSION: ALWAYS,
            Feedback.AFTER_CLOSE: frozenset({Phase.AFTER_CLOSE}),
            Feedback.NEVER: NEVER,
        }[feedback]
        return cls(answers=phases, marks=phases, correct=phases, feedback=phases)

    @property
    def short(self) -> Feedback | None:
        """The short spelling, where there is one."""
        return next((feedback for feedback in Feedback if Review.of(feedback) == self), None)

    @property
    def waits_for_close(self) -> bool:
        """Is anything shown only once the examination has closed?"""
        return any(self.phases(name) == {Phase.AFTER_CLOSE} for name in REVIEWED)

    @property
    def stated(self) -> bool:
        """May a document state the percentage? It can be read from its first day on: only where never hidden."""
        return self.percentage == ALWAYS

    def phases(self, name: str) -> Phases:
        phases: Phases = getattr(self, name)
        return phases

    def shown(self, phase: Phase) -> "Shown":
        """What may be seen in this phase."""
        return Shown(**{name: phase in self.phases(name) for name in REVIEWED})

    def as_json(self) -> dict[str, list[str]]:
        return {name: [phase.value for phase in Phase if phase in self.phases(name)] for name in REVIEWED}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Review":
        return cls(**{name: frozenset(map(Phase, values[name])) for name in REVIEWED if name in values})


#: The rows of the matrix.
REVIEWED: Final = tuple(field.name for field in fields(Review))


@dataclass(frozen=True, slots=True)
class Shown:
    """What one reader may see now."""

    answers: bool = True
    marks: bool = True
    correct: bool = True
    feedback: bool = True
    percentage: bool = True

    @property
    def questions(self) -> bool:
        """Is there anything to say about single questions?"""
        return self.answers or self.marks or self.correct or self.feedback


def phase_of(submitted_at: datetime, closes_at: datetime | None, now: datetime) -> Phase:
    """The phase of an attempt submitted then, of an examination that closes for everybody at ``closes_at``."""
    if closes_at is not None and now >= closes_at:
        return Phase.AFTER_CLOSE
    return Phase.IMMEDIATELY if now < submitted_at + IMMEDIATELY else Phase.WHILE_OPEN


def general_end(closes_at: datetime | None, later: Iterable[tuple[datetime, datetime | None]]) -> datetime | None:
    """When an examination that was sat under rules closing at ``closes_at`` closes for everybody; None: never.

    ``later`` revisions as (when published, when they close), in order. One that was published while it was open
    makes this end later, never sooner: others may still sit by it. What is published after the end is about
    another occasion and hides nothing again.
    """
    for published_at, closes in later:
        if closes_at is None or published_at >= closes_at:
            break
        closes_at = max(closes, closes_at) if closes else None
    return closes_at


def told_since(
    review: Review, submitted_at: datetime, closes_at: datetime | None, told_at: datetime, now: datetime
) -> datetime | None:
    """From when on the candidate of an attempt whose result came out at ``told_at`` could read what of her answers
    is right: marks, right answers, or explanations. None: not until now."""
    moments = {told_at, submitted_at + IMMEDIATELY, *([closes_at] if closes_at else [])}
    for moment in sorted(each for each in moments if told_at <= each <= now):
        shown = review.shown(phase_of(submitted_at, closes_at, moment))
        if shown.marks or shown.correct or shown.feedback:
            return moment
    return None
