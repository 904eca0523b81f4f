"""Pure rules of a sitting: settings, who may start when, the deadline, the drawn paper, which answer counts."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.core.text import Bilingual
from app.quizzes.grading.base import PLACES

MAX_MINUTES = 24 * 60


class Feedback(StrEnum):
    """When the candidate sees answers, keys and explanations (the percentage is shown always)."""

    AFTER_SUBMISSION = "after_submission"
    AFTER_CLOSE = "after_close"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class QuizSettings:
    """The rules of a quiz, as published."""

    minutes: int
    #: Per cent, 0 to 100.
    pass_mark: int
    #: None: without limit.
    attempts: int | None = None
    cooling_off_hours: int = 0
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    feedback: Feedback = Feedback.AFTER_SUBMISSION
    #: Shuffle the order of questions and of options.
    shuffle: bool = True
    #: How long after the deadline an answer may still arrive and count.
    grace_seconds: int = 5

    def __post_init__(self) -> None:
        """Raises ValueError for rules nobody can be examined under."""
        if not 1 <= self.minutes <= MAX_MINUTES:
            raise ValueError(f"minutes: 1 to {MAX_MINUTES}")
        if not 0 <= self.pass_mark <= 100:
            raise ValueError("pass_mark: 0 to 100 per cent")
        if self.attempts is not None and self.attempts < 1:
            raise ValueError("attempts: at least 1, or none for no limit")
        if self.cooling_off_hours < 0 or not 0 <= self.grace_seconds <= 300:
            raise ValueError("cooling_off_hours: not below 0; grace_seconds: 0 to 300")
        if self.opens_at and self.closes_at and self.opens_at >= self.closes_at:
            raise ValueError("opens_at: before closes_at")

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        for name in ("opens_at", "closes_at"):
            values[name] = values[name].isoformat() if values[name] else None
        return values | {"feedback": self.feedback.value}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "QuizSettings":
        moments = {
            name: datetime.fromisoformat(values[name]) if values[name] else None
            for name in ("opens_at", "closes_at")
        }
        return cls(**(values | moments | {"feedback": Feedback(values["feedback"])}))


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions of which each paper gets ``pick``, drawn at random."""

    question_keys: list[str]
    pick: int
    label: Bilingual = field(default_factory=lambda: Bilingual(zh="", en=""))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one candidate is granted beyond the rules; kept with her attempt as it was when she started."""

    extra_minutes: int = 0
    #: The time limit times this, before the extra minutes.
    time_factor: Decimal = Decimal(1)

    def as_json(self) -> dict[str, Any]:
        return {"extra_minutes": self.extra_minutes, "time_factor": str(self.time_factor)}


def deadline(settings: QuizSettings, allowance: Allowance, started_at: datetime) -> datetime:
    """When the time is over: the limit from the start, but not after the window closes."""
    minutes = Decimal(settings.minutes) * allowance.time_factor + allowance.extra_minutes
    limit = started_at + timedelta(seconds=int(minutes * 60))
    return min(limit, settings.closes_at) if settings.closes_at else limit


class Refusal(StrEnum):
    """Why an attempt cannot be started."""

    NOT_OPEN = "not_open"
    CLOSED = "closed"
    NONE_LEFT = "none_left"
    COOLING_OFF = "cooling_off"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a candidate may start now, and what she has used."""

    attempts_used: int
    attempts_left: int | None
    refusal: Refusal | None = None
    #: When the refusal ends, if it does.
    next_start: datetime | None = None


def standing(settings: QuizSettings, ended: Sequence[datetime], now: datetime) -> Standing:
    """May somebody whose earlier attempts ended at these moments start another one now?"""
    used = len(ended)
    left = None if settings.attempts is None else max(settings.attempts - used, 0)
    refusal, until = None, None
    ready = max(ended, default=None)
    ready = ready + timedelta(hours=settings.cooling_off_hours) if ready else None
    if settings.closes_at and now >= settings.closes_at:
        refusal = Refusal.CLOSED
    elif left == 0:
        refusal = Refusal.NONE_LEFT
    elif settings.opens_at and now < settings.opens_at:
        refusal, until = Refusal.NOT_OPEN, max(settings.opens_at, ready or settings.opens_at)
    elif ready and now < ready:
        refusal, until = Refusal.COOLING_OFF, ready
        if settings.closes_at and ready >= settings.closes_at:
            refusal, until = Refusal.CLOSED, None
    return Standing(used, left, refusal, until)


def draw(pools: Sequence[tuple[int, Sequence[uuid.UUID]]], seed: int, *, shuffle: bool) -> list[uuid.UUID]:
    """The questions of one paper: ``pick`` of each pool. The same seed draws the same paper."""
    rng = random.Random(seed)  # noqa: S311 - the seed itself comes from the system's generator
    paper: list[uuid.UUID] = []
    for pick, members in pools:
        drawn = rng.sample(range(len(members)), pick)
        paper += [members[index] for index in (drawn if shuffle else sorted(drawn))]
    if shuffle:
        rng.shuffle(paper)
    return paper


def percent_of(earned: Decimal, possible: Decimal) -> Decimal:
    """Per cent to five places; an empty paper earns nothing."""
    return (earned * 100 / possible).quantize(PLACES) if possible else Decimal(0)


def review_open(settings: QuizSettings, now: datetime) -> bool:
    """May the candidate of a finished attempt see keys and explanations now?"""
    if settings.feedback is Feedback.AFTER_SUBMISSION:
        return True
    if settings.feedback is Feedback.NEVER or settings.closes_at is None:
        return False
    return now >= settings.closes_at
