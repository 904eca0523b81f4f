"""What markers give and what it earns, on examples worked by hand."""

import uuid
from decimal import Decimal
from typing import Any

import pytest

from app.core.errors import Invalid
from app.quizzes import grading
from app.quizzes.grading.base import NeedsMarking
from app.quizzes.marking import rules
from app.quizzes.marking.answers import Panel
from app.quizzes.marking.models import Mark
from app.quizzes.marking.rules import FLOOR, Marked, Part, Stage
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

ITEMS = [uuid.UUID(int=number) for number in range(1, 30)]
HER, HIM, ANNA = ITEMS[:3]


def parts_of(kind: str, *names: str, marks: str = "10", **values: Any) -> tuple[grading.Body, list[Part]]:
    body = grading.validate("q", authored(kind, **values))
    inner = {each["prompt"]["en"]: each["id"] for each in body.get("parts", ())}
    return body, rules.parts_of(body, [inner.get(f"Text {name}", name) for name in names], Decimal(marks))


def test_a_whole_question_is_one_part_and_those_of_a_case_are_worth_their_share() -> None:
    body, (whole,) = parts_of("essay", "", marks="4")
    assert (whole, whole.field(), whole.field("c")) == (Part("", body, 0, Decimal(4)), "whole-points", "whole-c")
    # Of 10 marks for parts of 2, 1 and 5 in the question itself.
    _body, found = parts_of("case", "why", "when")
    assert [(part.number, part.marks) for part in found] == [(2, Decimal("1.25")), (3, Decimal("6.25"))]
    assert found[1].field("c") == f"{found[1].name}-c"
    assert [part.marks for part in parts_of("case", "why", marks="0.1")[1]] == [Decimal("0.06")]
    assert [part.marks for part in parts_of("case", "why", marks="0.12")[1]] == [Decimal("0.08")]  # 0.075


def test_points_or_levels_earn_their_share() -> None:
    body, (part,) = parts_of("file_upload", "", marks="3")
    assert rules.share_of(part, {"points": "2"}) == Decimal("0.66667")
    waits = NeedsMarking({"": Decimal(1)})
    assert rules.fraction_of(waits, [part], {"": {"points": "2"}}) == Decimal("0.66667")
    body, (part,) = parts_of("essay", "")
    levels = {row["id"]: row["levels"][1]["id"] for row in body["rubric"]}
    assert rules.share_of(part, {"levels": levels}) == Decimal("0.5")
    with pytest.raises(Invalid):
        rules.share_of(part, {"levels": dict(list(levels.items())[:1])})


def test_marks_are_counted_by_level_or_in_quarters() -> None:
    body, (part,) = parts_of("essay", "")
    law, facts = ([level["id"] for level in row["levels"]] for row in body["rubric"])
    rows = [row["id"] for row in body["rubric"]]
    given = [
        {"": {"levels": dict(zip(rows, chosen, strict=True))}} for chosen in zip(law, facts[:1] * 3, strict=True)
    ]
    found = rules.spread([part], [*given, {"other": {}}])
    assert [[count for _level, _points, count in each.counts] for each in found] == [[1, 1, 1], [3, 0, 0]]
    assert [points for _level, points, _count in found[0].counts] == [0, 2, 4]
    _body, (part,) = parts_of("file_upload", "", marks="4")
    (bands,) = rules.spread([part], [{"": {"points": points}} for points in ("0", "1", "1.01", "2", "3.5", "4")])
    assert [(int(bound), count) for _level, bound, count in bands.counts] == [(1, 2), (2, 2), (3, 0), (4, 2)]


