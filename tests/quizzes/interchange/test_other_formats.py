"""Aiken, Moodle XML and QTI as they are found in the world."""

import base64
import io
import zipfile

import pytest

from app.quizzes.interchange import formats
from app.quizzes.interchange.model import Imported, Language
from tests.quizzes.interchange.samples import PNG

pytestmark = pytest.mark.no_database


def read(text: str, name: str = "file", language: Language = "en") -> Imported:
    _kind, found = formats.read(text.encode(), name, language)
    return found


AIKEN = """Which court hears appeals from the ITC?
A. The Federal Circuit
B) The Ninth Circuit
ANSWER: A

哪个机关受理337调查？
A、美国国际贸易委员会
B、美国商务部
ANSWER：A

No choices here
ANSWER: B

Two
A. x
B. y
ANSWER: C
"""


def test_aiken() -> None:
    found = read(AIKEN)
    assert [item.raw["prompt"]["en"] for item in found.items] == [
        "Which court hears appeals from the ITC?",
        "哪个机关受理337调查？",
    ]
    assert [choice.get("correct") for choice in found.items[0].raw["choices"]] == [True, None]
    assert [(refusal.where, refusal.what) for refusal in found.refused] == [
        ("11", "No choices here"),
        ("14", "Two"),
    ]


MOODLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
 <question type="category"><category><text>$course$/top</text></category></question>
 <question type="multichoice">
  <name><text>Who may file?</text></name>
  <questiontext format="html"><text><![CDATA[
   <p><span lang="en" class="multilang">Who may file?</span>
   <span class="multilang" lang="zh_cn">谁可以申诉？</span></p>
   <p><img src="@@PLUGINFILE@@/chart%201.png" alt="chart" width="10"></p>]]></text>
   <file name="chart 1.png" path="/" encoding="base64">PICTURE</file></questiontext>
  <defaultgrade>2.0000000</defaultgrade><single>true</single>
  <correctfeedback format="html"><text>Well done</text></correctfeedback>
  <answer fraction="100" format="html"><text>337</text>
   <feedback format="html"><text>Yes</text></feedback></answer>
  <answer fraction="0" format="html"><text>301</text></answer>
  <hint><text>Think</text></hint>
 </question>
 <question type="shortanswer"><name><text>s</text></name><questiontext><text>Name</text></questiontext>
  <usecase>1</usecase>
  <answer fraction="100"><text>a\\*b</text></answer><answer fraction="0"><text>*</text></answer>
 </question>
 <question type="numerical"><name><text>n</text></name><questiontext><text>Days</text></questiontext>
  <answer fraction="100"><text>3.5</text><tolerance>0.5</tolerance></answer>
  <units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>
  <unit><multiplier>0.01</multiplier><unit_name>cm</unit_name></unit></units>
 </question>
 <question type="essay"><name><text>e</text></name><questiontext><text>Write</text></questiontext></question>
 <question type="drawing"><name><text>d</text></name><questiontext><text>Draw</text></questiontext></question>
 <question type="truefalse"><name><text>video</text></name><questiontext format="html">
  <text><![CDATA[<video src="x.mp4"></video>True?]]></text></questiontext>
  <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>
 <question type="ordering"><name><text>o</text></name><questiontext><text>Sort</text></questiontext>
  <gradingtype>LONGEST_ORDERED_SUBSET</gradingtype>
  <answer fraction="2.0"><text>second</text></answer><answer fraction="1.0"><text>first</text></answer></question>
