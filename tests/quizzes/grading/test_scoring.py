"""The documented formulas, on examples worked by hand."""

from decimal import Decimal
from typing import Any

import pytest

from app.core.errors import Invalid
from app.quizzes import grading
from app.quizzes.grading import base
from tests.support.quizzes import authored, choices

pytestmark = pytest.mark.no_database


def graded(body: grading.Body, response: Any) -> grading.Graded:
    result = grading.grade(body, response)
    assert isinstance(result, grading.Graded)
    return result


def options(body: grading.Body, names: str, among: str = "abcdef") -> list[str]:
    return [body["choices"][among.index(name)]["id"] for name in names]


@pytest.mark.parametrize(
    ("taken", "whole", "partial", "penalty", "minus"),
    [  # right: a b c; wrong: d e f
        ("abc", "1", "1", "1", "1"),
        ("ab", "0", "0.66667", "0.66667", "0.66667"),
        ("abd", "0", "0.66667", "0.33333", "0.33333"),
        ("abcd", "0", "0.66667", "0.66667", "0.66667"),
        ("de", "0", "0", "0", "0"),
        ("abcdef", "0", "0", "0", "0"),
        ("a", "0", "0.33333", "0.33333", "0.33333"),
    ],
)
def test_four_rules_for_multiple_choice(taken: str, whole: str, partial: str, penalty: str, minus: str) -> None:
    for scoring, earned in zip(
        ("all_or_nothing", "partial", "partial_with_penalty", "right_minus_wrong"),
        (whole, partial, penalty, minus),
        strict=True,
    ):
        body = grading.validate("q", authored("multiple", choices=choices("abc", "abcdef"), scoring=scoring))
        assert graded(body, {"choices": options(body, taken)}).fraction == Decimal(earned), scoring


def test_the_two_penalties_differ_where_wrong_choices_are_few() -> None:
    earned = {}
    for scoring in ("partial", "partial_with_penalty", "right_minus_wrong"):
        body = grading.validate("q", authored("multiple", choices=choices("abc", "abcd"), scoring=scoring))
        earned[scoring] = graded(body, {"choices": options(body, "abcd", "abcd")}).fraction
    assert earned == {
        "partial": Decimal("0.66667"),
        "partial_with_penalty": Decimal(0),
        "right_minus_wrong": Decimal("0.66667"),
    }


@pytest.mark.parametrize(
    ("order", "position", "adjacent", "run"),
    [  # right: w x y z
        ("wxyz", "1", "1", "1"),
        ("xyzw", "0", "0.66667", "0.66667"),
        ("zyxw", "0", "0", "0"),
        ("wxzy", "0.5", "0.33333", "0.33333"),
        ("yzwx", "0", "0.66667", "0.33333"),
        ("wx", "0.5", "0.33333", "0.33333"),
    ],
)
def test_rules_for_ordering(order: str, position: str, adjacent: str, run: str) -> None:
    for scoring, earned in (("position", position), ("adjacent", adjacent), ("longest_run", run)):
        body = grading.validate("q", authored("ordering", scoring=scoring))
        ids = {name: item["id"] for name, item in zip("wxyz", body["items"], strict=True)}
        response = {"positions": {ids[name]: place for place, name in enumerate(order, start=1)}}
        assert graded(body, response).fraction == Decimal(earned), scoring
        assert graded(body, response).correct is (order == "wxyz")


def test_items_on_one_place_are_nowhere() -> None:
    body = grading.validate("q", authored("ordering", scoring="longest_run"))
    first, second = (item["id"] for item in body["items"][:2])
    assert graded(body, {"positions": {first: 1, second: 1}}).fraction == 0


@pytest.mark.parametrize(
    ("written", "ignore", "right"),
    [
        ("國內產業", ["script"], True),
        ("國內產業", ["width", "case"], False),
        ("ＩＴＣ  ｏｒｄｅｒ", ["width", "case"], True),
        ("ＩＴＣ order", ["case"], False),
        ("itc order", ["width"], False),
        ("ITC order", [], True),
    ],
)
def test_differences_are_ignored_as_the_author_says(written: str, ignore: list[str], right: bool) -> None:
    body = grading.validate("q", authored("short_text", accept=["国内产业", "ITC order"], ignore=ignore))
    assert graded(body, {"text": written}).correct is right


