"""What a Moodle of its own (4.2.3, with its add-ons for ordering and multiple response) did with our files."""

import io
import zipfile
from typing import Any

import pytest
from lxml import etree

from app.quizzes.interchange import formats
from app.quizzes.interchange.carried import NAMESPACE
from app.quizzes.interchange.comparing import difference
from app.quizzes.interchange.model import Exported, Imported, Question
from tests.support.quizzes import authored, both, choices

pytestmark = pytest.mark.no_database


def sent(form: str, kind: str, **values: Any) -> Exported:
    """One question that goes in a format."""
    exported = formats.write(form, [Question("q", authored(kind, **values))], {})
    assert not exported.left_out
    return exported


def said(exported: Exported) -> list[str]:
    return [str(note.why) for note in exported.notes]


def through_moodle(data: bytes) -> Imported:
    """The file as Moodle would write it: without what only we know, the questions by type and name."""
    root = etree.fromstring(data)
    for carried in root.findall(f".//{{{NAMESPACE}}}carried"):
        parent = carried.getparent()
        assert parent is not None
        parent.remove(carried)
    questions = sorted(root, key=lambda each: (each.get("type"), each.findtext("name/text")))
    for question in questions:
        root.append(question)
    return formats.read(etree.tostring(root, encoding="UTF-8"), "moodle.xml", "zh")[1]


def test_its_reader_of_orders_is_told_whether_to_number_the_right_ones() -> None:
    """Else it makes empty hints, its database refuses them, and the import breaks off in the middle."""
    question = etree.fromstring(sent("moodle", "ordering").data)[0]
    assert question.findtext("shownumcorrect") == "1"


def test_a_case_comes_back_whole_whatever_the_order_of_its_questions() -> None:
    """Moodle writes questions by type: other questions stand between those of a case, and some before its stem."""
    part = {"type": "numeric", "prompt": both("how long"), "answer": 7}
    parts = [{**authored("case")["parts"][2], "id": "p1"}, {**part, "id": "p2"}, {**part, "id": "p10"}]
    case, alone = authored("case", parts=parts), authored("numeric")
    data = formats.write("moodle", [Question("q", case), Question("q-1", alone)], {}).data
    found = through_moodle(data)
    assert not found.refused
    by_key = {item.key: item.raw for item in found.items}
    assert set(by_key) == {"q", "q-1"}
    assert [(each["type"], each["id"]) for each in by_key["q"]["parts"]] == [
        ("essay", "p1"),
        ("numeric", "p2"),
        ("numeric", "p10"),
    ]
    assert difference(alone, by_key["q-1"]) == ""


def test_an_essay_without_feedback_goes_as_gift() -> None:
    """Nothing stands between its braces, and no empty line, which would end the question."""
    exported = sent("gift", "essay", feedback=None)
    assert "\n\n" not in exported.data.decode().strip()
    assert "{\n}" in exported.data.decode()


def test_gift_speaks_both_languages_to_a_moodle_without_add_ons() -> None:
    """Spans are read by the filter that Moodle brings along; {mlang} needs another."""
    text = sent("gift", "single").data.decode()
    assert '<span lang\\="zh_cn" class\\="multilang">' in text
    assert "mlang" not in text.replace("multilang", "")


@pytest.mark.parametrize("form", ["gift", "moodle", "qti22", "qti30"])
def test_any_of_several_right_choices(form: str) -> None:
    """A single choice with several answers worth everything, as Moodle has it, too."""
    asked = authored("single", choices=choices("bc"), any_right=True)
    exported = formats.write(form, [Question("q", asked)], {})
    assert not exported.notes
    found = formats.read(exported.data, exported.name, "zh")[1]
    assert difference(asked, found.items[0].raw) == ""
    assert found.items[0].notes == ()


def test_not_every_answer_can_be_right() -> None:
    found = formats.read(b"::q:: Which? {=a =%100%b ~%100%c}", "q.gift.txt", "en")[1]
    assert [str(refusal.why) for refusal in found.refused] == ["every one of its answers is worth full marks"]


@pytest.mark.parametrize(("wrong", "warned"), [(10, False), (11, True), (20, False)])
@pytest.mark.parametrize("form", ["gift", "moodle"])
def test_weights_that_moodle_does_not_list(form: str, wrong: int, warned: bool) -> None:
    """Its import passes over a question with such a weight, unless it is told to take the nearest."""
    offered = choices("a", "abcdefghijklmnopqrstu"[: wrong + 1])
    exported = sent(form, "multiple", choices=offered, scoring="partial_with_penalty")
    assert any("nearest grade" in note for note in said(exported)) is warned


@pytest.mark.parametrize(
    ("form", "kind", "scoring", "note"),
    [
        ("gift", "multiple", "all_or_nothing", "less the share of wrong ones"),
        ("gift", "multiple", "partial", "less the share of wrong ones"),
        ("moodle", "ordering", "longest_run", "the items of the longest run"),
        ("qti22", "multiple", "partial", "as many choices as are right"),
        ("qti30", "ordering", "adjacent", "at its own place"),
        ("qti30", "ordering", "longest_run", "at its own place"),
    ],
)
def test_scoring_that_a_format_has_no_words_for(form: str, kind: str, scoring: str, note: str) -> None:
    """It goes in the words nearest to it, the difference is said before the download, and ours comes back."""
    exported = sent(form, kind, scoring=scoring)
    assert any(note in line for line in said(exported))
    item = formats.read(exported.data, exported.name, "zh")[1].items[0]
    assert (item.raw["scoring"], item.notes) == (scoring, ())


@pytest.mark.parametrize(("most", "scoring"), [("2", "partial"), ("0", "partial_with_penalty")])
def test_as_many_choices_as_are_right_displace_one_another(most: str, scoring: str) -> None:
    """A stranger's item that lets nobody take more is scored as ours is; one that sets no limit is not."""
    package = zipfile.ZipFile(io.BytesIO(sent("qti22", "multiple", scoring="partial").data))
    item = package.read("items/q.xml").replace(b'maxChoices="2"', f'maxChoices="{most}"'.encode())
    found = formats.read(item, "q.xml", "zh")[1].items[0]
    assert found.raw["scoring"] == scoring
    assert bool(found.notes) is (scoring != "partial")


def test_a_strangers_longest_run_is_noted() -> None:
    data = sent("moodle", "ordering", scoring="longest_run").data
    stranger = data.replace(b"<text>scoring:longest_run</text>", b"<text>other</text>")
    item = formats.read(stranger, "q.xml", "zh")[1].items[0]
    assert item.raw["scoring"] == "longest_run"
    assert any("items of its longest run" in str(note) for note in item.notes)