</quiz>"""


def test_moodle() -> None:
    found = read(MOODLE.replace("PICTURE", base64.b64encode(PNG).decode()))
    choice, short, number, essay, order = found.items
    assert choice.raw["prompt"]["zh"].startswith("谁可以申诉？\n\n![chart](media:")
    assert choice.raw["prompt"]["en"].startswith("Who may file?\n\n![chart](media:")
    assert choice.raw["marks"] == "2"
    assert choice.raw["choices"][0]["text"] == {"zh": "337", "en": "337"}
    assert choice.raw["choices"][0]["feedback"] == {"zh": "Yes", "en": "Yes"}
    assert choice.missing == ()
    assert [media.data for media in found.media.values()] == [PNG]
    assert {str(note) for note in choice.notes} == {
        "Its hints are not kept.",
        "Feedback that depends on whether the answer was right is not kept.",
    }
    assert short.raw["accept"] == ["a*b"]
    assert short.raw["ignore"] == ["width"]
    assert (number.raw["answer"], number.raw["tolerance"]) == ("3.5", "0.5")
    assert number.raw["unit"] == {"zh": "", "en": "m"}
    assert [item["text"]["en"] for item in order.raw["items"]] == ["first", "second"]
    assert "way of scoring" in str(order.notes[0])
    assert essay.missing == ("zh", "en")  # somebody writes the model answer
    assert "Write your own" in str(essay.notes[0])
    assert [(refusal.what, str(refusal.why)) for refusal in found.refused] == [
        ("d", "questions of the type “drawing” cannot be taken"),
        ("video", "it contains <video>, which questions here cannot show"),
    ]
    assert MOODLE.split("\n")[int(found.refused[0].where) - 1].lstrip().startswith('<question type="drawing"')


MATHML = (
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><semantics><mi>y</mi>'
    '<annotation encoding="application/x-tex">\\sqrt{y}</annotation></semantics></math>'
)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("<p>率为\\(\\frac{a}{b}\\)，a\\(x\\)b</p>", "率为$\\frac{a}{b}$，a $x$ b"),
        ("<p>So</p><p>\\[ x\n+ y \\]</p><p>or $$z$$.</p>", "So\n\n$$x + y$$\n\nor $$z$$."),
        ("<p>$5 to $6, $a$ and \\(\\unknown{x}\\)</p>", "\\$5 to \\$6, \\$a\\$ and \\\\(\\\\unknown\\{x\\}\\\\)"),
        ("<p>$5 to $6</p>", "$5 to $6"),
        (f"<div>Thus {MATHML} holds</div>", "Thus\n\n$$\\sqrt{y}$$\n\nholds"),
        ('<p>a <math alttext="x^2"><mi>x</mi></math>.</p>', "a $x^2$."),
    ],
)
def test_formulas_of_moodle_stay_formulas_and_prices_prices(text: str, prompt: str) -> None:
    kind = '<question type="description"><name><text>f</text></name>'
    question = f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>'
    answer = '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer>'
    (item,) = read(f"<quiz>{kind.replace('description', 'truefalse')}{question}{answer}</question></quiz>").items
    assert item.raw["prompt"]["en"] == prompt


QTI2 = """<?xml version="1.0"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="Item_1" title="Permit"
 adaptive="false" timeDependent="false" xml:lang="en-GB">
 <responseDeclaration identifier="R1" cardinality="multiple" baseType="identifier">
  <correctResponse><value>H</value><value>O</value></correctResponse>
  <mapping lowerBound="0" upperBound="2" defaultValue="-2">
   <mapEntry mapKey="H" mappedValue="1"/><mapEntry mapKey="O" mappedValue="1"/>
   <mapEntry mapKey="Cl" mappedValue="-1"/></mapping>
 </responseDeclaration>
 <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
 <itemBody><p>Water <img src="img/a.png" alt="molecule"/></p>
  <choiceInteraction responseIdentifier="R1" shuffle="true" maxChoices="0">
   <prompt>Which elements form water?</prompt>
   <simpleChoice identifier="H">Hydrogen <feedbackInline outcomeIdentifier="F" identifier="H" showHide="show">Yes
    </feedbackInline></simpleChoice>
   <simpleChoice identifier="O">Oxygen</simpleChoice><simpleChoice identifier="Cl">Chlorine</simpleChoice>
  </choiceInteraction></itemBody>
 <responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>
