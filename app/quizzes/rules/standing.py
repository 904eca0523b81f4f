"""Who may start when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from app.quizzes.grading.base import PLACES
from app.quizzes.rules.settings import QuizSettings


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
