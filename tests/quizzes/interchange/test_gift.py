"""GIFT as it is found in the world."""

from typing import Any

import pytest

from app.quizzes.interchange import formats
from app.quizzes.interchange.model import Item

pytestmark = pytest.mark.no_database

FILE = r"""// a comment
$CATEGORY: $course$/top/IP

::Q1:: Who may file a complaint\: the owner \{or\} a licensee? {
	=An owner with 50\% \= enough#Right, see the rule.
	~A stranger \~ never#No.
	~Nobody \#1
}

// [id:q-2] [tag:clock] [tag:difficulty:2]
::Second::[html]<p>How many <b>days</b>?<br>Count.</p>{#30:2####[html]<p>See the <em>order</em>.</p>}

The ALJ sets a target {=date ~person ~court} early.

Is this true?{TRUE#Wrong!#Right!}

::pi:: [markdown]Give **pi** {#3.13..3.15}

::m:: Match {
  =Germany -> Munich
  =France -> Paris
  = -> Rome
}

::short::Name it {=exclusion order =%100%limited exclusion order =%50%order}

::many:: Choose all {~%60%a ~%40%b ~%-100%c}

::half:: Choose {=a ~%50%b ~c}

::essay:: Explain. {}

A mere description.

::open:: Never closed {=a ~b

::pattern:: Starts with {=exclu*}

::two:: All {=a ~%100%b =c}

::three:: Which numbers {#=1822:0 =1823:0}

::pic:: [html]<img src="x.png"> {T}
"""


@pytest.fixture(scope="module")
def items() -> dict[str, Item]:
    kind, found = formats.read(FILE.encode(), "bank.gift.txt", "en")
    assert kind == "gift"
    return {item.key or item.raw["prompt"]["en"][:8]: item for item in found.items}


def texts(choices: list[dict[str, Any]]) -> list[str]:
    return [choice["text"]["en"] for choice in choices]


def test_choices_escapes_and_feedback(items: dict[str, Item]) -> None:
    raw = items["q1"].raw
    assert raw["type"] == "single"
    assert raw["prompt"] == {"zh": "", "en": "Who may file a complaint: the owner {or} a licensee?"}
    assert texts(raw["choices"]) == ["An owner with 50\\\\% = enough", "A stranger ~ never", "Nobody #1"]
    assert [choice.get("correct", False) for choice in raw["choices"]] == [True, False, False]
    assert raw["choices"][0]["feedback"]["en"] == "Right, see the rule."
    assert items["q1"].where == "4"
    assert items["q1"].missing == ("zh",)


def test_html_tags_and_general_feedback(items: dict[str, Item]) -> None:
    raw = items["q-2"].raw
    assert (raw["type"], raw["answer"], raw["tolerance"]) == ("numeric", "30", "2")
    assert raw["prompt"]["en"] == "How many **days**?\\\nCount."
    assert raw["feedback"]["en"] == "See the *order*."
    assert (raw["tags"], raw["difficulty"]) == (["clock"], 2)


def test_a_missing_word(items: dict[str, Item]) -> None:
    raw = items["The ALJ "].raw
    assert raw["prompt"]["en"] == "The ALJ sets a target \\_\\_\\_\\_\\_ early."
    assert texts(raw["choices"]) == ["date", "person", "court"]


def test_true_false_keeps_what_was_said(items: dict[str, Item]) -> None:
    item = items["Is this "]
    assert item.raw["answer"] is True
    assert item.raw["feedback"]["en"] == "Right!\n\nWrong!"
    assert "now follows" in str(item.notes[0])


def test_a_range(items: dict[str, Item]) -> None:
    assert (items["pi"].raw["answer"], items["pi"].raw["tolerance"]) == ("3.14", "0.01")
    assert items["pi"].raw["prompt"]["en"] == "Give **pi**"


def test_matching_with_a_distractor(items: dict[str, Item]) -> None:
    raw = items["m"].raw
    assert [(pair["left"]["en"], pair["right"]["en"]) for pair in raw["pairs"]] == [
        ("Germany", "Munich"),
        ("France", "Paris"),
    ]
    assert texts(raw["distractors"]) == ["Rome"]


def test_what_changes_is_noted(items: dict[str, Item]) -> None:
    assert items["short"].raw["accept"] == ["exclusion order", "limited exclusion order"]
    assert [str(note) for note in items["short"].notes] == ["“order” was worth 50% and is now wrong."]
    assert items["many"].raw["scoring"] == "partial_with_penalty"
    assert "weights are replaced" in str(items["many"].notes[0])
    assert [str(note) for note in items["half"].notes] == ["“b” was worth 50% and is now wrong."]


def test_what_is_refused_is_named_with_its_line() -> None:
    _kind, found = formats.read(FILE.encode(), "bank.gift.txt", "en")
    lines = FILE.split("\n")
    refused = {refusal.what: refusal for refusal in found.refused}
    for start, reason in {
        "A mere": "no answers in braces",
        "::open::": "never closed",
        "::pattern::": "by a pattern",
        "::two::": "every one of its answers",
        "::three::": "several numbers",
        "::pic::": "not in the file",
    }.items():
        refusal = next(found for what, found in refused.items() if what.startswith(start))
        assert reason in str(refusal.why)
        assert lines[int(refusal.where) - 1].startswith(start)
    assert len(found.refused) == 6


def test_an_essay_waits_for_its_model_answer(items: dict[str, Item]) -> None:
    essay = items["essay"]
    assert (essay.raw["type"], essay.raw["prompt"]["en"]) == ("essay", "Explain.")
    assert essay.raw["model"] == {"zh": "", "en": ""}
    assert [level["points"] for level in essay.raw["rubric"][0]["levels"]] == [0, 1, 2]
    assert "Write your own" in str(essay.notes[0])


def test_text_without_letters_serves_both_languages() -> None:
    _kind, found = formats.read(b"::n:: {mlang zh}\xe5\x87\xa0\xe5\xa4\xa9{mlang} {=30 ~60}", "x.gift", "en")
    assert found.refused  # unescaped braces of {mlang}: as Moodle, the first brace opens the answers
    text = "::n:: \\{mlang zh_cn\\}几天？\\{mlang\\}\\{mlang en\\}How many days?\\{mlang\\} {=30 ~60 ~60–90}"
    _kind, found = formats.read(text.encode(), "x.gift", "en")
    item = found.items[0]
    assert item.raw["prompt"] == {"zh": "几天？", "en": "How many days?"}
    assert item.missing == ()


def test_the_encodings_of_chinese_windows() -> None:
    text = "::q:: 专利权人可以申诉吗？{T}"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        _kind, found = formats.read(text.encode(encoding), "q.txt", "zh")
        assert found.items[0].raw["prompt"]["zh"] == "专利权人可以申诉吗？", encoding
