"""Numbers as people type them: full-width, with signs, groups, units and 万; what is none is refused in words."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask_babel import force_locale

from app.core.errors import Invalid
from app.quizzes import grading
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

YUAN = {"unit": {"zh": "元", "en": "yuan"}}
#: In 万元, with 元 as another unit.
MYRIADS = {
    "answer": 30,
    "tolerance": 0,
    "unit": {"zh": "万元", "en": "ten thousand yuan"},
    "units": [{"unit": {"zh": "元", "en": "Yuan"}, "factor": "0.0001"}],
}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Also where tests before these have left an application behind."""
    with force_locale("en"):
        yield


def said(written: object, **values: Any) -> grading.Response:
    body = grading.validate("q", authored("numeric", **values))
    return grading.normalise({"value": written}, grading.full_layout(body))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("３０．５", "30.5"),
        ("30。5", "30.5"),
        ("30。", "30"),
        (".5", "0.5"),
        ("−30", "-30"),
        ("－ 30", "-30"),
        ("—30", "-30"),
        ("-0", "0"),
        ("1，234，567", "1234567"),
        ("1\u2009234 567", "1234567"),
        ("\ufeff30\u200b", "30"),
        ("30 YUAN", "30"),
        ("３万元", "30000"),
        ("1.5亿", "150000000"),
        ("2 千萬", "20000000"),
        (0.1, "0.1"),
        (2**0.5, "1.4142135623730951"),
        ("214.28571428571428571", "214.28571428571428571"),
        ("1.5e3", "1500"),
        ("1.5E+3 yuan", "1500"),
        ("－１５ｅ－１元", "-1.5"),
        ("1.5×10^3", "1500"),
        ("1.5 x 10 ^ 3 元", "1500"),
        ("0e-99", "0"),
        (-7, "-7"),
        ("  ", ""),
    ],
)
def test_what_people_type_is_read(written: object, value: str) -> None:
    assert said(written, **YUAN) == ({"value": value} if value else {})


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("三十", "digits"),
        ("约30", "digits"),
        ("30-31", "digits"),
        ("1,00", "digits"),
        ("1,000 000", "digits"),
        ("①", "digits"),
        ("٣٠", "digits"),
        ("NaN", "digits"),
        ("-", "digits"),
        (float("inf"), "digits"),
        (1e300, "digits"),
        ("9" * 17, "digits"),
        ("9999万亿", "digits"),
        ("30天", "“天” is no unit of this question. .* one of these: yuan, 元"),
        ("5²", "“²”"),
        ("1 e3", "“e3”"),
        ("1e3.5", "“e3.5”"),
        ("e3", "digits"),
        ("1e16", "digits"),
        ("1e-21", "digits"),
        ("0." + "1" * 21, "digits"),
        ("30%", "“%”"),
    ],
)
def test_what_is_no_number_is_refused_in_words(written: object, told: str) -> None:
    with pytest.raises(Invalid, match=f"^Not saved: .*{told}"):
        said(written, **YUAN)


def test_without_a_unit_the_message_says_what_is_too_much() -> None:
    with pytest.raises(Invalid, match="alone, without “days”"):
        said("30 days", unit=None)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("30万元", True),
        ("300000", False),
        ("300000 元", True),
        ("30 万 元", True),
        ("30", False),
        ("30 months", False),
    ],
)
def test_a_required_unit_is_kept_as_written_so_that_no_refusal_tells_which_is_right(
    written: str, right: bool
) -> None:
    body = grading.validate("q", authored("numeric", **MYRIADS, unit_required=True))
    layout = grading.full_layout(body)
    kept = grading.normalise({"value": written}, layout)
    assert "unit" not in kept
    assert grading.grade(body, kept, layout).correct is right
    assert grading.is_complete(kept, layout) is ("text" in kept)


def test_capitals_tell_units_apart_only_where_nothing_else_does() -> None:
    more = [
        {"unit": {"zh": "元", "en": "YUAN"}, "factor": "0.0001"},
        {"unit": {"zh": "角", "en": "Yuan"}, "factor": "0.00001"},
    ]
    values = MYRIADS | {"units": more}
    assert said("30 TEN thousand yuan", **values)["unit"] == said("30万元", **values)["unit"]
    assert said("30 YUAN", **values)["unit"] != said("30 Yuan", **values)["unit"]
    with pytest.raises(Invalid, match="“yuan” is no unit"):
        said("30 yuan", **values)


@pytest.mark.parametrize(
    ("kind", "response", "complete"),
    [
        ("matching", {"pairs": 2}, False),
        ("matching", {"pairs": 3}, True),
        ("drag_text", {"places": 1}, False),
        ("ordering", {"positions": 3}, False),
    ],
)
def test_an_answer_that_leaves_something_open_is_not_complete(
    kind: str, response: dict[str, int], complete: bool
) -> None:
    body = grading.validate("q", authored(kind))
    layout = grading.full_layout(body)
    ((name, size),) = response.items()
    part = dict(list(grading.perfect(body, layout)[name].items())[:size])
    assert grading.is_complete({name: part}, layout) is complete


def test_items_on_one_place_and_parts_without_an_answer_are_not_complete() -> None:
    ordering = grading.full_layout(grading.validate("q", authored("ordering")))
    assert not grading.is_complete({"positions": dict.fromkeys(ordering["items"], 1)}, ordering)
    case = grading.validate("q", authored("case"))
    layout = grading.full_layout(case)
    answers = grading.perfect(case, layout)["parts"]
    answers.popitem()
    assert not grading.is_complete({"parts": answers}, layout)
