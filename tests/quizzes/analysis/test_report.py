"""Reports from samples: against an independent computation, and the faults they must find."""

import statistics
from itertools import pairwise
from typing import Any

import pytest

from app.quizzes import grading
from app.quizzes.analysis import charts, findings
from app.quizzes.analysis.choices import random_guess
from app.quizzes.analysis.findings import Code
from app.quizzes.analysis.report import Report, build
from app.quizzes.analysis.rules import Reason
from app.quizzes.analysis.sample import MIN_PEOPLE, Answer, Sample, Sitting
from tests.support.analysis import UNIT, by_ability, sample_of, single_questions
from tests.support.quizzes import authored, choices
from tests.support.sittings import Said


def codes(report: Report, number: int) -> set[Code]:
    return {finding.code for finding in report.items[number - 1].findings}


def test_the_report_agrees_with_an_independent_computation() -> None:
    """The same figures from the standard library's statistics, on a plain table of right and wrong."""
    sample = sample_of(single_questions(6), 60, by_ability(wrong_key="q4"))
    report = build(sample)
    table = [[0] * 6 for _ in range(60)]
    for at, answer in enumerate(sample.answers):
        table[answer.sitting][at % 6] = answer.marks // UNIT
    totals = [sum(row) for row in table]
    columns = [[row[at] for row in table] for at in range(6)]
    for item, column in zip(report.items, columns, strict=True):
        rest = [total - mine for total, mine in zip(totals, column, strict=True)]
        assert item.facility.value == pytest.approx(statistics.fmean(column))
        assert item.deviation.value == pytest.approx(statistics.stdev(column))
        assert item.discrimination.value == pytest.approx(statistics.correlation(column, rest))
        assert item.point_biserial.value == pytest.approx(statistics.correlation(column, totals))
        most = statistics.covariance(sorted(column), sorted(rest))
        assert item.efficiency.value == pytest.approx(statistics.covariance(column, rest) / most)
        assert item.intended_weight.value == pytest.approx(1 / 6)
    positive = [max(0.0, statistics.covariance(column, totals)) ** 0.5 for column in columns]
    for item, root in zip(report.items, positive, strict=True):
        assert item.effective_weight.value is None or item.effective_weight.value == pytest.approx(
            root / sum(positive)
        )
    parts = sum(statistics.variance(column) for column in columns)
    alpha = 6 / 5 * (1 - parts / statistics.variance(totals))
    assert report.consistency.value == pytest.approx(alpha)
    assert report.spread.mean.value == pytest.approx(statistics.fmean(totals) / 6)
    assert report.spread.median.value == pytest.approx(statistics.median(totals) / 6)
    assert report.standard_error.value == pytest.approx((1 - alpha) ** 0.5 * statistics.stdev(totals) / 6)


def test_a_wrong_key_is_found() -> None:
    report = build(sample_of(single_questions(8), 120, by_ability(wrong_key="q3")))
    assert {Code.NEGATIVE_DISCRIMINATION, Code.WRONG_CHOICE_PREFERRED} <= codes(report, 3)
    preferred = next(each for each in report.items[2].findings if each.code is Code.WRONG_CHOICE_PREFERRED)
    assert preferred.choice == report.items[2].question.body["choices"][2]["id"]
    assert preferred.severity is findings.Severity.DANGER
    few = build(sample_of(single_questions(8), 20, by_ability(wrong_key="q3")))
    assert {Code.NEGATIVE_DISCRIMINATION, Code.FEW_PEOPLE} <= codes(few, 3)
    alarms = [
        each for found in (few.findings, few.items[2].findings) for each in found if each.severity == "danger"
    ]
    assert alarms == [], "of twenty people it is a hint"
    for number in (1, 2, 4, 5, 6, 7, 8):
        assert not {Code.NEGATIVE_DISCRIMINATION, Code.WRONG_CHOICE_PREFERRED} & codes(report, number)


def test_a_question_everybody_gets_right_has_reasons_instead_of_figures() -> None:
    report = build(sample_of(single_questions(5), 40, by_ability(everybody="q2")))
    item = report.items[1]
    assert codes(report, 2) == {Code.EVERYBODY_RIGHT}  # and no word of choices that nobody could need
    assert item.facility.value == 1
    assert item.deviation.value == 0
    assert item.discrimination.reason is Reason.SAME_MARK
    assert item.efficiency.reason is Reason.SAME_MARK
    assert item.effective_weight.value == 0


