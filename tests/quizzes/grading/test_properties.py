"""What holds for every type of question, whatever its author wrote and whatever a browser sends."""

import copy
import json
from contextlib import suppress
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.digests import canonical
from app.core.errors import Invalid
from app.quizzes import grading
from app.quizzes.grading import certainty
from app.quizzes.marking.rules import MARKED_TYPES
from tests.quizzes.grading.strategies import (
    BLANKS,
    KINDS,
    altered,
    chance,
    json_values,
    places_in,
    questions,
    replaced,
    spoilt,
    unfit,
)

pytestmark = pytest.mark.no_database

every_type = pytest.mark.parametrize("kind", sorted(KINDS))
examples = settings(max_examples=60, deadline=None)
few_examples = settings(max_examples=20, deadline=None)
seeds = st.integers(0, 2**62)

#: Names under which bodies keep their keys.
SECRET = {"correct", "answer", "accept", "patterns", "formula", "tolerance", "model", "feedback", "factor", "item"}


def body_of(data: st.DataObject, kind: str) -> grading.Body:
    return grading.validate("q1", data.draw(questions(kind)))


def drawn(data: st.DataObject, body: grading.Body) -> grading.Layout:
    return grading.lay_out(body, chance(data.draw(seeds)), shuffle=data.draw(st.booleans()))


def finished(result: grading.Result) -> grading.Graded:
    """The grade once people have given every waiting part full marks."""
    if isinstance(result, grading.NeedsMarking):
        return result.with_marks(dict.fromkeys(result.waiting, Decimal(1)))
    return result


def test_every_type_has_its_strategy() -> None:
    assert set(KINDS) == set(grading.TYPES)


@every_type
@examples
@given(data=st.data())
def test_a_perfect_answer_earns_full_marks_on_every_paper(kind: str, data: st.DataObject) -> None:
    body = body_of(data, kind)
    layout = drawn(data, body)
    result = grading.grade(body, grading.perfect(body, layout), layout)
    assert finished(result).fraction == 1
    assert finished(result).correct
    assert grading.is_complete(grading.perfect(body, layout), layout)


@every_type
@examples
@given(data=st.data())
def test_an_empty_answer_earns_nothing_and_waits_for_nobody(kind: str, data: st.DataObject) -> None:
    body = body_of(data, kind)
    layout = drawn(data, body)
    nothings: list[grading.Response | None] = [None, {}]
    for blank in BLANKS:
        with suppress(Invalid):  # of another type
            nothings.append(grading.normalise(blank, layout))
    assert any(nothings) is False
    assert len(nothings) > 2 or kind in {"single", "true_false"}
    for nothing in nothings:
        result = grading.grade(body, nothing, layout)
        assert not grading.is_complete(nothing or {}, layout)
        assert isinstance(result, grading.Graded)
        assert result.fraction == 0
        assert result.certainty_mark in {None, 0}


@every_type
@examples
@given(data=st.data())
def test_garbage_is_refused_and_everything_else_is_graded_within_bounds(kind: str, data: st.DataObject) -> None:
    body = body_of(data, kind)
    layout = drawn(data, body)
    perfect = grading.perfect(body, layout)
    response = data.draw(spoilt(perfect) | altered(perfect))
    try:
        cleaned = grading.normalise(response, layout)
    except Invalid:
        return
    canonical(cleaned)
    result = grading.grade(body, cleaned, layout)
    assert 0 <= result.fraction <= 1
    assert 0 <= finished(result).fraction <= 1
    assert grading.normalise(cleaned, layout) == cleaned
    if result.certainty_mark is not None:
        assert certainty.LOWEST <= result.certainty_mark <= certainty.HIGHEST


@pytest.mark.parametrize("kind", ["case", "cloze"])
@few_examples
@given(data=st.data())
def test_what_one_part_cannot_take_costs_the_others_nothing(kind: str, data: st.DataObject) -> None:
    body = body_of(data, kind)
    layout = drawn(data, body)
    ((container, answers),) = grading.perfect(body, layout).items()
    spoiled = data.draw(st.sampled_from(sorted(answers)))
    rest = {name: answer for name, answer in answers.items() if name != spoiled}
    written = {"value": data.draw(st.sampled_from(["many", "5²", "1,00", "9" * 30]))} | {"text": "x" * 20_001}
    texts = {name for name, value in answers[spoiled].items() if isinstance(value, str)} & set(written)
    part = {name: written[name] for name in texts} or answers[spoiled]
    refused: list[str] = []
    try:
        kept = grading.normalise({container: answers | {spoiled: part}}, layout)
    except grading.PartsRefused as refusal:
        kept, refused = refusal.kept, list(refusal.refused)
    assert refused in ([], [f"{container}/{spoiled}"])
    if refused:
        assert kept == grading.normalise({container: rest}, layout)
    assert grading.normalise(kept, layout) == kept