def test_two_agree_up_to_exactly_the_amount_in_per_cent_of_what_people_mark() -> None:
    half, amount = Decimal("0.5"), Decimal(20)
    assert rules.apart(Decimal("0.3"), Decimal("0.4"), half) == Decimal(20)
    assert rules.apart(Decimal("0.4"), Decimal("0.3"), Decimal("0.3")) == Decimal("33.33")

    def stage(*fractions: str, limit: Decimal | None = amount) -> Stage:
        return rules.stage_of([Decimal(each) for each in fractions], limit, half)

    assert [stage(limit=None), stage("1", limit=None)] == [Stage.FIRST, Stage.SETTLED]
    assert [stage(), stage("1")] == [Stage.FIRST, Stage.SECOND]
    assert [stage("0.3", "0.4"), stage("0.3", "0.40003")] == [Stage.SETTLED, Stage.THIRD]
    assert stage("0", "1", "0.7") is Stage.SETTLED
    earned = [rules.settled_fraction([Decimal(each) for each in given]) for given in (["0.7"], ["0.00001", "0"])]
    assert earned == [Decimal("0.7"), Decimal("0.00001")]


def test_two_see_their_own_mark_alone_and_who_decides_sees_both() -> None:
    one, other, third = (
        Mark(marker_id=marker, fraction=Decimal(fraction), number=number)
        for number, (marker, fraction) in enumerate(((HER, "0.2"), (HIM, "0.8"), (ANNA, "0.5")), start=1)
    )

    def panel(*marks: Mark, limit: int = 20) -> Panel:
        return Panel(list(marks), Decimal(limit), Decimal(1), Decimal(0))

    far = Decimal(60)
    assert [each.apart for each in (panel(one), panel(one, other), panel(one, other, third))] == [None, far, far]
    assert [panel(one).visible_to(HER), panel(one).visible_to(HIM)] == [[one], []]
    for pair in (panel(one, other), panel(one, other, limit=60)):
        assert [pair.visible_to(HER), pair.visible_to(HIM)] == [[one], [other]]
        assert pair.visible_to(ANNA) == [one, other]  # to decide, or because both count
    decided = panel(one, other, third)
    assert [decided.visible_to(marker) for marker in (HER, HIM)] == [[one], [other]]
    assert decided.visible_to(ANNA) == [one, other, third]
    assert decided.visible_to(ITEMS[9]) == decided.counting == [third]


def test_each_marker_goes_round_in_an_order_of_her_own() -> None:
    ordered = sorted(ITEMS, key=lambda each: rules.order_for(HER, each))
    assert ordered != ITEMS
    assert ordered != sorted(ITEMS, key=lambda each: rules.order_for(HIM, each))
    went = [rules.next_of(ITEMS, HER, None)]
    for _each in ITEMS:
        went.append(rules.next_of(ITEMS, HER, went[-1]))
    assert went == [*ordered, ordered[0]]
    assert rules.next_of([HER], HER, HER) is None
    assert rules.code_of(uuid.UUID(int=0x1ABCDEF)) == "ABCDEF"
    assert rules.next_of([], HER, None) is None


def test_figures_about_markers_need_enough_marks() -> None:
    marked = [
        Marked(item, HER, Decimal(percent), 1) for item, percent in zip(ITEMS, (10, 20, 30, 40), strict=False)
    ]
    (few,) = rules.marker_figures(marked)
    assert (few.marks, few.mean, few.deviation, few.pairs, few.severity) == (FLOOR - 1, None, None, 0, None)
    marked.append(Marked(ITEMS[9], HER, Decimal(50), 1))
    marked += [Marked(each.item_id, HIM, each.percent + (30 if each.percent > 30 else -10), 2) for each in marked]
    marked += [Marked(item, ANNA, Decimal(0), 3) for item in ITEMS[:6]]
    anna, her, him = rules.marker_figures(marked)
    assert (anna.marker_id, anna.marks, anna.pairs, anna.mean) == (ANNA, 6, 0, Decimal(0))
    assert (her.marks, her.mean, her.severity, her.distance) == (5, Decimal(30), Decimal(-6), Decimal(18))
    assert (him.pairs, him.severity, him.distance) == (5, Decimal(6), Decimal(18))
    assert her.deviation is not None
    assert round(her.deviation, 5) == Decimal("15.81139")  # √(1000 / 4)
