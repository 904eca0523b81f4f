"""What an author gets wrong is refused in words that say where: never kept to fail at an examination."""

from typing import Any

import pytest
from flask_babel import force_locale

from app.core.errors import Invalid
from app.quizzes import grading
from app.quizzes.grading import base
from app.quizzes.grading.malformed import Malformed
from tests.support.quizzes import AUTHORED, authored, both, choices

pytestmark = pytest.mark.no_database

STEPS = {"rate": {"from": 2, "to": 5, "step": 0.5}}
YUAN, DAYS = {"zh": "元", "en": "yuan"}, {"zh": "日", "en": "days"}
PAIRS = AUTHORED["matching"]["pairs"]
LABELS = AUTHORED["drag_text"]["items"]
TWINS = {
    "id": "p1",
    "type": "matching",
    "prompt": both("who"),
    "pairs": [pair | {"right": {"zh": pair["id"], "en": "x"}} for pair in PAIRS],
}
IMAGE, ZONES = AUTHORED["drag_image"]["image"], AUTHORED["drag_image"]["zones"]


def price(**values: Any) -> dict[str, Any]:
    return {"parameters": STEPS | {"price": {"from": 100, "to": 900, "step": 50} | values}}


def criterion(*points: object) -> dict[str, Any]:
    levels = [{"id": f"l{number}", "text": both("level"), "points": each} for number, each in enumerate(points)]
    return {"rubric": [{"id": "law", "text": both("law"), "levels": levels}]}