def test_a_choice_nobody_takes_and_a_question_many_leave_are_found() -> None:
    report = build(sample_of(single_questions(5), 90, by_ability(unused={"q1": "d"}, omitted="q5")))
    unused = [each.choice for each in report.items[0].findings if each.code is Code.UNUSED_CHOICE]
    assert unused == [report.items[0].question.body["choices"][3]["id"]]
    assert Code.MANY_OMITTED in codes(report, 5)
    table = report.items[4].choices
    assert table is not None
    assert table.omitted.count == report.items[4].omitted > 0
    assert sum(use.count for use in table.uses) + table.omitted.count == 90
    assert sum(use.high for use in table.uses) + table.omitted.high == pytest.approx(1)


def test_nobody_right_and_worse_than_guessing() -> None:
    def answering(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
        wrong = key == "q1" or (key == "q2" and at % 10)
        return {"choice": body["choices"][0 if wrong else 1 if (at + int(key[1:])) % 3 else 2]["id"]}

    report = build(sample_of(single_questions(4), 40, answering))
    assert Code.NOBODY_RIGHT in codes(report, 1)
    assert Code.BELOW_GUESSING in codes(report, 2)


def test_too_few_people_get_no_figures() -> None:
    report = build(sample_of(single_questions(3), MIN_PEOPLE - 1, by_ability()))
    assert report.too_few
    assert report.items == []
    assert report.consistency.reason is Reason.FEW_PEOPLE
    assert report.spread.mean.value is None
    enough = build(sample_of(single_questions(3), MIN_PEOPLE, by_ability()))
    assert not enough.too_few
    assert all(item.choices is None for item in enough.items)  # 27 % of five is one person


def test_one_question_has_no_rest_to_agree_with() -> None:
    report = build(sample_of(single_questions(1), 30, by_ability()))
    item = report.items[0]
    assert {item.discrimination.reason, item.efficiency.reason} == {Reason.ONE_QUESTION}
    assert item.choices is None
    assert report.consistency.reason is Reason.ONE_QUESTION
    assert item.facility.value is not None


def drawn_sample(people: int, *, pool: object = "p", extra: int = 0) -> Sample:
    """Each paper has q1, and one of q2 and q3 out of a pool; q3 may be worth more."""
    whole = sample_of(single_questions(3), people, by_ability())
    ids = [question.id for question in whole.questions]
    answers, sittings = [], []
    for at in range(people):
        mine = [each for each in whole.answers if each.sitting == at and each.question != ids[1 + at % 2]]
        mine = [
            Answer(
                at,
                each.question,
                each.marks,
                each.maximum + extra * (each.question == ids[2]),
                pool if each.question != ids[0] else "fixed",
                each.position,
                True,
                each.response,
            )
            for each in mine
        ]
        answers += mine
        sittings.append(Sitting(sum(each.marks for each in mine), sum(each.maximum for each in mine), passed=True))
    return Sample(sittings, answers, whole.questions)


def test_drawn_questions_are_judged_by_those_who_were_asked() -> None:
    report = build(drawn_sample(60))
    assert report.drawn
    assert [item.people for item in report.items] == [60, 30, 30]
    assert all(item.discrimination.value is not None for item in report.items)
    assert [item.intended_weight.value for item in report.items] == pytest.approx([0.5] * 3)
    assert report.consistency.value is not None  # over the two places of the paper


def test_papers_that_differ_in_worth_have_no_common_consistency() -> None:
    assert build(drawn_sample(60, extra=UNIT)).consistency.reason is Reason.PAPERS_DIFFER
    assert build(drawn_sample(60, pool=None)).consistency.reason is Reason.PAPERS_DIFFER


def test_a_drawn_question_that_few_were_asked_shows_nothing() -> None:
    report = build(drawn_sample(8))
    assert [item.people for item in report.items] == [8, 4, 4]
    rare = report.items[1]
    assert rare.facility.reason is rare.discrimination.reason is rare.effective_weight.reason is Reason.FEW_PEOPLE
    assert rare.findings == []


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("single", {}, 1 / 4),
        ("true_false", {}, 1 / 2),
        ("matching", {}, 1 / 4),
        ("drag_text", {}, 1 / 3),
        ("drag_image", {}, 1 / 3),
        ("ordering", {}, 1 / 4),
        ("ordering", {"scoring": "all_or_nothing"}, 1 / 24),
        ("short_text", {}, 0.0),
        ("numeric", {}, 0.0),
        ("multiple", {}, None),
        ("ordering", {"scoring": "adjacent"}, 1 / 4),
        ("ordering", {"scoring": "longest_run"}, None),
        ("calculated", {}, 0.0),
        ("cloze", {}, 1 / 3 * 2 / 4),  # the choice of three is worth two marks of four, the others are written
        ("single", {"choices": choices("bd"), "any_right": True}, 2 / 4),
        ("essay", {}, 0.0),
        ("case", {}, 2 / 4 / 8),  # the choice of four is worth two marks of eight, the others are written
    ],
)
def test_random_guess_score(kind: str, values: dict[str, Any], expected: float | None) -> None:
    figure = random_guess(grading.validate("q", authored(kind, **values)))
    assert figure.value == (pytest.approx(expected) if expected is not None else None)
    assert (figure.reason is Reason.NOT_FOR_TYPE) == (expected is None)


