"""Which of a candidate's graded attempts is her result."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from app.quizzes.grading.base import PLACES
from app.quizzes.rules.settings import ScoreKept


@dataclass(frozen=True, slots=True)
class Score:
    """A graded attempt, or the result made of several."""

    percent: Decimal
    passed: bool


def keep(kept: ScoreKept, scores: Sequence[Score], pass_mark: int) -> tuple[int, Score]:
    """The attempt that stands for the result (its place), and the result; ``scores`` in the order of the attempts.

    Of equal ones the earliest is the highest, and a pass is never undone by a higher failure under a stricter
    revision. An average is stood for by the last attempt and held against ``pass_mark``. Raises ValueError
    for none.
    """
    if not scores:
        raise ValueError("nothing is graded")
    last = len(scores) - 1
    if kept is ScoreKept.AVERAGE:
        mean = (sum((score.percent for score in scores), Decimal(0)) / len(scores)).quantize(PLACES, ROUND_DOWN)
        return last, Score(mean, mean >= pass_mark)
    if kept is ScoreKept.HIGHEST:
        place = max(range(len(scores)), key=lambda at: (scores[at].passed, scores[at].percent, -at))
    else:
        place = last if kept is ScoreKept.LATEST else 0
    return place, scores[place]
