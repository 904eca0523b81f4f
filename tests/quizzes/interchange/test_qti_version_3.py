"""What schemas and players of QTI 3.0 made of our items, and what public packages of it were found to hold."""

import io
import zipfile
from typing import Any

import pytest
from lxml import etree

from app.quizzes.interchange import formats
from app.quizzes.interchange.carried import ELEMENT, NAMESPACE
from app.quizzes.interchange.model import Item, Question
from app.quizzes.interchange.qti.names import NS3
from tests.quizzes.interchange.test_round_trips import MEDIA, pictured
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

NS = {
    "q": NS3,
    "m": "http://www.w3.org/1998/Math/MathML",
    "cp": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    "lom": "http://ltsc.ieee.org/xsd/LOM",
    "own": NAMESPACE,
}


def written(kind: str, **values: Any) -> dict[str, etree._Element]:
    """The XML files of a package with one question, by path."""
    exported = formats.write("qti30", [Question("q", pictured(authored(kind, **values)))], MEDIA)
    assert [str(refusal.why) for refusal in exported.left_out] == []
    archive = zipfile.ZipFile(io.BytesIO(exported.data))
    return {name: etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")}


def test_formulas_stay_in_their_own_namespace() -> None:
    item = written("single", prompt={"zh": "求$\\frac{a}{b}$。", "en": "Find $\\frac{a}{b}$."})["items/q.xml"]
    assert [found.get("alttext") for found in item.iterfind(".//m:math", NS)] == ["\\frac{a}{b}"] * 2
    assert len(item.findall(".//m:mfrac", NS)) == 2


def test_every_expression_of_a_formula_has_its_name_of_version_3() -> None:
    """``power``, ``max`` and ``min`` have no capital letter by which they could be known."""
    item = written("calculated", formula="max(price, rate) ** 2 + min(price, 3) * sqrt(rate)")["items/q.xml"]
    template = item.find("q:qti-template-processing", NS)
    assert template is not None
    names = {etree.QName(found).localname for found in template.iter(etree.Element)}
    assert {"qti-power", "qti-max", "qti-min", "qti-sum", "qti-product"} <= names
    assert all(name.startswith("qti-") for name in names)


def test_what_only_we_know_stands_in_the_lom_record() -> None:
    """The manifest of version 3 lets nothing foreign stand beside it."""
    manifest = written("essay", tags=["clock"])["imsmanifest.xml"]
    metadata = manifest.find(".//cp:resource/cp:metadata", NS)
    assert metadata is not None
    assert [etree.QName(found).localname for found in metadata] == ["lom"]
    assert metadata.find(f"lom:lom/own:{ELEMENT}", NS) is not None


def test_whoever_orders_all_rightly_has_it_all_where_a_player_knows_no_places() -> None:
    """Two players of version 3 take no item out of an order; the shares by place come after the whole."""
    item = written("ordering")["items/q.xml"]
    first, *others = item.findall("q:qti-response-processing/q:qti-response-condition/q:qti-response-if", NS)
    whole = first.find("q:qti-set-outcome-value/q:qti-base-value", NS)
    assert first.find("q:qti-match/q:qti-correct", NS) is not None
    assert whole is not None
    assert whole.text == "1"
    assert len([found for found in others if found.find("q:qti-match/q:qti-index", NS) is not None]) == 4


ITEM = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="i" title="t"
 time-dependent="false" ATTRIBUTES>
<qti-response-declaration identifier="R" cardinality="CARDINALITY" base-type="TYPE">
<qti-correct-response>RIGHT</qti-correct-response>MAPPING</qti-response-declaration>
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-item-body>BODY</qti-item-body>PROCESSING</qti-assessment-item>"""
CHOICES = """<qti-choice-interaction response-identifier="R" max-choices="0" shuffle="true">
<qti-prompt>Which?</qti-prompt>
<qti-simple-choice identifier="A">one</qti-simple-choice><qti-simple-choice identifier="B">two</qti-simple-choice>
<qti-simple-choice identifier="C" fixed="FIXED">none</qti-simple-choice></qti-choice-interaction>"""
MATCH = '<qti-match><qti-variable identifier="R"/><qti-correct identifier="R"/></qti-match>'
ASKED = MATCH.replace('<qti-correct identifier="R"/>', '<qti-base-value base-type="identifier">B</qti-base-value>')
NULL = '<qti-is-null><qti-variable identifier="R"/></qti-is-null>'
MAPPED = '<qti-set-outcome-value identifier="SCORE"><qti-map-response identifier="R"/></qti-set-outcome-value>'
FIELD = '<p>Which body? <qti-text-entry-interaction response-identifier="R"/></p>'

BELOW = "Its marks could fall below nought; here they do not."
SECOND = "Part of the marks for second-best answers is not kept."
OWN = "It counted marks in a way of its own; here it is scored as shown."


def stranger(body: str = CHOICES, right: str = "A", processing: str = "", **values: str) -> Item:
    """An item of another system as it is read."""
    named = {"attributes": "", "cardinality": "single", "type": "identifier", "mapping": "", "fixed": "false"}
    text = ITEM.replace("BODY", body).replace("RIGHT", f"<qti-value>{right}</qti-value>")
    text = text.replace("PROCESSING", f"<qti-response-processing>{processing}</qti-response-processing>")
    for name, value in (named | values).items():
        text = text.replace(name.upper(), value)
    found = formats.read(text.encode(), "q.xml", "en")[1]
    assert [str(refusal.why) for refusal in found.refused] == []
    return found.items[0]


def notes_of(item: Item) -> list[str]:
    return [str(note) for note in item.notes]


def earns(score: str, asked: str = "", name: str = "if") -> str:
    worth = f'<qti-base-value base-type="float">{score}</qti-base-value>'
    return (
        f"<qti-response-{name}>{asked}<qti-set-outcome-value identifier='SCORE'>{worth}</qti-set-outcome-value>"
        f"</qti-response-{name}>"
    )


def when(*branches: str) -> str:
    return f"<qti-response-condition>{''.join(branches)}</qti-response-condition>"


@pytest.mark.parametrize(
    ("processing", "marks", "notes"),
    [
        (when(earns("2", MATCH), earns("0", name="else")), "2", []),
        (when(earns("0", NULL), earns("2", MATCH, "else-if")), "2", []),
        (when(earns("2", MATCH), earns("-1", name="else")), "2", [BELOW]),
        (when(earns("2", MATCH), earns("1", ASKED, "else-if")), "2", [SECOND]),
        (when(earns("2", ASKED)), "2", [OWN]),
        (when(earns("2", f"<qti-and>{MATCH}{MATCH}</qti-and>")), "2", [OWN]),
        (when(earns("0", ASKED), earns("2", name="else")), "2", [OWN]),
    ],
)
def test_marks_that_are_not_ours_are_named(processing: str, marks: str, notes: list[str]) -> None:
    """Nothing answered is asked first by many systems: the right answer was taken for one without marks."""
    item = stranger(processing=processing)
    assert (item.raw["marks"], notes_of(item)) == (marks, notes)


@pytest.mark.parametrize(
    ("bounds", "notes"),
    [
        ('lower-bound="0" upper-bound="2"', []),
        ("", [BELOW]),
        ('lower-bound="-1"', [BELOW]),
        ('lower-bound="0" upper-bound="1"', [OWN]),
    ],
)
def test_the_bounds_of_a_mapping(bounds: str, notes: list[str]) -> None:
    entries = "".join(
        f'<qti-map-entry map-key="{key}" mapped-value="{worth}"/>'
        for key, worth in (("A", "1"), ("B", "1"), ("C", "-2"))
    )
    mapping = f'<qti-mapping default-value="0" {bounds}>{entries}</qti-mapping>'
    item = stranger(right="A</qti-value><qti-value>B", cardinality="multiple", mapping=mapping, processing=MAPPED)
    assert (item.raw["scoring"], notes_of(item)) == ("partial_with_penalty", notes)


@pytest.mark.parametrize(
    ("worth", "notes"),
    [
        ({"L1 R1": "2", "L2 R2": "2"}, []),
        ({"L1 R1": "3", "L2 R2": "1"}, [OWN]),
        ({"L1 R1": "2", "L2 R2": "2", "L2 R1": "1"}, [OWN]),
        ({"L1 R1": "2"}, [OWN]),
    ],
)
def test_pairs_that_are_not_worth_the_same(worth: dict[str, str], notes: list[str]) -> None:
    choice = '<qti-simple-associable-choice identifier="{0}" match-max="1">{0}</qti-simple-associable-choice>'
    sides = "".join(
        f"<qti-simple-match-set>{choice.format(first)}{choice.format(second)}</qti-simple-match-set>"
        for first, second in (("L1", "L2"), ("R1", "R2"))
    )
    body = f"<qti-prompt>Match.</qti-prompt>{sides}"
    entries = "".join(f'<qti-map-entry map-key="{key}" mapped-value="{value}"/>' for key, value in worth.items())
    item = stranger(
        f'<qti-match-interaction response-identifier="R">{body}</qti-match-interaction>',
        "L1 R1</qti-value><qti-value>L2 R2",
        MAPPED,
        cardinality="multiple",
        type="directedPair",
        mapping=f'<qti-mapping default-value="0">{entries}</qti-mapping>',
    )
    assert (item.raw["type"], notes_of(item)) == ("matching", notes)


def test_a_response_that_nothing_asks_for_does_no_harm() -> None:
    more = '<qti-response-declaration identifier="S" cardinality="multiple" base-type="pair"><qti-mapping/>'
    item = stranger(mapping=f"</qti-response-declaration>{more}")
    assert (item.raw["type"], notes_of(item)) == ("single", [])


def test_a_mapping_that_names_none_of_the_choices_is_no_mistake_of_ours() -> None:
    """Any number of choices allowed, and none worth anything: it ended in an error."""
    item = stranger(cardinality="multiple", mapping='<qti-mapping default-value="0"/>', processing=MAPPED)
    assert notes_of(item) == [
        "Its own weights are replaced by ours: the share of right choices less the share of wrong ones."
    ]


def test_units_in_two_languages_stand_apart() -> None:
    line = written("numeric")["items/q.xml"].findall("q:qti-item-body/q:p", NS)[-1]
    assert "".join(line.itertext()) == "日 days"


def test_what_stands_beside_a_question_is_taken_or_named() -> None:
    """What candidates are told is part of the question; what others are told, and tools, are not."""
    blocks = "".join(
        f'<qti-rubric-block view="{view}" use="instructions"><qti-content-body><p>{text}</p></qti-content-body>'
        f"{more}</qti-rubric-block>"
        for view, text, more in (
            ("candidate tutor", "Choose one.", '<qti-catalog-info><qti-catalog id="c"/></qti-catalog-info>'),
            ("proctor", "No calculators.", ""),
        )
    )
    item = stranger(f"{blocks}<p>Read it.</p>{CHOICES}", attributes='adaptive="true" xml:lang="he"', fixed="true")
    assert item.raw["prompt"]["en"] == "Choose one.\n\nRead it.\n\nWhich?"
    assert notes_of(item) == [
        "Other ways to present it (signing, reading aloud, glossaries) are not kept.",
        "What it tells tutors, markers or invigilators is not kept.",
        "It could be tried again after feedback; here it is answered once.",
        "It says that its language is “he”; it is taken as in the language chosen.",
        "An option kept its place while the others were shuffled; here all are shuffled.",
    ]


def test_a_text_that_is_matched_keeps_its_capitals_and_readings_their_brackets() -> None:
    bare = "<ruby>特許<rt>とっきょ</rt></ruby>"
    bracketed = "<ruby>商標<rp>(</rp><rt>しょうひょう</rt><rp>)</rp></ruby>"
    item = stranger(f"<p>{bare}, {bracketed}</p>{FIELD}", "USPTO", when(earns("1", MATCH)), type="string")
    assert (item.raw["accept"], item.raw["ignore"]) == (["USPTO"], ["width"])
    assert "特許（とっきょ）, 商標(しょうひょう)" in item.raw["prompt"]["en"]


def test_all_that_markers_are_told_is_kept() -> None:
    """A first block may be empty, and the rubric in the second."""
    told = "".join(
        f'<qti-rubric-block view="scorer" use="{use}"><qti-content-body>{text}</qti-content-body>'
        "</qti-rubric-block>"
        for use, text in (("instructions", ""), ("scoring", "<p>Two grounds.</p>"), ("scoring", "<p>One law.</p>"))
    )
    field = '<qti-extended-text-interaction response-identifier="R"/>'
    item = stranger(f"<p>Why?</p>{field}{told}", type="string")
    assert item.raw["model"]["en"] == "Two grounds.\n\nOne law."
    assert not [note for note in notes_of(item) if "invigilators" in note]


@pytest.mark.parametrize("name", ["imsmanifest.xml", "stimuli/q.xml", "tests/q.xml"])
def test_one_part_of_a_package_is_not_taken_for_an_unknown_file(name: str) -> None:
    part = etree.tostring(written("case")[name])
    refused = formats.read(part, "part.xml", "en")[1].refused
    assert [str(refusal.why) for refusal in refused] == [
        "it is one part of a QTI package; choose the whole package (a ZIP file)"
    ]


def test_a_stimulus_that_the_manifest_calls_a_test_is_no_test() -> None:
    exported = formats.write("qti30", [Question("q", authored("case"))], {})
    before = zipfile.ZipFile(io.BytesIO(exported.data))
    misnamed = before.read("imsmanifest.xml").replace(b"imsqti_stimulus_xmlv3p0", b"imsqti_test_xmlv3p0")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as after:
        for path in before.namelist():
            after.writestr(path, misnamed if path == "imsmanifest.xml" else before.read(path))
    found = formats.read(packed.getvalue(), "q.zip", "en")[1]
    assert [item.raw["type"] for item in found.items] == ["case"]
    assert not found.refused