def test_every_type_has_its_table_of_choices() -> None:
    """The perfect answer of each type is counted at right choices only; half of the people leave the question."""
    in_parts = {"matching", "ordering", "drag_text", "drag_image", "cloze"}
    kinds = ("single", "multiple", "true_false", "numeric", "short_text", "calculated", *in_parts)
    bodies = {f"k-{kind}": authored(kind) for kind in kinds} | {"last": authored("true_false")}

    def answering(at: int, key: str, body: dict[str, Any]) -> Said:
        return (lambda layout: grading.perfect(body, layout)) if at % 2 or key == "last" else {}

    report = build(sample_of(bodies, 40, answering))
    for item in report.items[:-1]:
        tables = [item.choices] if item.question.body["type"] not in in_parts else [p.choices for p in item.parts]
        assert tables, item.question.key
        for table in tables:
            assert table is not None, item.question.key
            assert all((use.count == 20) == use.choice.correct for use in table.uses), item.question.key
            assert any(use.choice.correct for use in table.uses)
            assert all(use.high == 1 for use in table.uses if use.choice.correct)
            assert table.omitted.low == 1
            assert charts.curves(table).lines


def test_written_answers_are_listed_only_when_several_gave_them() -> None:
    def answering(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
        if key == "tf":
            return {"value": at % 3 == 0}
        return {"text": ("Domestic  Industry", "domestic industry", "injury", f"my name is {at}")[at % 4]}

    report = build(sample_of({"text": authored("short_text"), "tf": authored("true_false")}, 40, answering))
    table = report.items[0].choices
    assert table is not None
    assert {use.choice.text["en"]: (use.count, use.choice.correct) for use in table.uses} == {
        "domestic industry": (20, True),
        "injury": (10, False),
    }


def test_numbers_are_listed_with_their_units() -> None:
    units = [{"unit": {"zh": "周", "en": "weeks"}, "factor": 7}]
    body = authored("numeric", answer=28, tolerance=0, unit={"zh": "天", "en": "days"}, units=units)

    def answering(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
        if key == "tf":
            return {"value": at % 3 == 0}
        return grading.normalise({"value": ("28 days", "4 weeks", "4 days")[at % 3]}, grading.full_layout(body))

    report = build(sample_of({"number": body, "tf": authored("true_false")}, 30, answering))
    table = report.items[0].choices
    assert table is not None
    assert {use.choice.text["en"]: (use.count, use.choice.correct) for use in table.uses} == {
        "28 days": (10, True),
        "4 weeks": (10, True),
        "4 days": (10, False),
    }


def test_charts_stay_inside_the_drawing() -> None:
    report = build(sample_of(single_questions(12), 80, by_ability(wrong_key="q3", everybody="q2")))
    drawing = charts.scatter(report.items, findings.WEAK_DISCRIMINATION)
    assert [item.number for item in drawing.left_out] == [2]
    assert len(drawing.points) == 11
    for point in drawing.points:
        assert charts.LEFT <= point.x <= charts.RIGHT
        assert charts.TOP <= point.y <= charts.BOTTOM
    worst = next(point for point in drawing.points if point.item.number == 3)
    assert worst.y > drawing.zero > drawing.weak
    table = report.items[0].choices
    assert table is not None
    lines = charts.curves(table).lines
    heights = sorted(line.label_y for line in lines)
    assert all(b - a >= charts.LABEL_HEIGHT - 0.2 for a, b in pairwise(heights))
    assert [line.letter for line in lines if line.correct] == ["B"]