def zone(**values: Any) -> dict[str, Any]:
    return {"zones": [ZONES[0] | values]}


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("single", {"type": "riddle"}, "type: one of single, multiple"),
        ("single", {"prompt": {"zh": "题", "en": " "}}, "prompt: needs text in zh and en"),
        ("single", {"marks": 0}, "marks: above 0, at most 1000"),
        ("single", {"marks": "0.125"}, "two decimals"),
        ("single", {"marks": "1000.01"}, "at most 1000"),
        ("single", {"marks": True}, "marks: not a number"),
        ("single", {"marks": "1e31"}, "at most 30 digits before or behind"),
        ("single", {"choices": choices("a", "a")}, "choices: needs at least 2"),
        ("single", {"choices": [*choices("a"), *choices("", "a")]}, "choices: an id occurs twice"),
        ("single", {"choices": [*choices("a"), {"text": both("x")}]}, "choices: each with an id"),
        ("single", {"choices": choices("ab")}, "exactly one must be correct"),
        ("single", {"choices": choices("a"), "any_right": True}, "several but not all"),
        ("single", {"choices": choices("abcd"), "any_right": True}, "several but not all"),
        ("multiple", {"choices": choices("")}, "at least one must be correct"),
        ("multiple", {"scoring": "generous"}, "scoring: one of all_or_nothing, partial"),
        ("true_false", {"answer": 1}, "answer: true or false"),
        ("numeric", {"answer": "many"}, "answer: not a number"),
        ("numeric", {"answer": "1000000000000001"}, "answer: at most 1000000000000000"),
        ("numeric", {"answer": "0.00000000001"}, "at most 10 decimals"),
        ("numeric", {"tolerance": "-0.1"}, "tolerance: not below 0"),
        ("numeric", {"unit": None, "unit_required": True}, "unit: needed where"),
        ("numeric", {"unit": None, "units": [{"unit": YUAN, "factor": 2}]}, "unit: needed where"),
        ("numeric", {"unit": {"zh": "日", "en": "2 days"}}, "unit: begins with no digit"),
        ("numeric", {"units": [{"unit": DAYS, "factor": 2}]}, "units: two are written the same"),
        ("numeric", {"units": [{"unit": YUAN, "factor": 0}]}, "units: a factor above 0"),
        ("numeric", {"units": [{"unit": YUAN, "factor": "1e-16"}]}, "units: a factor above 0"),
        ("numeric", {"units": ["yuan"]}, "units: a list of unit and factor"),
        ("short_text", {"accept": []}, "accept: at least one phrase"),
        ("short_text", {"accept": ["ITC", "　"]}, "none empty"),
        ("short_text", {"accept": "ITC"}, "accept: a list"),
        ("short_text", {"ignore": ["case", "spelling"]}, "ignore: only width, case, script"),
        ("short_text", {"patterns": ["a" * 501]}, "patterns: some character"),
        ("matching", {"pairs": PAIRS[:1]}, "pairs: needs at least 2"),
        ("matching", {"distractors": [{"id": "d", "text": PAIRS[0]["right"]}]}, "one equals a right side"),
        ("matching", {"distractors": [{"id": "d", "text": PAIRS[0]["right"] | {"en": "x"}}]}, r"language \(zh\)"),
        (
            "drag_text",
            {"items": [*LABELS, {"id": "d", "text": {"zh": "丁", "en": " Text step  a"}}]},
            r"\(en\): Text",
        ),
        ("case", {"parts": [TWINS]}, r"\(en\): x"),
        ("single", {"choices": [*choices("a"), {"id": "\ud800", "text": both("x")}]}, "a character is damaged"),
        ("ordering", {"scoring": "partial"}, "scoring: one of position"),
        ("calculated", {"formula": "price * tax"}, "formula: no parameter tax"),
        ("calculated", {"formula": "price * rate * 10 ** 12"}, "formula: a result of at most 1000000000000000"),
        ("calculated", {"prompt": {"zh": "{{price}}，{{rate}}", "en": "{{price}}"}}, "in both languages"),
        ("calculated", {"decimals": 11}, "decimals: 0 to 10"),
        ("calculated", {"decimals": "0.5"}, "decimals: 0 to 10"),
        ("calculated", {"parameters": {}}, "parameters: one to 6"),
        ("calculated", {"parameters": {"Price": {"from": 1, "to": 2}}}, "parameters: Price: letters and digits"),
        ("calculated", {"parameters": {"price": 3}}, "parameters: price: letters and digits"),
        ("calculated", price(step=0), "price: from … to in at most 1000000 steps"),
        ("calculated", price(to=99), "price: from … to in at most"),
        ("calculated", price(step="0.0001"), "price: from … to in at most"),
        ("calculated", price(step=60), "price: whole steps"),
        ("drag_image", {"image": IMAGE | {"digest": "ab"}}, "image: a stored file"),
        ("drag_image", zone(width=0), "zones: z1: width"),
        ("drag_image", zone(x=-1), "zones: z1: x"),
        ("essay", {"minimum": 401}, "minimum: not above the maximum"),
        ("essay", {"minimum": 0}, "minimum: a whole number from 1"),
        ("essay", {"count": "lines"}, "count: one of words, characters"),
        ("essay", {"model": {"zh": "\x00", "en": "\x00"}}, "model: an answer that would earn full marks"),
        ("essay", criterion(0, 0), "rubric: some level above 0 points"),
        ("essay", criterion(0), "rubric: levels: needs at least 2"),
        ("essay", criterion(-1, 1), "rubric: points from 0 to 1000"),
        ("essay", criterion(0, 1001), "rubric: points from 0 to 1000"),
        ("essay", criterion(0, "0.125"), "two decimals"),
    ],
)
def test_what_no_examination_could_use_is_refused(kind: str, values: dict[str, Any], told: str) -> None:
    with force_locale("en"), pytest.raises(Malformed, match=told):
        grading.validate("q", authored(kind, **values))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("single", {"marks": "1000"}),
        ("single", {"marks": "0.01"}),
        ("numeric", {"answer": "1000000000000000", "unit": None}),
        ("numeric", {"units": [{"unit": YUAN, "factor": "1e-15"}]}),
        ("calculated", {"decimals": 0}),
        ("calculated", {"decimals": 10}),
        ("calculated", price(to=100)),
        ("essay", {"minimum": 400}),
        ("essay", criterion(0, 1000)),
    ],
)
def test_the_bounds_themselves_are_taken(kind: str, values: dict[str, Any]) -> None:
    assert grading.validate("q", authored(kind, **values))["type"] == kind


@pytest.mark.parametrize("level", [0, 4, True, "2", 1.0])
def test_there_are_three_certainties(level: object) -> None:
    body = grading.validate("q", authored("true_false", certainty=True))
    with force_locale("en"), pytest.raises(Invalid) as refused:
        grading.normalise({"value": True, "certainty": level}, grading.full_layout(body))
    assert refused.value.code == base.WRONG_SHAPE
