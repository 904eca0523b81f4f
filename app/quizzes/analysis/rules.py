"""The formulas, on plain numbers.

Classical item analysis as Moodle publishes it for its quiz statistics, so that figures can be compared
("Quiz statistics calculations", docs.moodle.org/dev/Quiz_statistics_calculations). Written here in our own words:

x      what each person earned on one question     V, C   variance, covariance, divided by n − 1
T      what each person earned on the whole paper  r      C(a, b) / √(V(a)·V(b))
X      the rest: T without this question           max    what the question is worth (the least is 0)

T and X are taken as shares of what could be earned. On papers that are worth the same this changes no figure
below; where papers differ it keeps them comparable. A figure that cannot be had is None with its reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt
from typing import Final

#: Kelley (1939), "The selection of upper and lower groups for the validation of test items": the share of the
#: highest and of the lowest scorers that separates best when scores are normally distributed.
GROUP_SHARE: Final = 0.27

Numbers = Sequence[float]


class Reason(StrEnum):
    """Why a figure cannot be had."""

    FEW_PEOPLE = "few_people"
    SAME_MARK = "same_mark"
    SAME_REST = "same_rest"
    SAME_TOTAL = "same_total"
    SAME_PARTS = "same_parts"
    ONE_QUESTION = "one_question"
    ONE_PART = "one_part"
    PAPERS_DIFFER = "papers_differ"
    NEGATIVE_COVARIANCE = "negative_covariance"
    NO_WEIGHT = "no_weight"
    NOT_FOR_TYPE = "not_for_type"


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic, or why there is none."""

    value: float | None
    reason: Reason | None = None

    @classmethod
    def none(cls, reason: Reason) -> "Figure":
        return cls(None, reason)


def mean(values: Numbers) -> float:
    """The arithmetic mean of at least one value; the order of the values never matters, to the last bit."""
    return fsum(values) / len(values)


def covariance(a: Numbers, b: Numbers) -> float:
    """Σ(a − mean a)(b − mean b) / (n − 1) of two equally long lists; two values or more."""
    mean_a, mean_b = mean(a), mean(b)
    return fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / (len(a) - 1)


def variance(values: Numbers) -> float:
    """Sample variance; two values or more."""
    middle = mean(values)
    return fsum((value - middle) ** 2 for value in values) / (len(values) - 1)


def has_spread(values: Numbers) -> bool:
    """Do the values differ at all? Compared as they are: a rounded variance of equal values need not be 0."""
    return min(values) != max(values)


def correlation(a: Numbers, b: Numbers, flat_a: Reason, flat_b: Reason) -> Figure:
    """Pearson's r, −1 to 1; none for one person or where either list has no spread."""
    if len(a) < 2:
        return Figure.none(Reason.FEW_PEOPLE)
    if not has_spread(a):
        return Figure.none(flat_a)
    if not has_spread(b):
        return Figure.none(flat_b)
    # Of scaled lists, so that very small shares do not vanish when they are multiplied.
    a, b = _standard(a), _standard(b)
    return Figure(max(-1.0, min(1.0, covariance(a, b))))


def _standard(values: Numbers) -> list[float]:
    middle = mean(values)
    widest = max(abs(value - middle) for value in values)
    scaled = [(value - middle) / widest for value in values]
    spread = sqrt(variance(scaled))
    return [value / spread for value in scaled]


# ---- One question -----------------------------------------------------------------------------------------------


def facility(marks: Numbers, maximum: float) -> Figure:
    """Facility index: mean(x) / max. 1: everybody earned everything; 0: nobody anything."""
    if not marks:
        return Figure.none(Reason.FEW_PEOPLE)
    return Figure(mean(marks) / maximum)


def deviation(marks: Numbers, maximum: float) -> Figure:
    """Standard deviation of the marks as a share of the maximum: √V(x) / max."""
    if len(marks) < 2:
        return Figure.none(Reason.FEW_PEOPLE)
    return Figure(sqrt(variance(marks)) / maximum if has_spread(marks) else 0.0)


def facility_error(marks: Numbers, maximum: float) -> Figure:
    """Standard error of the facility index: √(V(x) / n) / max. It moves so much by chance."""
    spread = deviation(marks, maximum)
    return Figure(spread.value / sqrt(len(marks))) if spread.value is not None else spread


def discrimination(marks: Numbers, rests: Numbers) -> Figure:
    """Discrimination index: r(x, X), the correlation of the question with the rest of the paper.

    The question itself is left out of X, so that it does not vote for itself.
    """
    return correlation(marks, rests, Reason.SAME_MARK, Reason.SAME_REST)


def efficiency(marks: Numbers, rests: Numbers) -> Figure:
    """Discriminative efficiency: C(x, X) / Cmax(x, X).

    Cmax is the covariance had the best mark gone to the person with the best rest, and so on down: both lists
    sorted. It is the most that these marks could discriminate, which for very easy and very hard questions is
    little. At most 1, without a lower bound.
    """
    if len(marks) < 2:
        return Figure.none(Reason.FEW_PEOPLE)
    if not has_spread(marks):
        return Figure.none(Reason.SAME_MARK)
    if not has_spread(rests):
        return Figure.none(Reason.SAME_REST)
    a, b = _standard(marks), _standard(rests)
    best = covariance(sorted(a), sorted(b))
    return Figure(min(1.0, covariance(a, b) / best))


def point_biserial(marks: Numbers, totals: Numbers) -> Figure:
    """r(x, T), the correlation with the whole paper, this question included.

    For a question that is right or wrong this is the point-biserial coefficient
    (mean T of the right − mean T of the wrong) / s(T) · √(p·q), with s(T) divided by n.
    """
    return correlation(marks, totals, Reason.SAME_MARK, Reason.SAME_TOTAL)


