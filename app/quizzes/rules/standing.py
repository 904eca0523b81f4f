"""Who may start when, how long she has, and which attempt is her result."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.quizzes.grading.base import PLACES
from app.quizzes.rules.settings import QuizSettings


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one candidate is granted beyond the rules; kept with her attempt."""

    extra_minutes: int = 0
    #: The time limit times this, before the extra minutes.
    time_factor: Decimal = Decimal(1)
    extra_attempts: int = 0
    #: Another window instead of the examination's.
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    #: Minutes of pause beyond those that everybody may take.
    pause_minutes: int = 0

    def as_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {"extra_minutes": self.extra_minutes, "time_factor": str(self.time_factor)}
        later = {
            "extra_attempts": self.extra_attempts,
            "opens_at": self.opens_at.isoformat() if self.opens_at else None,
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "pause_minutes": self.pause_minutes,
        }
        return values | {name: value for name, value in later.items() if value}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Allowance":
        moments = {
            name: datetime.fromisoformat(values[name]) if values.get(name) else None
            for name in ("opens_at", "closes_at")
        }
        return cls(
            extra_minutes=values.get("extra_minutes", 0),
            time_factor=Decimal(values.get("time_factor", 1)),
            extra_attempts=values.get("extra_attempts", 0),
            pause_minutes=values.get("pause_minutes", 0),
            **moments,
        )

    def joined(self, other: "Allowance") -> "Allowance":
        """The more generous of both in every respect; they are not added up."""
        opening = [moment for moment in (self.opens_at, other.opens_at) if moment]
        closing = [moment for moment in (self.closes_at, other.closes_at) if moment]
        return Allowance(
            extra_minutes=max(self.extra_minutes, other.extra_minutes),
            time_factor=max(self.time_factor, other.time_factor),
            extra_attempts=max(self.extra_attempts, other.extra_attempts),
            opens_at=min(opening, default=None),
            closes_at=max(closing, default=None),
            pause_minutes=max(self.pause_minutes, other.pause_minutes),
        )


def granted(settings: QuizSettings, allowance: Allowance) -> QuizSettings:
    """The rules as they hold for somebody with this allowance; time and pauses are counted separately."""
    opens_at = allowance.opens_at or settings.opens_at
    closes_at = allowance.closes_at or settings.closes_at
    if opens_at and closes_at and opens_at >= closes_at:
        opens_at = None  # only an end was granted, and it lies before the general opening
    return replace(
        settings,
        attempts=None if settings.attempts is None else settings.attempts + allowance.extra_attempts,
        opens_at=opens_at,
        closes_at=closes_at,
    )


def extra_seconds(settings: QuizSettings, allowance: Allowance) -> int:
    """By how much the time limit is longer."""
    return int((Decimal(settings.minutes) * (allowance.time_factor - 1) + allowance.extra_minutes) * 60)


def deadline(settings: QuizSettings, allowance: Allowance, started_at: datetime) -> datetime:
    """When the time is over: the limit from the start, but not after the window closes."""
    limit = started_at + timedelta(seconds=settings.minutes * 60 + extra_seconds(settings, allowance))
    closes_at = granted(settings, allowance).closes_at
    return min(limit, closes_at) if closes_at else limit


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


def percent_of(earned: Decimal, possible: Decimal) -> Decimal:
    """Per cent to five places; an empty paper earns nothing."""
    return (earned * 100 / possible).quantize(PLACES) if possible else Decimal(0)
