"""The same sittings, marked in a Moodle (4.2.3) by hand and analysed by its own report: the same figures.

The marks are ours: sixteen people on six essays, with parts of marks, a question that speaks against the paper and
one at which everybody earned everything. The figures are what that Moodle's report calculated of them.
"""

import uuid
from decimal import Decimal
from typing import Final

import pytest

from app.quizzes import grading
from app.quizzes.analysis.report import build
from app.quizzes.analysis.rules import Figure
from app.quizzes.analysis.sample import Answer, Question, Sample, Sitting
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

MAXIMA: Final = (2, 1, 4, 1, 3, 5)
MARKS: Final = """
2        1  4     0  3  4.5
2        1  3.5   0  3  5
1.5      1  3     1  3  3.75
2        0  4     0  3  4
1        1  2.5   1  3  2
0.5      0  3     0  3  3.25
2        1  1     1  3  2.5
0        0  2     1  3  1
1        1  0.25  1  3  0
0.33333  0  1.5   1  3  1.75
1.66667  1  2     0  3  3
0        0  0     1  3  0.5
2        1  3     1  3  4.25
0.5      1  1     0  3  2.25
1        0  2     1  3  1.5
0        1  0.5   1  3  0.25
"""
#: Facility, deviation, intended and effective weight, discrimination index and efficiency; None: it has none.
ITEMS: Final = (
    (0.546875, 0.39787503854434836, 0.125, 0.23516175046208318, 0.7993502984484738, 0.8269973048664399),
    (0.625, 0.5, 0.0625, 0.12001480928970965, 0.2223944876447771, 0.2662099287363325),
    (0.51953125, 0.3225215997288657, 0.25, 0.29995024374580237, 0.7196081047961284, 0.734995674661307),
    (0.625, 0.5, 0.0625, None, -0.5475908116272935, -0.6620918637627088),
    (1.0, 0.0, 0.1875, 0.0, None, None),
    (0.49375, 0.3156342820417326, 0.3125, 0.3448731965024049, 0.8403000835360099, 0.8535853562025874),
)
#: Of the paper, in marks of its sixteen where it counts in marks.
PAPER: Final = {
    "mean": 9.890625 / 16,
    "median": 10.125 / 16,
    "deviation": 3.301195102058243 / 16,
    "skewness": 0.048241015464109346,
    "kurtosis": -1.2571490926264357,
    "consistency": 0.6177038082407344,
    "error_ratio": 0.61830105269137746,
    "standard_error": 2.041132406742231 / 16,
}


def _units(marks: str | int) -> int:
    return int(Decimal(marks) * 100_000)


def _sample() -> Sample:
    rows = [[_units(marks) for marks in line.split()] for line in MARKS.strip().split("\n")]
    body = grading.validate("q", authored("essay"))
    questions = [Question(uuid.UUID(int=number), f"q{number}", 1, body) for number in range(1, 7)]
    whole = _units(sum(MAXIMA))
    answers = [
        Answer(sitting, question.id, marks, _units(most), None, place, answered=True, response=None)
        for sitting, row in enumerate(rows)
        for place, (question, marks, most) in enumerate(zip(questions, row, MAXIMA, strict=True), start=1)
    ]
    return Sample([Sitting(sum(row), whole, passed=True) for row in rows], answers, questions)


def test_every_figure_is_the_one_that_moodle_gives() -> None:
    def agrees(figure: Figure, expected: float | None) -> bool:
        return figure.value == (None if expected is None else pytest.approx(expected, rel=1e-12, abs=1e-12))

    report = build(_sample())
    for item, expected in zip(report.items, ITEMS, strict=True):
        figures = (
            *(item.facility, item.deviation, item.intended_weight),
            *(item.effective_weight, item.discrimination, item.efficiency),
        )
        assert [agrees(*pair) for pair in zip(figures, expected, strict=True)] == [True] * 6, item.number
    spread = report.spread
    found = {
        **{name: getattr(spread, name) for name in ("mean", "median", "deviation", "skewness", "kurtosis")},
        **{name: getattr(report, name) for name in ("consistency", "error_ratio", "standard_error")},
    }
    assert {name: agrees(found[name], PAPER[name]) for name in PAPER} == dict.fromkeys(PAPER, True)
