"""Parts, spread marks and drawn numbers: every figure reckoned by hand."""

import uuid
from math import sqrt
from typing import Any

import pytest

from app.quizzes import grading
from app.quizzes.analysis import charts, inside, variants
from app.quizzes.analysis.choices import gap_names
from app.quizzes.analysis.findings import Code
from app.quizzes.analysis.inside import PartReport
from app.quizzes.analysis.parts import parts_of
from app.quizzes.analysis.report import ItemReport, build
from app.quizzes.analysis.rules import Reason
from app.quizzes.analysis.sample import Answer
from app.quizzes.analysis.variants import Slip
from tests.support.analysis import UNIT, sample_of
from tests.support.quizzes import authored
from tests.support.sittings import Said, pick


def values(parts: list[PartReport], name: str) -> list[float | None]:
    return [getattr(part, name).value for part in parts]


#: Six people: right at the first, second and third gap of the cloze, and right at the other question.
TABLE = [(1, 1, 1, 1), (1, 1, 0, 1), (1, 0, 0, 1), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 0)]


def cloze(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """As the table has it; the last person leaves the cloze."""
    who, days, proof, other = TABLE[at]
    if key == "other":
        return {"value": not other}
    if at == len(TABLE) - 1:
        return {}
    first, second, third = body["gaps"]
    return {
        "gaps": {
            first["id"]: pick(first, "b" if who else "a"),
            second["id"]: {"value": "20" if days else "30"},
            third["id"]: {"text": "preponderance" if proof else "beyond doubt"},
        }
    }


def test_each_gap_has_the_figures_of_a_question() -> None:
    """Worth 2, 1 and 1 of 4 marks. X is the other question alone: 1 1 1 0 0 0."""
    bodies = {"cloze": authored("cloze"), "other": authored("true_false")}
    item = build(sample_of(bodies, len(TABLE), cloze)).items[0]
    parts = item.parts
    assert [part.omitted for part in parts] == [1, 1, 1]
    assert values(parts, "facility") == pytest.approx([1 / 2, 1 / 2, 1 / 3])
    # V: Σ(y − mean)² / 5, of three of six 1.5 / 5, of two of six (4/3) / 5
    assert values(parts, "deviation") == pytest.approx([sqrt(0.3), sqrt(0.3), sqrt(4 / 15)])
    assert values(parts, "random_guess") == pytest.approx([1 / 3, 0, 0])
    assert values(parts, "weight") == pytest.approx([1 / 2, 1 / 4, 1 / 4])
    # Σ(y − mean)(X − ½): 1.5, 0.5, 0; divided by √(Σ(y − mean)² · 1.5)
    assert values(parts, "discrimination") == pytest.approx([1, 1 / 3, 0])
    assert values(parts, "efficiency") == pytest.approx([1, 1 / 3, 0])
    # The first gap with the others' marks ½ ¼ 0 ¼ ¼ 0: Σ 0.125 / √(1.5 · (0.4375 − 1.25² / 6))
    assert parts[0].agreement.value == pytest.approx(0.125 / sqrt(1.5 * (0.4375 - 1.25**2 / 6)))
    # 3/2 · (1 − ΣV(y)/V(x)): shares of the question 1 ¾ ½ ¼ ¼ 0, Σ(x − mean)² = 1.9375 − 2.75² / 6
    assert item.inside.coherence.value == pytest.approx(
        1.5 * (1 - (0.3 / 4 + 0.3 / 16 + 4 / 15 / 16) / ((1.9375 - 2.75**2 / 6) / 5))
    )
    assert item.random_guess.value == pytest.approx(1 / 3 / 2)
    assert item.choices is None
    assert all(part.choices is None for part in parts)  # six people make no groups


def test_a_gap_is_called_by_its_number_in_each_language() -> None:
    text = {"zh": "先{{b}}，再{{a}}。", "en": "First {{a}}.\n\nThen {{b}}."}
    gaps = [{"id": name, "type": "short_text", "accept": [name]} for name in "ab"]
    body = grading.validate("q", authored("cloze", text=text, gaps=gaps))
    assert list(gap_names(body).values()) == [
        {"zh": "先…，再【2】。", "en": "First 【1】."},
        {"zh": "先【1】，再…。", "en": "Then 【2】."},
    ] or [gap_names(body)[gap["id"]] for gap in body["gaps"]] == [
        {"zh": "先…，再【2】。", "en": "First 【1】."},
        {"zh": "先【1】，再…。", "en": "Then 【2】."},
    ]


def by_pairs(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Able from the twentieth on. The second pair's key is wrong: the able choose what belongs to the third."""
    able = at >= 20
    if key != "match":
        return {"value": not able}
    first, second, third = body["pairs"]
    pairs = {first["id"]: first["right"]} | ({third["id"]: third["right"]} if able or at % 2 else {})
    return {"pairs": pairs | {second["id"]: third["right"] if able else second["right"]}}


def test_a_pair_with_a_wrong_key_is_found_among_right_ones() -> None:
    bodies = {"match": authored("matching")} | {f"t{number}": authored("true_false") for number in range(3)}
    item = build(sample_of(bodies, 40, by_pairs)).items[0]
    assert values(item.parts, "facility") == pytest.approx([1, 1 / 2, 3 / 4])
    second = item.parts[1]
    assert second.discrimination.value == pytest.approx(-1)
    table = second.choices
    assert table is not None
    assert table.exclusive
    assert [use.count for use in table.uses] == [
        0,
        20,
        20,
        0,
    ]  # the right sides in their order, then the distractor
    assert [use.choice.correct for use in table.uses] == [False, True, False, False]
    assert (table.uses[2].high, table.uses[2].low) == (1, 0)
    wrong = item.question.body["pairs"][2]["right"]
    found = {(each.code, each.choice, each.part) for each in item.findings if each.part}
    assert found == {(Code.NEGATIVE_DISCRIMINATION, "", 2), (Code.WRONG_CHOICE_PREFERRED, wrong, 2)}
    assert {each.code for each in item.parts[0].findings} == {Code.EVERYBODY_RIGHT}
    assert item.parts[2].omitted == 10
    assert Code.MANY_OMITTED in {each.code for each in item.parts[2].findings}


def test_few_people_accuse_no_part_on_the_page_of_the_paper() -> None:
    bodies = {"match": authored("matching")} | {f"t{number}": authored("true_false") for number in range(3)}
    item = build(sample_of(bodies, 28, by_pairs)).items[0]
    assert Code.NEGATIVE_DISCRIMINATION in {each.code for each in item.parts[1].findings}
    assert not any(each.part for each in item.findings)


def test_marks_are_counted_by_how_much_was_earned() -> None:
    """Of three pairs, thirty have two right and ten all."""
    bodies = {"match": authored("matching")} | {f"t{number}": authored("true_false") for number in range(3)}
    report = build(sample_of(bodies, 40, by_pairs))
    earned = [(band.low, band.high, band.count) for band in report.items[0].inside.credit]
    # The able have the first and the third; the others the first and the second, half of them the third, too.
    assert earned == [(0, 0, 0), (0, 0.25, 0), (0.25, 0.5, 0), (0.5, 0.75, 30), (0.75, 1, 0), (1, 1, 10)]
    assert report.items[1].inside.credit == []  # right or wrong
    drawing = charts.bars([(inside.BANDS[3][1].hex(), 0.75, 0.0), ("all", 0.25, 0.1)])
    assert [bar.height for bar in drawing.bars] == pytest.approx([0.75 * 226, 0.25 * 226])
    assert drawing.bars[0].low is None
    assert drawing.bars[1].high == pytest.approx(256 - 0.35 * 226, abs=0.1)


@pytest.mark.parametrize(
    ("scoring", "weights", "facilities"),
    [
        # w x z y, wxyz being right: w and x stand at their places; x follows w, and nobody else whom she should
        ("position", [1 / 4] * 4, [1, 1, 0, 0]),
        ("all_or_nothing", [None] * 4, [1, 1, 0, 0]),
        ("adjacent", [1 / 3] * 3, [1, 0, 0]),
        ("longest_run", [None] * 4, [1, 1, 0, 0]),
    ],
)
def test_items_of_an_order_earn_by_its_scoring(
    scoring: str, weights: list[float | None], facilities: list[float]
) -> None:
    def answering(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
        if key != "order":
            return {"value": bool(at % 2)}
        w, x, y, z = (item["id"] for item in body["items"])
        return {"positions": {w: 1, x: 2, z: 3, y: 4}}

    bodies = {"order": authored("ordering", scoring=scoring), "other": authored("true_false")}
    item = build(sample_of(bodies, 20, answering)).items[0]
    assert values(item.parts, "weight") == pytest.approx(weights)
    assert values(item.parts, "facility") == pytest.approx(facilities)
    table = item.parts[-1].choices
    assert table is not None
    assert [use.count for use in table.uses] == [0, 0, 20, 0]  # z stands third
    reasons = {part.agreement.reason for part in item.parts}
    assert reasons == ({Reason.NOT_FOR_TYPE} if weights[0] is None else {Reason.SAME_MARK})


def test_items_dragged_into_gaps_have_a_table_for_each_gap() -> None:
    def answering(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
        if key != "drag":
            return {"value": bool(at % 2)}
        first, then = (place["id"] for place in body["places"])
        a, b, c = (item["id"] for item in body["items"])
        return {"places": {first: b if at % 4 else c, then: a if at % 2 else c}}

    bodies = {"drag": authored("drag_text"), "other": authored("true_false")}
    item = build(sample_of(bodies, 20, answering)).items[0]
    assert values(item.parts, "facility") == pytest.approx([3 / 4, 1 / 2])
    assert values(item.parts, "random_guess") == pytest.approx([1 / 3, 1 / 3])
    tables = [part.choices for part in item.parts]
    assert [[use.count for use in table.uses] for table in tables if table] == [[0, 15, 5], [10, 0, 10]]


def test_what_people_gave_counts_for_the_parts_they_mark() -> None:
    """A case worth 2, 1 and 5. Ten of twenty earned half of the essay, five all; of five it is not known."""
    body = grading.validate("case", authored("case"))
    full = grading.full_layout(body)
    single, number, essay = body["parts"]
    answers = []
    for at in range(20):
        response = {
            "parts": {
                single["id"]: pick(single, "a" if at % 2 else "b"),
                number["id"]: {"value": "30"},
                essay["id"]: {"text": "因为" * 60},
            }
        }
        given = {essay["id"]: 0.5 if at < 10 else 1.0} if at < 15 else {}
        answers.append(
            Answer(
                at,
                uuid.UUID(int=1),
                4 * UNIT,
                8 * UNIT,
                "p",
                1,
                True,
                grading.normalise(response, full),
                None,
                given,
            )
        )
    found = inside.look(body, answers, [float(at % 3) for at in range(20)])
    left = [answer._replace(response=None, answered=False, marks=0) for answer in answers]
    codes = [{each.code for each in part.findings} for part in inside.look(body, left, [0.5] * 20).parts]
    assert codes == [{Code.MANY_OMITTED, Code.FEW_PEOPLE}] * 3  # nobody right, but nobody tried
    assert [part.people for part in found.parts] == [20, 20, 15]
    assert values(found.parts, "facility") == pytest.approx([1 / 2, 1, (10 * 0.5 + 5) / 15])
    assert values(found.parts, "weight") == pytest.approx([2 / 8, 1 / 8, 5 / 8])
    assert values(found.parts, "random_guess") == [1 / 4, 0, 0]
    tables = [part.choices for part in found.parts]
    assert tables[0] is not None
    assert tables[2] is None
    assert [use.count for use in tables[0].uses] == [10, 10, 0, 0]


CALCULATED = authored("calculated")


def drawn_by(rates: dict[str, int]) -> list[dict[str, str]]:
    return [{"rate": rate} for rate, count in rates.items() for _ in range(count)]


def test_few_variants_are_compared_one_by_one() -> None:
    """With a rate of 2 thirty of forty are right, with 3 ten of forty, with 10 one of three."""
    groups = variants.groups_of(drawn_by({"2": 40, "10": 3, "3": 40}))
    assert [group.numbers["rate"][0] for group in groups] == ["2", "3", "10"]
    right = [1.0] * 30 + [0.0] * 10 + [1.0, 0.0, 0.0] + [1.0] * 10 + [0.0] * 30
    found = variants.compare(groups, right, 1, None, [False] * 83, least=5, sure=30)
    assert [each.people for each in found] == [40, 40, 3]
    assert [each.facility.value for each in found] == pytest.approx([3 / 4, 1 / 4, None])
    # V = 40 · ¾ · ¼ / 39; √(V / 40)
    assert found[0].error.value == pytest.approx(sqrt(0.75 * 0.25 / 39))
    assert found[2].facility.reason is Reason.FEW_PEOPLE
    # ¾ against 11 of 43: 0.494 apart, the error of the difference is √(0.1875 / 39 + 0.1904 / 42) = 0.0966
    assert [each.differs for each in found] == [True, True, False]
    few = variants.compare(groups, right, 1, None, [False] * 83, least=5, sure=41)
    assert not any(each.differs for each in few)


def test_a_difference_that_may_be_chance_is_not_said() -> None:
    """24 of 40 against 18 of 40: 0.15 apart, the error of the difference 0.111."""
    groups = variants.groups_of(drawn_by({"2": 40, "3": 40}))
    right = [1.0] * 24 + [0.0] * 16 + [1.0] * 18 + [0.0] * 22
    assert not any(
        each.differs for each in variants.compare(groups, right, 1, None, [False] * 80, least=5, sure=30)
    )


def test_many_variants_are_grouped_by_each_parameter() -> None:
    drawn = [{"price": str(100 + 10 * (at % 15)), "rate": "2.5"} for at in range(45)]
    groups = variants.groups_of(drawn)
    assert [group.numbers for group in groups] == [
        {"price": ("100", "140")},
        {"price": ("150", "190")},
        {"price": ("200", "240")},
    ]  # the rate is always the same
    assert [len(group.members) for group in groups] == [15, 15, 15]
    assert sorted(at for group in groups for at in group.members) == list(range(45))


@pytest.mark.parametrize(
    ("value", "slip"),
    [
        ("10", Slip.RIGHT),
        ("10.01", Slip.RIGHT),
        ("-10", Slip.SIGN),
        ("1000", Slip.TEN),
        ("0.1", Slip.TEN),
        ("10.4", Slip.NEAR),
        ("11", Slip.OTHER),
    ],
)
def test_in_what_a_number_is_wrong(value: str, slip: Slip) -> None:
    """500 at 2 per cent: 10."""
    body = grading.validate("q", CALCULATED)
    layout = grading.full_layout(body) | {"parameters": {"price": "500", "rate": "2"}}
    assert variants.slip_of(body, layout, {"value": value}) is slip


def test_the_right_number_in_a_wrong_unit() -> None:
    units = {"units": [{"unit": {"zh": "角", "en": "jiao"}, "factor": "0.1"}]}
    body = grading.validate("q", authored("calculated", **units))
    layout = grading.full_layout(body) | {"parameters": {"price": "500", "rate": "2"}}
    jiao = body["units"][0]["id"]
    assert variants.slip_of(body, layout, {"value": "10", "unit": jiao}) is Slip.UNIT
    assert variants.slip_of(body, layout, {"value": "100", "unit": jiao}) is Slip.RIGHT


def calculated(at: int, key: str, body: dict[str, Any]) -> Said:
    """Whoever drew a price of 500 or more moves the decimal point."""
    if key != "number":
        return {"value": bool(at % 2)}

    def answer(layout: dict[str, Any]) -> dict[str, Any]:
        right = grading.perfect(body, layout)
        high = float(layout["parameters"]["price"]) >= 500
        return {"value": f"{float(right['value']) * 100:.2f}"} if high else right

    return answer


def test_a_calculated_question_shows_its_slips_and_what_the_numbers_do() -> None:
    bodies = {"number": CALCULATED, "other": authored("true_false")}
    item: ItemReport = build(sample_of(bodies, 120, calculated)).items[0]
    table = item.choices
    assert table is not None
    used = {use.choice.id: use.count for use in table.uses}
    assert used[Slip.RIGHT] + used[Slip.TEN] == 120
    assert used[Slip.RIGHT] == round((item.facility.value or 0) * 120)
    by_price = [each for each in item.variants if "price" in each.numbers]
    assert by_price[0].facility.value == 1
    assert by_price[-1].facility.value == 0
    assert Code.VARIANTS_DIFFER in {each.code for each in item.findings}
    assert parts_of(item.question.body) == []
