"""Questions of Common Cartridges (QTI 1.2): what becomes of each profile, and what is refused: pure."""

from typing import Any

import pytest

from app.quizzes.interchange.formats import read
from app.quizzes.interchange.model import Imported
from tests.support.packages import cartridge
from tests.support.qti12 import (
    CHOICE,
    EVERY,
    FIELD,
    SEVERAL,
    assessment,
    bank,
    choices,
    equal,
    html,
    item,
    plain,
    says,
    when,
)

pytestmark = pytest.mark.no_database

XY = choices(["x", "y"])
RIGHT = when(equal("a"), score="100")


def imported(*items: str) -> Imported:
    kind, found = read(assessment(items).encode(), "test.xml", "en")
    assert kind == "xml"
    return found


def raw(text: str) -> dict[str, Any]:
    found = imported(text)
    assert [str(refusal.why) for refusal in found.refused] == []
    return found.items[0].raw


def refusal(text: str) -> str:
    found = imported(text)
    assert found.items == []
    return str(found.refused[0].why)


def test_every_profile_becomes_a_question() -> None:
    found = imported(*EVERY)
    assert [str(refusal.why) for refusal in found.refused] == []
    single, statement, several, gap, pattern, essay = (one.raw for one in found.items)
    assert single["prompt"] == {"zh": "", "en": "Who **decides**?"}
    assert single["feedback"]["en"] == "By statute."
    assert [(one["text"]["en"], one.get("correct", False)) for one in single["choices"]] == [
        ("The office", False),
        ("The commission", True),
    ]
    assert single["choices"][0]["feedback"]["en"] == "It files."
    assert "feedback" not in single["choices"][1]
    assert ["depends on whether" in str(note) for note in found.items[0].notes] == [True]
    assert (statement["type"], statement["answer"]) == ("true_false", False)
    assert [one.get("correct", False) for one in several["choices"]] == [True, False, True]
    assert (several["scoring"], several["marks"]) == ("all_or_nothing", "2")
    assert (gap["accept"], gap["feedback"]["en"], "ignore" in gap) == (["ITC", "USITC"], "ITC.", False)
    assert (pattern["accept"], pattern["patterns"], pattern["ignore"]) == (
        ["exclusion"],
        ["*exclusion*"],
        ["width"],
    )
    assert (essay["type"], essay["model"]["en"], "feedback" in essay) == ("essay", "She may complain.", False)


def test_marks_for_single_choices_are_added_up_as_ours_or_noted() -> None:
    worth = {"a": "50", "b": "-100", "c": "50"}
    scored = [when(equal(name), score=score, action="Add") for name, score in worth.items()]
    several = item("multiple_response", plain("Which?"), choices(["x", "y", "z"], "Multiple"), *scored)
    assert raw(several)["scoring"] == "partial_with_penalty"
    partly = item(
        "multiple_choice",
        plain("Which?"),
        XY,
        RIGHT,
        when(equal("b"), score="40"),
    )
    assert any("40%" in str(note) for note in imported(partly).items[0].notes)


def test_pictures_written_into_the_text_come_along() -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    shown = item(
        "multiple_choice",
        html(f'<p>What? <img src="data:image/png;base64,{dot}" alt="A dot"></p>'),
        XY,
        RIGHT,
    )
    found = imported(shown)
    assert "![A dot](media:" in found.items[0].raw["prompt"]["en"]
    assert len(found.media) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (item("multiple_choice", plain("?"), XY), "no answer is worth full marks"),
        (
            item("multiple_choice", plain("?"), choices(["x"]), RIGHT),
            "fewer than 2 answers",
        ),
        (
            item("multiple_choice", plain("?"), XY, when(equal("c"), score="100")),
            "not one of its",
        ),
        (item("multiple_choice", "", XY, RIGHT), "no question text"),
        (
            item("multiple_choice", plain("?"), XY * 2, RIGHT),
            "asks 2 things",
        ),
        (item("fib", plain("?"), ""), "asks nothing"),
        (item("fib", plain("?"), FIELD.replace("response_str", "response_num")), "type “response_num”"),
        (item("fib", plain("?"), FIELD, when(equal("x"), score="many")), "not a number"),
        (CHOICE.replace('ident="b"', 'ident="a"'), "identifiers of their own"),
        (CHOICE.replace("<presentation>", "<presentation><material><mataudio/></material>"), "<mataudio>"),
        (
            SEVERAL.replace("</resprocessing>", when(equal("b") + equal("c"), score="50") + "</resprocessing>"),
            "combinations of answers",
        ),
        (CHOICE.replace("Who &lt;b", '&lt;img src="https://example.org/a.png">Who &lt;b'), "picture"),
    ],
)
def test_what_cannot_be_taken_says_why(text: str, why: str) -> None:
    assert why in refusal(text)


def test_a_bank_is_read_and_one_bad_question_costs_itself_alone() -> None:
    data = bank([CHOICE, item("fib", plain("?"), ""), SEVERAL]).encode()
    _kind, found = read(data, "bank.xml", "zh")
    assert [one.raw["type"] for one in found.items] == ["single", "multiple"]
    assert found.items[0].raw["prompt"] == {"zh": "Who **decides**?", "en": ""}
    assert [(one.where, one.what) for one in found.refused] == [("bank.xml", "Question")]


def test_a_cartridge_gives_all_its_questions_with_their_pictures() -> None:
    shown = CHOICE.replace("Who &lt;b", '&lt;img src="$IMS-CC-FILEBASE$/img/court.png" alt="A court">Who &lt;b')
    package = cartridge(test=assessment([shown]), picture="web_resources/img/court.png")
    kind, found = read(package, "package.imscc", "en")
    assert (kind, [one.raw["type"] for one in found.items]) == ("zip", ["single", "true_false"])
    assert "![A court](media:" in found.items[0].raw["prompt"]["en"]
    gone = read(cartridge(test=assessment([shown])), "package.imscc", "en")[1]
    assert [(one.where, "not in the file" in str(one.why)) for one in gone.refused] == [("tests/one.xml", True)]


def test_a_document_type_is_refused() -> None:
    _kind, found = read(('<!DOCTYPE q [<!ENTITY a "b">]>' + assessment()).encode(), "test.xml", "en")
    assert "document type" in str(found.refused[0].why)


def test_feedback_with_the_right_answer_is_that_of_the_choice() -> None:
    told = item(
        "multiple_choice",
        plain("?"),
        XY,
        when(equal("a"), score="100", feedback="fb1"),
        when(equal("b"), feedback="fb2"),
        feedback=says("fb1", "Yes, x.") + says("fb2", "No."),
    )
    assert [one["feedback"]["en"] for one in raw(told)["choices"]] == ["Yes, x.", "No."]
