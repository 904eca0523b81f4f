"""The formulas, against examples worked by hand and against properties that must hold for any marks."""

from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes.analysis import rules
from app.quizzes.analysis.rules import Figure, Reason, Weighed

pytestmark = pytest.mark.no_database

# Four people, three questions of one mark:
#        q1 q2 q3   T   rest of q1
#   A    1  1  1    3   2
#   B    1  1  0    2   1
#   C    1  0  0    1   0
#   D    0  0  0    0   0
Q1, Q2, Q3 = [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]
TOTAL = [3, 2, 1, 0]
REST1 = [2, 1, 0, 0]


def test_facility_and_deviation_by_hand() -> None:
    assert rules.facility(Q1, 1) == Figure(0.75)
    # V = (3 · 0.25² + 0.75²) / 3 = 0.25
    assert rules.deviation(Q1, 1).value == pytest.approx(0.5)
    # Marks of 5 with everybody at 0, 0, 5, 5: √(4 · 2.5² / 3) / 5
    assert rules.deviation([0, 0, 5, 5], 5).value == pytest.approx(sqrt(25 / 3) / 5)


def test_discrimination_and_efficiency_by_hand() -> None:
    # C(x, X) = ((.25)(1.25) + (.25)(.25) + (.25)(−.75) + (−.75)(−.75)) / 3 = 0.75 / 3 = 0.25
    # V(x) = 0.25, V(X) = (1.5625 + 0.0625 + 0.5625 + 0.5625) / 3 = 2.75 / 3
    assert rules.covariance(Q1, REST1) == pytest.approx(0.25)
    assert rules.discrimination(Q1, REST1).value == pytest.approx(0.25 / sqrt(0.25 * 2.75 / 3))
    # Sorted, 0 1 1 1 against 0 0 1 2 gives the same covariance: it could not discriminate better.
    assert rules.efficiency(Q1, REST1).value == pytest.approx(1)


def test_efficiency_of_a_question_that_the_second_best_missed() -> None:
    marks, rests = [1, 0, 1, 0], [4, 3, 2, 1]
    # C = (.5·1.5 − .5·.5 + .5·(−.5) + .5·1.5) / 3 = 1/3
    # Cmax, had the marks been 1 1 0 0: (.5·1.5 + .5·.5 + .5·.5 + .5·1.5) / 3 = 2/3
    assert rules.efficiency(marks, rests).value == pytest.approx(0.5)


def test_point_biserial_is_the_textbook_formula() -> None:
    # Right: A, B, C with mean 2; wrong: D with 0; s(T) with n below: √1.25; p = .75, q = .25
    expected = (2 - 0) / sqrt(1.25) * sqrt(0.75 * 0.25)
    assert rules.point_biserial(Q1, TOTAL).value == pytest.approx(expected)


def test_consistency_error_ratio_and_standard_error_by_hand() -> None:
    # ΣV(x) = 1/4 + 1/3 + 1/4 = 5/6; V(T) = 5/3; alpha = 3/2 · (1 − 1/2) = 0.75
    alpha = rules.consistency([Q1, Q2, Q3])
    assert alpha.value == pytest.approx(0.75)
    ratio = rules.error_ratio(alpha)
    assert ratio.value == pytest.approx(0.5)
    spread = rules.spread_of([total / 3 for total in TOTAL])
    assert spread.deviation.value == pytest.approx(sqrt(5 / 3) / 3)
    assert rules.standard_error(ratio, spread.deviation).value == pytest.approx(0.5 * sqrt(5 / 3) / 3)


def test_weights_by_hand() -> None:
    # C(x, T): q1 (.25·1.5 + .25·.5 − .25·.5 + .75·1.5) / 3 = 0.5; q2 (.75 + .25 + .25 + .75) / 3 = 2/3; q3 = 0.5
    items = [Weighed(1, 1, rules.covariance(marks, TOTAL)) for marks in (Q1, Q2, Q3)]
    roots = [sqrt(0.5), sqrt(2 / 3), sqrt(0.5)]
    found = [figure.value for figure in rules.effective_weights(items)]
    assert found == pytest.approx([root / sum(roots) for root in roots])
    assert [figure.value for figure in rules.intended_weights(items)] == pytest.approx([1 / 3] * 3)
    assert [f.value for f in rules.intended_weights([Weighed(1, 3, None), Weighed(1, 1, None)])] == [0.75, 0.25]


