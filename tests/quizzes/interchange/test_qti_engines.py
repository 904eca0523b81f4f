"""What an engine that runs QTI (TAO's) made of our items, and what public packages were found to hold."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from app.quizzes.interchange import formats
from app.quizzes.interchange.model import Item, Question
from tests.support.quizzes import authored, both, choices

pytestmark = pytest.mark.no_database

NS = {"q": "http://www.imsglobal.org/xsd/imsqti_v2p2"}
PAIRS = [{"id": name, "left": both(f"left {name}"), "right": both(f"right {name}")} for name in "pqr"]
GAPS = [{"id": name, "type": "numeric", "answer": 3} for name in "abc"]
GAPPED = {"zh": "甲{{a}}乙{{b}}丙{{c}}", "en": "a {{a}} b {{b}} c {{c}}"}


def written(kind: str, **values: Any) -> etree._Element:
    data = formats.write("qti22", [Question("q", authored(kind, **values))], {}).data
    return etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("items/q.xml"))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("matching", {"pairs": PAIRS}),
        ("multiple", {"choices": choices("abc", "abcde"), "scoring": "partial_with_penalty"}),
        ("multiple", {"choices": choices("abc", "abcde"), "scoring": "right_minus_wrong"}),
        ("multiple", {"choices": choices("abcdefg", "abcdefgh"), "scoring": "partial", "marks": 2}),
    ],
)
def test_thirds_of_a_mapping_make_a_whole(kind: str, values: dict[str, Any]) -> None:
    """Three times 0.3333333 was not the whole: whoever knew everything lacked a ten-millionth."""
    item = written(kind, **values)
    mapping = item.find(".//q:mapping", NS)
    assert mapping is not None
    right = {value.text for value in item.findall(".//q:correctResponse/q:value", NS)}
    earned = sum(Decimal(entry.get("mappedValue", "")) for entry in mapping if entry.get("mapKey") in right)
    whole = Decimal(str(values.get("marks", 1)))
    assert whole <= earned < whole + Decimal("1e-6")
    assert Decimal(mapping.get("upperBound", "")) == whole


@pytest.mark.parametrize(
    ("kind", "values", "parts"),
    [
        ("ordering", {"items": [{"id": name, "text": both(name)} for name in "xyz"]}, 3),
        ("cloze", {"gaps": GAPS, "text": GAPPED}, 3),
    ],
)
def test_thirds_that_are_added_make_a_whole_and_no_more(kind: str, values: dict[str, Any], parts: int) -> None:
    processing = written(kind, **values).find("q:responseProcessing", NS)
    assert processing is not None
    added = [Decimal(value.text or "") for value in processing.findall(".//q:sum/q:baseValue", NS)]
    assert len(added) == parts
    assert 1 <= sum(added) < 1 + Decimal("1e-6")
    capped = processing.findall("q:responseCondition/q:responseIf/q:gt/q:variable", NS)
    assert [variable.get("identifier") for variable in capped] == ["SCORE", "MAXSCORE"]


ITEM = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="q" title="t">
<responseDeclaration identifier="R" cardinality="multiple" baseType="identifier"><correctResponse>
<value>A</value><value>B</value></correctResponse>MAPPING</responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"SAID/><itemBody><p>Which?</p>
<choiceInteraction responseIdentifier="R" maxChoices="0"><simpleChoice identifier="A">one</simpleChoice>
<simpleChoice identifier="B">two</simpleChoice><simpleChoice identifier="C">three</simpleChoice>
<simpleChoice identifier="D">four</simpleChoice></choiceInteraction></itemBody>
<responseProcessing>PROCESSING</responseProcessing></assessmentItem>"""
MAPPED = '<setOutcomeValue identifier="SCORE"><mapResponse identifier="R"/></setOutcomeValue>'
MATCH = '<match><variable identifier="R"/><correct identifier="R"/></match>'


def scored(name: str, value: str, kind: str) -> str:
    worth = f'<baseValue baseType="{kind}">{value}</baseValue>'
    return f'<setOutcomeValue identifier="{name}">{worth}</setOutcomeValue>'


def stranger(processing: str, mapping: str = "", said: str = "") -> Item:
    text = ITEM.replace("MAPPING", mapping).replace("SAID", said).replace("PROCESSING", processing)
    found = formats.read(text.encode(), "q.xml", "en")[1]
    assert not found.refused
    return found.items[0]


def mapping_of(entries: dict[str, str], **attributes: str) -> str:
    inside = "".join(f'<mapEntry mapKey="{key}" mappedValue="{value}"/>' for key, value in entries.items())
    return f"<mapping {' '.join(f'{name}={value!r}' for name, value in attributes.items())}>{inside}</mapping>"


def test_what_the_mapping_does_not_name_has_its_worth_too() -> None:
    """One point each, none for the rest named: every other choice costs one."""
    item = stranger(MAPPED, mapping_of({"A": "1", "B": "1"}, defaultValue="-1"))
    assert (item.raw["scoring"], item.raw["marks"]) == ("partial_with_penalty", "2")
    assert [str(note) for note in item.notes] == ["Its marks could fall below nought; here they do not."]


@pytest.mark.parametrize(
    ("mapping", "said", "marks"),
    [
        (mapping_of({"A": "2", "B": "2"}), "", "4"),
        (mapping_of({"A": "2", "B": "2"}, upperBound="3"), "", "3"),
        (mapping_of({"A": "2", "B": "2"}), ' normalMaximum="5"', "5"),
    ],
)
def test_what_an_item_is_worth(mapping: str, said: str, marks: str) -> None:
    assert stranger(MAPPED, mapping, said).raw["marks"] == marks


def test_marks_for_other_answers_are_named_and_outcomes_that_are_no_score_are_passed_over() -> None:
    told = scored("FEEDBACK", "well-done", "identifier")
    right = f"<responseIf>{MATCH}{scored('SCORE', '2', 'float')}{told}</responseIf>"
    left = '<isNull><variable identifier="R"/></isNull>'
    other = f"<responseElseIf>{left}{scored('SCORE', '1', 'float')}</responseElseIf>"
    item = stranger(f"<responseCondition>{right}{other}</responseCondition>")
    assert (item.raw["scoring"], item.raw["marks"]) == ("all_or_nothing", "2")
    assert [str(note) for note in item.notes] == ["Part of the marks for second-best answers is not kept."]
    alone = stranger(f"<responseCondition>{right}</responseCondition>")
    assert alone.notes == ()