@every_type
@few_examples
@given(data=st.data())
def test_whatever_an_author_writes_is_refused_or_works(kind: str, data: st.DataObject) -> None:
    raw = data.draw(questions(kind))
    place = data.draw(st.sampled_from(places_in(raw)[1:]))
    try:
        body = grading.validate("q1", replaced(raw, place, data.draw(unfit | json_values)))
    except Invalid:
        return
    layout = drawn(data, body)
    assert finished(grading.grade(body, grading.perfect(body, layout), layout)).correct
    grading.view(body, layout)


@every_type
@examples
@given(data=st.data())
def test_shuffling_never_changes_a_grade(kind: str, data: st.DataObject) -> None:
    body = body_of(data, kind)
    seed = data.draw(seeds)
    plain = grading.lay_out(body, chance(seed), shuffle=False)
    response = data.draw(altered(grading.perfect(body, plain)))
    try:
        expected = grading.grade(body, response, plain)
    except Invalid:
        response, expected = {}, grading.grade(body, {}, plain)
    for other in range(3):
        shuffled = with_numbers_of(plain, grading.lay_out(body, chance(other), shuffle=True))
        assert grading.grade(body, response, shuffled) == expected


@every_type
@few_examples
@given(data=st.data())
def test_a_replay_of_what_is_stored_gives_the_same_grade(kind: str, data: st.DataObject) -> None:
    """Question, paper and answer as the database gives them back, whatever the process's decimal context."""
    body = body_of(data, kind)
    layout = drawn(data, body)
    response = data.draw(altered(grading.perfect(body, layout)))
    try:
        kept = grading.normalise(response, layout)
    except Invalid:
        kept = {}
    first = grading.grade(body, kept, layout)
    again = (json.loads(json.dumps(part, ensure_ascii=False, sort_keys=True)) for part in (body, kept, layout))
    with localcontext(prec=50, rounding=ROUND_DOWN):
        assert grading.grade(*again) == first


@pytest.mark.parametrize("kind", sorted(MARKED_TYPES))
@few_examples
@given(data=st.data())
def test_parts_that_wait_bring_the_question_to_what_people_give(kind: str, data: st.DataObject) -> None:
    body = body_of(data, kind)
    layout = drawn(data, body)
    result = grading.grade(body, grading.perfect(body, layout), layout)
    if not isinstance(result, grading.NeedsMarking):
        assert kind == "case"  # with parts of other types only
        return
    given_now = {part: data.draw(st.decimals(0, 1, places=5)) for part in result.waiting}
    more = {part: min(fraction + Decimal("0.2"), Decimal(1)) for part, fraction in given_now.items()}
    nothing = result.with_marks(dict.fromkeys(result.waiting, Decimal(0))).fraction
    low, high = (result.with_marks(marks).fraction for marks in (given_now, more))
    assert 0 <= nothing <= low <= high <= 1
    assert abs(nothing - result.fraction) <= Decimal("0.00001")


@every_type
@examples
@given(data=st.data())
def test_neither_layout_nor_view_holds_the_key(kind: str, data: st.DataObject) -> None:
    body = body_of(data, kind)
    layout = drawn(data, body)
    for document in (layout, grading.view(body, layout)):
        assert not SECRET & set(names_in(document))


@every_type
@examples
@given(data=st.data())
def test_the_same_seed_lays_out_the_same_paper_and_leaves_the_question_alone(
    kind: str, data: st.DataObject
) -> None:
    body = body_of(data, kind)
    before = copy.deepcopy(body)
    seed = data.draw(seeds)
    assert grading.lay_out(body, chance(seed)) == grading.lay_out(body, chance(seed))
    assert body == before
    assert grading.full_layout(body) == grading.full_layout(body)


def with_numbers_of(plain: grading.Layout, shuffled: grading.Layout) -> grading.Layout:
    """The shuffled paper with the plain one's drawn numbers, in parts too: other numbers have other answers."""
    return {
        name: plain[name]
        if name == "parameters"
        else with_numbers_of(plain[name], inner)
        if isinstance(inner, dict)
        else inner
        for name, inner in shuffled.items()
    }


def names_in(value: Any) -> list[str]:
    """Every field name of a JSON document."""
    if isinstance(value, dict):
        return [*value, *(name for inner in value.values() for name in names_in(inner))]
    return [name for inner in value for name in names_in(inner)] if isinstance(value, list) else []