def test_drawn_questions_share_their_place() -> None:
    """Two questions of which each paper has one: each carries the place's whole weight when it is asked."""
    items = [Weighed(1, 1, 0.5), Weighed(0.5, 1, 0.5), Weighed(0.5, 1, 0.5)]
    assert [figure.value for figure in rules.intended_weights(items)] == pytest.approx([0.5] * 3)
    assert [figure.value for figure in rules.effective_weights(items)] == pytest.approx([0.5] * 3)


def test_a_question_against_the_rest_has_no_effective_weight() -> None:
    weights = rules.effective_weights([Weighed(1, 1, 0.25), Weighed(1, 1, -0.1)])
    assert weights == [Figure(1.0), Figure.none(Reason.NEGATIVE_COVARIANCE)]
    assert rules.effective_weights([Weighed(1, 1, 0.0)]) == [Figure.none(Reason.NO_WEIGHT)]
    assert rules.effective_weights([Weighed(1, 1, None)]) == [Figure.none(Reason.FEW_PEOPLE)]


def test_skewness_and_kurtosis_by_hand() -> None:
    # 0 0 0 4: deviations −1 −1 −1 3; m₂ = 3, m₃ = 6, m₄ = 21
    # k₂ = 4, k₃ = 16·6 / 6 = 16, k₄ = 16·(5·21 − 9·9) / 6 = 64: skewness 16 / 8 = 2, kurtosis 64 / 16 = 4
    spread = rules.spread_of([0, 0, 0, 4])
    assert spread.skewness.value == pytest.approx(2)
    assert spread.kurtosis.value == pytest.approx(4)
    assert (spread.mean.value, spread.median.value) == (1, 0)
    assert [rules.spread_of(totals).median.value for totals in ([7], [9, 1, 2], [9, 1, 4, 2])] == [7, 2, 3]


@pytest.mark.parametrize("people", [0, 1])
def test_nobody_or_one_person_gives_reasons_not_errors(people: int) -> None:
    few = Figure.none(Reason.FEW_PEOPLE)
    marks = [1.0] * people
    assert rules.discrimination(marks, marks) == few
    assert rules.efficiency(marks, marks) == few
    assert rules.point_biserial(marks, marks) == few
    assert rules.deviation(marks, 1) == few
    assert rules.consistency([marks, marks]) == few
    spread = rules.spread_of(marks)
    assert (spread.deviation, spread.skewness, spread.kurtosis) == (few, few, few)


def test_no_spread_gives_reasons_not_nan() -> None:
    assert rules.discrimination([1, 1, 1], [1, 2, 3]).reason is Reason.SAME_MARK
    assert rules.discrimination([1, 0, 1], [2, 2, 2]).reason is Reason.SAME_REST
    assert rules.efficiency([1, 1], [1, 2]).reason is Reason.SAME_MARK
    assert rules.efficiency([1, 0], [2, 2]).reason is Reason.SAME_REST
    assert rules.point_biserial([0, 0], [1, 2]).reason is Reason.SAME_MARK
    assert rules.consistency([[1, 0], [0, 1]]).reason is Reason.SAME_TOTAL
    assert rules.consistency([[1, 0]]).reason is Reason.ONE_QUESTION
    assert rules.deviation([0.1, 0.1, 0.1], 1) == Figure(0.0)
    none = rules.error_ratio(rules.consistency([[1, 0]]))
    assert none.reason is Reason.ONE_QUESTION
    assert rules.standard_error(none, Figure(0.1)).reason is Reason.ONE_QUESTION
    assert rules.spread_of([0.1] * 5).skewness.reason is Reason.SAME_TOTAL


