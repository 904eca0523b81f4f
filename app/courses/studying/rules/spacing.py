"""When a question comes back: the FSRS memory model, by whole days. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from fsrs import Card, Rating, Scheduler, State

#: Steps of minutes are left out: a session is once a day. Nothing random, so that a schedule can be explained.
_SCHEDULER: Final = Scheduler(
    learning_steps=(), relearning_steps=(), desired_retention=0.9, maximum_interval=365, enable_fuzzing=False
)
DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 100


class Ease(StrEnum):
    """How it went: wrong is ``again``, right is ``good`` unless the learner says hard or easy."""

    AGAIN = "again"
    HARD = "hard"
    GOOD = "good"
    EASY = "easy"


_RATINGS: Final = {
    Ease.AGAIN: Rating.Again,
    Ease.HARD: Rating.Hard,
    Ease.GOOD: Rating.Good,
    Ease.EASY: Rating.Easy,
}


@dataclass(frozen=True, slots=True)
class Memory:
    """What the model knows of a question in somebody's head, and when it is due."""

    state: int
    stability: float
    difficulty: float
    due: datetime
    last_review: datetime

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "stability": self.stability,
            "difficulty": self.difficulty,
            "due": self.due.isoformat(),
            "last_review": self.last_review.isoformat(),
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Memory":
        return cls(
            state=values["state"],
            stability=values["stability"],
            difficulty=values["difficulty"],
            due=datetime.fromisoformat(values["due"]),
            last_review=datetime.fromisoformat(values["last_review"]),
        )


def review(memory: Memory | None, ease: Ease, at: datetime) -> Memory:
    """The memory after an answer; None before the first."""
    card = Card(card_id=1, due=at)
    if memory is not None:
        card = Card(
            card_id=1,
            state=State(memory.state),
            stability=memory.stability,
            difficulty=memory.difficulty,
            due=memory.due,
            last_review=memory.last_review,
        )
    after, _log = _SCHEDULER.review_card(card, _RATINGS[ease], at)
    return Memory(after.state.value, after.stability or 0.0, after.difficulty or 0.0, after.due, at)


def days_until(memory: Memory | None, ease: Ease, at: datetime) -> int:
    """In how many days the question would come back."""
    return (review(memory, ease, at).due - at).days
