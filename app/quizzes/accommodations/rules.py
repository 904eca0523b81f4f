"""What may be granted."""

from decimal import Decimal
from typing import Final

from app.quizzes.rules import Allowance

MAX_FACTOR: Final = Decimal(3)
MAX_MINUTES: Final = 480
MAX_ATTEMPTS: Final = 10
MAX_PAUSES: Final = 20
MAX_REASON: Final = 500


def faults(allowance: Allowance, *, one_examination: bool) -> list[str]:
    """The names of what cannot be granted like this; ``nothing`` where nothing is granted."""
    found = []
    if allowance.is_nothing:
        found.append("nothing")
    if not 1 <= allowance.time_factor <= MAX_FACTOR:
        found.append("time_factor")
    if not 0 <= allowance.extra_minutes <= MAX_MINUTES:
        found.append("extra_minutes")
    if not 0 <= allowance.extra_attempts <= MAX_ATTEMPTS:
        found.append("extra_attempts")
    if not 0 <= allowance.pause_minutes <= MAX_MINUTES:
        found.append("pause_minutes")
    if allowance.pauses is not None and not (allowance.pause_minutes and 1 <= allowance.pauses <= MAX_PAUSES):
        found.append("pauses")
    if allowance.opens_at and allowance.closes_at and allowance.opens_at >= allowance.closes_at:
        found.append("window")
    if not one_examination and bound_to_one(allowance):
        found.append("quiz")
    return found


def bound_to_one(allowance: Allowance) -> bool:
    """Does it grant what only makes sense for one examination: attempts, or another window?"""
    return bool(allowance.extra_attempts or allowance.opens_at or allowance.closes_at)