@pytest.mark.parametrize(
    ("pattern", "written", "right"),
    [
        ("general exclusion*", "General Exclusion Order", True),
        ("*337*", "第３３７條", True),
        ("337?", "337", False),
        ("337?", "337a", True),
        ("what\\?", "what?", True),
        ("what\\?", "whats", False),
        ("a*b*c", "axxbxxc", True),
        ("a*b*c", "axxbxx", False),
        ("*国内*", "本國內產業", True),
    ],
)
def test_patterns(pattern: str, written: str, right: bool) -> None:
    body = grading.validate(
        "q",
        authored("short_text", accept=["x"], patterns=[pattern], ignore=["width", "case", "script"]),
    )
    assert graded(body, {"text": written}).correct is right


def test_a_hostile_pattern_ends() -> None:
    """Backtracking over this pattern would take longer than the universe has had; here it is 500 × 500 steps."""
    body = grading.validate("q", authored("short_text", accept=["x"], patterns=["*a" * 200 + "b"]))
    assert not graded(body, {"text": "a" * 500}).correct


@pytest.mark.parametrize("pattern", ["*", "??", "* ?", " ", "＊"])
def test_a_pattern_that_takes_anything_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid, match="patterns"):
        grading.validate("q", authored("short_text", patterns=[pattern]))


HOURS = {
    "answer": 2,
    "tolerance": "0.01",
    "unit": {"zh": "日", "en": "days"},
    "units": [{"unit": {"zh": "小时", "en": "hours"}, "factor": "0.0416666667"}],
}


@pytest.mark.parametrize(
    ("written", "free", "required"),
    [
        ("2", True, False),
        ("2 days", True, True),
        ("４８小时", True, True),
        ("48", False, False),
        ("2 hours", False, False),
    ],
)
def test_units_convert_and_may_be_required(written: str, free: bool, required: bool) -> None:
    for unit_required, right in ((False, free), (True, required)):
        body = grading.validate("q", authored("numeric", **HOURS, unit_required=unit_required))
        assert graded(body, {"value": written}).correct is right


def test_a_chosen_unit_that_contradicts_the_written_one_is_asked_about() -> None:
    body = grading.validate("q", authored("numeric", **HOURS))
    hours = body["units"][0]["id"]
    assert graded(body, {"value": "48", "unit": hours}).correct
    assert graded(body, {"value": "48 hours", "unit": hours}).correct
    with pytest.raises(Invalid) as refused:
        grading.grade(body, {"value": "2 days", "unit": hours})
    assert refused.value.code == "unit"


@pytest.mark.parametrize(("level", "when_right", "when_wrong"), [(1, 1, 0), (2, 2, -2), (3, 3, -6), (None, 1, 0)])
def test_certainty_follows_the_published_table(level: int | None, when_right: int, when_wrong: int) -> None:
    body = grading.validate("q", authored("true_false", certainty=True))  # the answer is false
    chosen = {} if level is None else {"certainty": level}
    right, wrong = graded(body, {"value": False} | chosen), graded(body, {"value": True} | chosen)
    assert (right.fraction, right.certainty_mark) == (Decimal(1), when_right)
    assert (wrong.fraction, wrong.certainty_mark) == (Decimal(0), when_wrong)
    assert graded(body, {"certainty": 3}).certainty_mark == 0


def test_certainty_is_asked_only_where_answers_are_right_or_wrong() -> None:
    with pytest.raises(Invalid, match="certainty"):
        grading.validate("q", authored("matching", certainty=True))
    with pytest.raises(Invalid, match="certainty"):
        grading.validate("q", authored("multiple", scoring="partial", certainty=True))
    body = grading.validate("q", authored("single"))
    with pytest.raises(Invalid):
        grading.normalise({"choice": body["choices"][0]["id"], "certainty": 2}, grading.full_layout(body))


def test_marks_given_by_people_complete_a_grade() -> None:
    waits = base.NeedsMarking({"a": Decimal("0.5"), "b": Decimal("0.25")}, fraction=Decimal("0.25"))
    assert waits.with_marks({"a": Decimal("0.5"), "b": Decimal(1)}).fraction == Decimal("0.75")
    for given in ({"a": Decimal(1)}, {"a": Decimal(2), "b": Decimal(0)}, {"a": Decimal(-1), "b": Decimal(0)}):
        with pytest.raises(Invalid):
            waits.with_marks(given)
