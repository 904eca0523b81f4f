"""A result as numbers, and the ways in which a question can count towards it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.quizzes.rules import percent_of


class Treatment(StrEnum):
    """How a question counts in one run; anything but ``graded`` comes of a regrade."""

    GRADED = "graded"
    #: Its marks leave both what was earned and what could be earned.
    DROPPED = "dropped"
    #: Everybody who had it on her paper earns its marks, answered or not.
    FULL_MARKS = "full_marks"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one sitting."""

    earned: Decimal
    possible: Decimal
    percent: Decimal
    passed: bool

    @classmethod
    def reached(cls, earned: Decimal, possible: Decimal, pass_mark: int) -> "Outcome":
        """What so many of the marks that could be earned make; nobody passes an empty paper."""
        passed = bool(possible) and earned * 100 >= pass_mark * possible
        return cls(earned, possible, percent_of(earned, possible), passed)

    @classmethod
    def of(cls, result: Any) -> "Outcome":
        """Of a row of results."""
        return cls(result.earned, result.possible, result.percent, result.passed)
