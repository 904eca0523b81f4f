"""What one candidate is granted beyond the rules, how long she has, and the pauses she may take by herself."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

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
    #: In how many pauses at most; None: as many as the minutes allow.
    pauses: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Does it grant nothing at all?"""
        return replace(self, pauses=None) == Allowance()

    def as_json(self) -> dict[str, Any]:
        values: dict[str, Any] = {"extra_minutes": self.extra_minutes, "time_factor": str(self.time_factor)}
        later = {
            "extra_attempts": self.extra_attempts,
            "opens_at": self.opens_at.isoformat() if self.opens_at else None,
            "closes_at": self.closes_at.isoformat() if self.closes_at else None,
            "pause_minutes": self.pause_minutes,
            "pauses": self.pauses,
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
            pauses=values.get("pauses"),
            **moments,
        )

    def joined(self, other: "Allowance") -> "Allowance":
        """The more generous of both in every respect; they are not added up."""
        opening = [moment for moment in (self.opens_at, other.opens_at) if moment]
        closing = [moment for moment in (self.closes_at, other.closes_at) if moment]
        numbers = [each.pauses for each in (self, other) if each.pause_minutes]
        return Allowance(
            extra_minutes=max(self.extra_minutes, other.extra_minutes),
            time_factor=max(self.time_factor, other.time_factor),
            extra_attempts=max(self.extra_attempts, other.extra_attempts),
            opens_at=min(opening, default=None),
            closes_at=max(closing, default=None),
            pause_minutes=max(self.pause_minutes, other.pause_minutes),
            pauses=None if None in numbers else max((each for each in numbers if each), default=None),
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


@dataclass(frozen=True, slots=True)
class Pauses:
    """The pauses a candidate may take by herself."""

    seconds: int
    #: None: as many as the seconds allow.
    number: int | None

    def after(self, taken: int, used: int) -> "Pauses":
        """What is left after so many pauses of so many seconds; no seconds: none may be taken."""
        number = None if self.number is None else max(self.number - taken, 0)
        return Pauses(0 if number == 0 else max(self.seconds - used, 0), number)


def pauses(settings: QuizSettings, allowance: Allowance) -> Pauses:
    """What everybody may take and what was granted, together; minutes for everybody know no number."""
    number = allowance.pauses if allowance.pause_minutes and not settings.pause_minutes else None
    return Pauses((settings.pause_minutes + allowance.pause_minutes) * 60, number)