def test_groups_of_27_per_cent_share_tied_places() -> None:
    # Ten people: the high group is 2.7 of them. Scores 9, 8 and then four times 7: these share the 0.7 left.
    scores = [1, 2, 3, 4, 7, 7, 7, 7, 8, 9]
    weights = rules.group_weights(scores, 10 * 0.73, 10)
    assert weights == pytest.approx([0, 0, 0, 0, 0.175, 0.175, 0.175, 0.175, 1, 1])


# ---- Properties -------------------------------------------------------------------------------------------------

people = st.integers(2, 30)
share = st.integers(0, 100_000)


@st.composite
def tables(draw: st.DrawFn, questions: int = 3) -> list[list[int]]:
    """Marks of the same people on several questions."""
    count = draw(people)
    return [draw(st.lists(share, min_size=count, max_size=count)) for _ in range(questions)]


def all_figures(columns: list[list[int]]) -> list[Figure]:
    marks = columns[0]
    rests = [sum(row[1:]) / 200_000 for row in zip(*columns, strict=True)]
    totals = [sum(row) / 300_000 for row in zip(*columns, strict=True)]
    spread = rules.spread_of(totals)
    return [
        rules.facility(marks, 100_000),
        rules.deviation(marks, 100_000),
        rules.discrimination(marks, rests),
        rules.efficiency(marks, rests),
        rules.point_biserial(marks, totals),
        rules.consistency(columns),
        spread.mean,
        spread.deviation,
        spread.skewness,
        spread.kurtosis,
    ]


@given(tables())
def test_figures_stay_within_their_bounds(columns: list[list[int]]) -> None:
    easy, spread, index, efficiency, biserial, alpha, *_rest = [figure.value for figure in all_figures(columns)]
    assert easy is not None
    assert 0 <= easy <= 1
    assert spread is not None
    assert 0 <= spread <= 0.7072  # two people at both ends: 1 / √2
    for correlation in (index, biserial):
        assert correlation is None or -1 <= correlation <= 1
    for most in (efficiency, alpha):
        assert most is None or most <= 1
    if index is not None and efficiency is not None and index > 1e-9:
        assert efficiency >= index - 1e-9  # Cmax never exceeds √(V·V)


@given(tables())
def test_every_figure_is_a_finite_number_or_has_a_reason(columns: list[list[int]]) -> None:
    for figure in all_figures(columns):
        assert (figure.value is None) == (figure.reason is not None)
        assert figure.value is None or abs(figure.value) < 1e6


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_people_changes_nothing(columns: list[list[int]], random: object) -> None:
    order = list(range(len(columns[0])))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = [[column[at] for at in order] for column in columns]
    assert all_figures(columns) == all_figures(shuffled)  # to the last bit: sums are rounded once


@given(st.lists(share, min_size=2, max_size=30), st.integers(2, 6))
def test_alpha_of_identical_questions_is_one(marks: list[int], copies: int) -> None:
    alpha = rules.consistency([marks] * copies)
    if min(marks) == max(marks):
        assert alpha.reason is Reason.SAME_TOTAL
    else:
        assert alpha.value == pytest.approx(1)


@given(st.lists(share, min_size=2, max_size=30))
def test_a_question_that_orders_like_the_rest_discriminates_as_well_as_it_can(rests: list[int]) -> None:
    marks = [100_000 if rest > sorted(rests)[len(rests) // 2] else 0 for rest in rests]
    if min(marks) != max(marks):
        assert rules.efficiency(marks, rests).value == pytest.approx(1)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=40), st.integers(1, 6))
def test_score_groups_divide_everybody_exactly_once(scores: list[int], steps: int) -> None:
    size = len(scores)
    groups = [rules.group_weights(scores, size * at / steps, size * (at + 1) / steps) for at in range(steps)]
    for weights in zip(*groups, strict=True):
        assert sum(weights) == pytest.approx(1)
    for group in groups:
        assert sum(group) == pytest.approx(size / steps)
    high = rules.group_weights(scores, size * 0.73, size)
    for (score, weight), (other, more) in pairwise(sorted(zip(scores, high, strict=True))):
        assert score <= other
        assert weight <= more