def group_weights(scores: Numbers, start: float, stop: float) -> list[float]:
    """How much of each person belongs to the ranks from ``start`` to ``stop`` (0 the lowest, n the highest).

    People with equal scores share their ranks equally, so nobody is put above an equal by chance; the weights add
    up to ``stop − start`` exactly as planned.
    """
    order = sorted(range(len(scores)), key=scores.__getitem__)
    weights = [0.0] * len(scores)
    low = 0
    while low < len(order):
        high = low + 1
        while high < len(order) and scores[order[high]] == scores[order[low]]:
            high += 1
        share = max(0.0, min(high, stop) - max(low, start)) / (high - low)
        for index in order[low:high]:
            weights[index] = share
        low = high
    return weights


# ---- The weights of the questions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the weights of one question follow from."""

    #: On how many of the papers it stood, 0 to 1.
    frequency: float
    maximum: float
    #: C(x, T) over those who were asked; None where fewer than two were.
    covariance: float | None


def intended_weights(items: Sequence[Weighed]) -> list[Figure]:
    """The share of the paper's marks that each question carries when it is asked: max / Σ max.

    Where questions are drawn, the sum counts each by the share of the papers on which it stood.
    """
    whole = fsum(item.frequency * item.maximum for item in items)
    return [Figure(item.maximum / whole) for item in items]


def effective_weights(items: Sequence[Weighed]) -> list[Figure]:
    """The share of the spread of the totals that each question makes: √C(x, T) / Σ √C(x, T).

    A question with a negative covariance has none, and adds nothing to the sum. Drawn questions count as in
    ``intended_weights``.
    """
    roots = [sqrt(max(0.0, item.covariance or 0.0)) for item in items]
    whole = fsum(item.frequency * root for item, root in zip(items, roots, strict=True))
    return [_effective(item, root, whole) for item, root in zip(items, roots, strict=True)]


def _effective(item: Weighed, root: float, whole: float) -> Figure:
    if item.covariance is None:
        return Figure.none(Reason.FEW_PEOPLE)
    if item.covariance < 0:
        return Figure.none(Reason.NEGATIVE_COVARIANCE)
    return Figure(root / whole) if whole else Figure.none(Reason.NO_WEIGHT)


# ---- The whole paper --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spread:
    """How the totals are distributed; shares of what could be earned."""

    mean: Figure
    median: Figure
    deviation: Figure
    skewness: Figure
    kurtosis: Figure


def spread_of(totals: Numbers) -> Spread:
    """Mean, median, √V(T), and from the k-statistics skewness k₃ / k₂^1.5 and kurtosis k₄ / k₂².

    With m₂, m₃, m₄ the mean powers of T − mean(T): k₂ = n·m₂ / (n−1), k₃ = n²·m₃ / ((n−1)(n−2)),
    k₄ = n²·((n+1)·m₄ − 3(n−1)·m₂²) / ((n−1)(n−2)(n−3)).
    """
    n = len(totals)
    if not n:
        none = Figure.none(Reason.FEW_PEOPLE)
        return Spread(none, none, none, none, none)
    ranked = sorted(totals)
    middle = Figure(mean(totals)), Figure((ranked[(n - 1) // 2] + ranked[n // 2]) / 2)
    return Spread(*middle, deviation(totals, 1), _skewness(totals), _kurtosis(totals))


def _moment(values: Numbers, power: int) -> float:
    return mean([value**power for value in values])


def _skewness(totals: Numbers) -> Figure:
    n = len(totals)
    if n < 3:
        return Figure.none(Reason.FEW_PEOPLE)
    if not has_spread(totals):
        return Figure.none(Reason.SAME_TOTAL)
    scores = _standard(totals)  # so that k₂ is 1
    return Figure(n**2 * _moment(scores, 3) / ((n - 1) * (n - 2)))


def _kurtosis(totals: Numbers) -> Figure:
    n = len(totals)
    if n < 4:
        return Figure.none(Reason.FEW_PEOPLE)
    if not has_spread(totals):
        return Figure.none(Reason.SAME_TOTAL)
    scores = _standard(totals)
    inner = (n + 1) * _moment(scores, 4) - 3 * (n - 1) * _moment(scores, 2) ** 2
    return Figure(n**2 * inner / ((n - 1) * (n - 2) * (n - 3)))


def consistency(columns: Sequence[Numbers]) -> Figure:
    """Coefficient of internal consistency (Cronbach's alpha) of the marks, one column a question:
    P / (P − 1) · (1 − Σ V(x) / V(T)), P the number of questions. At most 1; below 0 the paper contradicts itself.
    """
    if len(columns) < 2:
        return Figure.none(Reason.ONE_QUESTION)
    if len(columns[0]) < 2:
        return Figure.none(Reason.FEW_PEOPLE)
    totals = [fsum(row) for row in zip(*columns, strict=True)]
    if not has_spread(totals):
        return Figure.none(Reason.SAME_TOTAL)
    parts = fsum(variance(column) for column in columns)
    count = len(columns)
    return Figure(min(1.0, count / (count - 1) * (1 - parts / variance(totals))))


def error_ratio(alpha: Figure) -> Figure:
    """How much of the spread of the totals is chance: √(1 − alpha)."""
    return Figure(sqrt(1 - alpha.value)) if alpha.value is not None else alpha


def standard_error(ratio: Figure, spread: Figure) -> Figure:
    """Standard error of one person's total: error ratio × standard deviation of the totals.

    Two persons closer than this cannot be told apart by the paper.
    """
    if ratio.value is None or spread.value is None:
        return ratio if ratio.value is None else spread
    return Figure(ratio.value * spread.value)
