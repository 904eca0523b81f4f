"""Types of several parts, calculated and marked ones, on examples worked by hand."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from app.core.errors import Invalid
from app.quizzes import grading
from app.quizzes.grading.arithmetic import evaluate
from app.quizzes.grading.essay import length_of, rubric_fraction
from app.quizzes.grading.file_types import kind_of
from tests.quizzes.grading.strategies import chance
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database


def named(body: grading.Body, raw: dict[str, Any], field: str, stored: str = "") -> dict[str, str]:
    """Identifiers by authored id."""
    return {part["id"]: kept["id"] for part, kept in zip(raw[field], body[stored or field], strict=True)}


def test_gaps_of_a_cloze_earn_their_own_marks() -> None:
    raw = authored("cloze")
    body = grading.validate("q", raw)
    gaps = named(body, raw, "gaps")
    answers = {gaps["days"]: {"value": "２０日"}, gaps["proof"]: {"text": "Preponderance"}}
    assert grading.grade(body, {"gaps": answers}).fraction == Decimal("0.5")
    answers[gaps["who"]] = {"choice": body["gaps"][0]["choices"][1]["id"]}
    assert grading.grade(body, {"gaps": answers}).correct


@pytest.mark.parametrize(
    "text", ["{{who}}", "{{who}}{{days}}{{proof}}{{proof}}", "{{who}}{{days}}{{proof}}{{other}}"]
)
def test_each_gap_stands_once_in_each_language(text: str) -> None:
    raw = authored("cloze")
    with pytest.raises(Invalid, match="en: each gap exactly once"):
        grading.validate("q", raw | {"text": raw["text"] | {"en": text}})


def test_every_paper_draws_its_own_numbers_and_is_graded_by_them() -> None:
    body = grading.validate("q", authored("calculated"))
    layouts = [grading.lay_out(body, chance(seed), shuffle=False) for seed in range(30)]
    drawn = {(layout["parameters"]["price"], layout["parameters"]["rate"]) for layout in layouts}
    assert len(drawn) > 15
    for layout in layouts:
        price, rate = (Decimal(layout["parameters"][name]) for name in ("price", "rate"))
        assert price in range(100, 901, 50)
        assert grading.grade(body, {"value": str(price * rate / 100)}, layout).correct
        assert not grading.grade(body, {"value": str(price * rate / 100 + 1)}, layout).correct
        prompt = grading.view(body, layout)["prompt"]["en"]
        assert prompt == f"{layout['parameters']['price']} at {layout['parameters']['rate']} per cent?"


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("0.1 + 0.2", "0.3"),
        ("2 ** 10 - 1", "1023"),
        ("round(2.5) + round(-1.005, 2)", "1.99"),
        ("max(1, x, 3) * -(2)", "-14"),
        ("floor(7 / 2) + ceil(7 / 2)", "7"),
        ("sqrt(x * x)", "7"),
    ],
)
def test_formulas_are_exact(formula: str, value: str) -> None:
    assert evaluate(formula, {"x": Decimal(7)}) == Decimal(value)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "x +",
        "__import__('os')",
        "x.real",
        "[x][0]",
        "'a' * 9",
        "True",
        "1j",
        "x if x else 1",
        "lambda: 1",
        "1 / 0",
        "0 / 0",
        "sqrt(-1)",
        "(-8) ** 0.5",
        "9 ** 9 ** 9 ** 9",
        "9 ** 64",
        "1e400",
        "round(1, 1000)",
        "max(1)",
        "abs(x=1)",
        "y",
        "x % 2",
        "~x",
        "x.sqrt(4)",
        "(" * 220 + "1" + ")" * 220,
        "-" * 490 + "1" * 20,
    ],
)
def test_nothing_but_arithmetic_is_evaluated(formula: str) -> None:
    with pytest.raises(Invalid):
        evaluate(formula, {"x": Decimal(7)})


def test_a_formula_that_fails_at_a_corner_is_refused() -> None:
    raw = authored("calculated", formula="price / (rate - 2)")
    with pytest.raises(Invalid, match="no number comes out"):
        grading.validate("q", raw)


def test_an_item_may_belong_in_several_places() -> None:
    raw = authored("drag_text", gaps=[{"id": "first", "item": "a"}, {"id": "then", "item": "a"}])
    body = grading.validate("q", raw)
    item = named(body, raw, "items")["a"]
    assert grading.grade(body, {"places": {place["id"]: item for place in body["places"]}}).correct


def test_a_zone_outside_its_image_is_refused() -> None:
    raw = authored("drag_image")
    raw["zones"] = [raw["zones"][0] | {"x": 599, "width": 2}]
    with pytest.raises(Invalid, match="zones: z1: width"):
        grading.validate("q", raw)


def test_an_essay_waits_and_its_rubric_decides() -> None:
    raw = authored("essay")
    body = grading.validate("q", raw)
    waits = grading.grade(body, {"text": "第一\r\n第二\x00"})
    assert isinstance(waits, grading.NeedsMarking)
    levels = {row["id"]: row["levels"][1]["id"] for row in body["rubric"]}
    levels[body["rubric"][0]["id"]] = body["rubric"][0]["levels"][2]["id"]
    fraction = rubric_fraction(body, levels)
    assert waits.with_marks({"": fraction}).fraction == Decimal("0.75")
    with pytest.raises(Invalid):
        rubric_fraction(body, {})


@pytest.mark.parametrize(
    ("text", "words", "characters"),
    [
        ("知识产权", 4, 4),
        ("Section 337, 调查", 4, 13),
        ("  ", 0, 0),
        ("don't re-open", 2, 12),
        ("第３３７條。", 3, 6),
    ],
)
def test_words_count_hanzi_singly_and_letters_in_runs(text: str, words: int, characters: int) -> None:
    assert (length_of(text, "words"), length_of(text, "characters")) == (words, characters)


def test_a_case_is_graded_as_far_as_a_machine_can() -> None:
    raw = authored("case")
    body = grading.validate("q", raw)
    assert body["marks"] == "8"
    parts = named(body, raw, "parts")
    machine = {
        parts["p1"]: {"choice": body["parts"][0]["choices"][0]["id"]},
        parts["p2"]: {"value": "31"},
    }
    assert grading.grade(body, {"parts": machine}).fraction == Decimal("0.25")
    waits = grading.grade(body, {"parts": machine | {parts["p3"]: {"text": "because"}}})
    assert isinstance(waits, grading.NeedsMarking)
    assert waits.waiting == {parts["p3"]: Decimal("0.625")}
    assert waits.with_marks({parts["p3"]: Decimal("0.8")}).fraction == Decimal("0.75")
    assert waits.parts[parts["p1"]] is True
    assert parts["p3"] not in waits.parts


def test_a_case_has_no_marks_of_its_own() -> None:
    with pytest.raises(Invalid, match="add up to 8"):
        grading.validate("q", authored("case", marks=3))


@pytest.mark.parametrize(("kind", "container"), [("case", "parts"), ("cloze", "gaps")])
def test_how_sure_she_is_is_asked_of_whole_questions_alone(kind: str, container: str) -> None:
    raw = authored(kind)
    raw[container] = [raw[container][0] | {"certainty": True}, *raw[container][1:]]
    with pytest.raises(Invalid, match=f"{raw[container][0]['id']}: certainty: only a whole question"):
        grading.validate("q", raw)


def office(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...\n%%EOF\n", "pdf"),
        (b"%PDF-1.7 cut off", None),
        (b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82", "png"),
        (b"\xff\xd8\xff\xe0....\xff\xd9", "jpeg"),
        (office("[Content_Types].xml", "word/document.xml"), "docx"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), None),
        (office("word/document.xml"), None),
        (office("evil.exe"), None),
        (b"PK\x03\x04 broken", None),
        ("第一条\r\n".encode(), "text"),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_what_a_file_is_shows_in_its_content(data: bytes, kind: str | None) -> None:
    assert kind_of(data) == kind