</assessmentItem>"""

QTI3 = """<?xml version="1.0"?>
<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="t3" title="Three"
 adaptive="false" time-dependent="false" xml:lang="en">
 <qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="float">
  <qti-correct-response><qti-value>45</qti-value></qti-correct-response></qti-response-declaration>
 <qti-item-body><p>The period is <qti-text-entry-interaction response-identifier="RESPONSE"/> days.</p>
 </qti-item-body>
 <qti-response-processing><qti-response-condition><qti-response-if>
  <qti-equal tolerance-mode="relative" tolerance="10 10"><qti-variable identifier="RESPONSE"/>
  <qti-correct identifier="RESPONSE"/></qti-equal><qti-set-outcome-value identifier="SCORE">
  <qti-base-value base-type="float">1</qti-base-value></qti-set-outcome-value></qti-response-if>
 </qti-response-condition></qti-response-processing>
 <qti-modal-feedback outcome-identifier="FEEDBACK" identifier="general" show-hide="show">
  <qti-content-body><p>Count <em>calendar</em> days.</p></qti-content-body></qti-modal-feedback>
</qti-assessment-item>"""

HOTSPOT = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="h" title="Spot">
<itemBody>
<hotspotInteraction responseIdentifier="R"/></itemBody></assessmentItem>"""

MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>
<resource identifier="a" type="imsqti_item_xmlv2p1" href="items/one.xml"><file href="items/one.xml"/></resource>
<resource identifier="b" type="imsqti_item_xmlv3p0" href="three.xml"><metadata>
<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>clock</string></keyword></general></lom></metadata></resource>
<resource identifier="c" type="imsqti_test_xmlv2p1" href="test.xml"/>
<resource identifier="d" type="imsqti_item_xmlv2p2" href="gone.xml"/>
<resource identifier="e" type="imsqti_item_xmlv2p2" href="spot.xml"/>
<resource identifier="f" type="webcontent" href="style.css"/></resources></manifest>"""


def package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as found:
        for name, content in {
            "imsmanifest.xml": MANIFEST.encode(),
            "items/one.xml": QTI2.encode(),
            "items/img/a.png": PNG,
            "three.xml": QTI3.encode(),
            "spot.xml": HOTSPOT.encode(),
            "test.xml": b"<assessmentTest/>",
        }.items():
            found.writestr(name, content)
    return buffer.getvalue()


def test_a_package() -> None:
    _kind, found = formats.read(package(), "package.zip", "zh")
    multiple, number = found.items
    assert multiple.raw["type"] == "multiple"
    assert multiple.raw["scoring"] == "right_minus_wrong"
    assert multiple.notes == ()
    assert multiple.raw["prompt"]["zh"] == ""  # the item says that it is English, whatever the reader chose
    assert multiple.raw["prompt"]["en"].endswith("Which elements form water?")
    assert "![molecule](media:" in multiple.raw["prompt"]["en"]
    assert [choice["text"]["en"] for choice in multiple.raw["choices"]] == ["Hydrogen", "Oxygen", "Chlorine"]
    assert multiple.raw["choices"][0]["feedback"]["en"] == "Yes"
    assert len(found.media) == 1
    assert (number.raw["answer"], number.raw["tolerance"]) == ("45", "4.5")
    assert number.raw["prompt"]["en"] == "The period is _____ days."
    assert number.raw["feedback"]["en"] == "Count *calendar* days."
    assert number.raw["tags"] == ["clock"]
    assert [(refusal.where, str(refusal.why).split(":")[0]) for refusal in found.refused] == [
        ("gone.xml", "the manifest lists it, but it is not in the archive"),
        ("spot.xml", "the interaction “hotspotInteraction” cannot be taken"),
        ("test.xml", "a test"),
    ]


def test_a_single_item() -> None:
    found = read(QTI3, "three.xml")
    assert [item.key for item in found.items] == ["t3"]
    found = read(QTI2, "one.xml")
    assert "not in the file" in str(found.refused[0].why)
