"""The newer types as other systems write them, and what travels beside them."""

import base64
import io
import re
import zipfile

import pytest

from app.quizzes import grading
from app.quizzes.interchange import formats
from app.quizzes.interchange.authored import authored as as_authored
from app.quizzes.interchange.comparing import difference
from app.quizzes.interchange.model import Imported, Item, Question, completed
from tests.quizzes.interchange.samples import PNG
from tests.quizzes.interchange.test_hostile import zipped
from tests.quizzes.interchange.test_round_trips import MEDIA, NEWER, pictured
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database


def moodle(kind: str, inside: str) -> Imported:
    """A question of Moodle's as it is read."""
    text = f'<quiz><question type="{kind}"><name><text>q</text></name>{inside}</question></quiz>'
    return formats.read(text.encode(), "bank.xml", "en")[1]


def only(found: Imported) -> Item:
    assert [str(refusal.why) for refusal in found.refused] == []
    (item,) = found.items
    grading.validate("q", completed(item.raw))
    return item


def why(found: Imported) -> str:
    assert not found.items
    return str(found.refused[0].why)


def question_text(text: str, form: str = "html") -> str:
    return f'<questiontext format="{form}"><text><![CDATA[{text}]]></text></questiontext>'


def test_a_moodle_cloze() -> None:
    """Short and long names, weights, feedback, escapes, wildcards, tolerance, several languages around a gap."""
    text = """<p>Fill in <b>all</b> gaps.</p><p>Complaints go to the {2:MULTICHOICE:=ITC#Right~%0%USPTO#No~Customs}
     within {:NM:=30:2~%50%31} days;<br>the
     order is an {1:SHORTANSWER_C:%100%exclusion \\} order~=a*b} &amp; more.</p>
     <p>Weight {1:SA:=x &lt; y~*#wrong}</p>"""
    item = only(moodle("cloze", question_text(text)))
    raw = item.raw
    assert raw["prompt"]["en"] == "Fill in **all** gaps."
    assert raw["text"]["en"] == (
        "Complaints go to the {{g1}} within {{g2}} days; the order is an {{g3}} & more.\n\nWeight {{g4}}"
    )
    assert raw["marks"] == "5"
    choice, number, exact, loose = raw["gaps"]
    assert choice["marks"] == "2"
    assert [(c["text"]["en"], c.get("correct")) for c in choice["choices"]] == [
        ("ITC", True),
        ("USPTO", None),
        ("Customs", None),
    ]
    assert choice["choices"][0]["feedback"]["en"] == "Right"
    assert (number["answer"], number["tolerance"]) == ("30", "2")
    assert (exact["accept"], exact["patterns"], exact["ignore"]) == (["exclusion } order"], ["a*b"], ["width"])
    assert loose["accept"] == ["x < y"]
    assert raw["feedback"]["en"] == "wrong"
    assert "Wider tolerances for part of the marks are not kept." in [str(note) for note in item.notes]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("No gap", "there is no gap"),
        ("Any {1:MULTIRESPONSE:=a~b}", "MULTIRESPONSE"),
        ("Open {1:SA:=a", "never closed"),
        ("<table><tr><td>{1:SA:=a}</td></tr></table>", "in a table"),
        (
            '<span lang="en" class="multilang">{1:SA:=a}</span><span lang="zh_cn" class="multilang">无</span>',
            "once in each language",
        ),
    ],
)
def test_what_a_cloze_cannot_be(text: str, reason: str) -> None:
    assert reason in why(moodle("cloze", question_text(text)))


def test_a_moodle_cloze_in_two_languages() -> None:
    text = (
        '<span lang="zh_cn" class="multilang">由</span><span lang="en" class="multilang">Heard by</span>'
        ' {1:SA:=ITC} <span lang="zh_cn" class="multilang">审理。</span><span lang="en" class="multilang">.</span>'
    )
    raw = only(moodle("cloze", question_text(text))).raw
    assert raw["text"] == {"zh": "由 {{g1}} 审理。", "en": "Heard by {{g1}} ."}
    assert raw["prompt"] == {"zh": "请完成下面的文字。", "en": "Complete the text."}


def test_a_moodle_essay_and_an_upload() -> None:
    inside = question_text("Explain.") + "<defaultgrade>5</defaultgrade><responseformat>editor</responseformat>"
    limits = "<minwordlimit>100</minwordlimit><maxwordlimit>300</maxwordlimit><attachments>1</attachments>"
    guide = '<graderinfo format="html"><text><![CDATA[<p>Names the <b>nexus</b>.</p>]]></text></graderinfo>'
    essay = only(moodle("essay", inside + limits + guide))
    assert essay.raw["model"]["en"] == "Names the **nexus**."
    assert (essay.raw["minimum"], essay.raw["maximum"], essay.raw["marks"]) == (100, 300, "5")
    assert any("Files beside the text" in str(note) for note in essay.notes)
    files = "<responseformat>noinline</responseformat><attachments>3</attachments><maxbytes>1500000</maxbytes>"
    upload = only(
        moodle("essay", question_text("Hand in.") + files + "<filetypeslist>.pdf,.jpg,.mp3</filetypeslist>")
    )
    assert upload.raw["type"] == "file_upload"
    assert (upload.raw["accept"], upload.raw["max_files"], upload.raw["max_mebibytes"]) == (["jpeg", "pdf"], 3, 2)
    assert any("types of files" in str(note) for note in upload.notes)


def qti(inside: str, version: str = "2.1") -> Imported:
    """An item of QTI 2.1 (or the names of 3.0, as they are given) as it is read."""
    root, space = (
        ("qti-assessment-item", "imsqtiasi_v3p0") if version == "3.0" else ("assessmentItem", "imsqti_v2p1")
    )
    text = f'<{root} xmlns="http://www.imsglobal.org/xsd/{space}" identifier="i" title="t">{inside}</{root}>'
    return formats.read(text.encode(), "item.xml", "en")[1]


CLOZE = """
<responseDeclaration identifier="A" cardinality="single" baseType="identifier">
 <correctResponse><value>Y</value></correctResponse></responseDeclaration>
<responseDeclaration identifier="B" cardinality="single" baseType="string">
 <mapping defaultValue="0"><mapEntry mapKey="nexus" mappedValue="2"/>
  <mapEntry mapKey="link" mappedValue="0.5"/></mapping>
</responseDeclaration>
<itemBody><p>Read the rule.</p><blockquote><p>The <inlineChoiceInteraction responseIdentifier="A" shuffle="false">
 <inlineChoice identifier="Y">owner</inlineChoice><inlineChoice identifier="N">seller</inlineChoice>
</inlineChoiceInteraction> shows a
 <textEntryInteraction responseIdentifier="B" expectedLength="9"/>.</p></blockquote>
</itemBody><responseProcessing>
<responseCondition><responseIf><match><variable identifier="A"/><correct identifier="A"/></match>
 <setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>
 <baseValue baseType="float">1</baseValue></sum></setOutcomeValue></responseIf></responseCondition>
<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/><mapResponse identifier="B"/></sum>
</setOutcomeValue></responseProcessing>"""


def test_a_qti_cloze() -> None:
    item = only(qti(CLOZE))
    raw = item.raw
    assert raw["prompt"]["en"] == "Read the rule."
    assert raw["text"]["en"] == "The {{g1}} shows a {{g2}}."
    assert [gap["type"] for gap in raw["gaps"]] == ["single", "short_text"]
    assert [gap["marks"] for gap in raw["gaps"]] == ["1", "2"]
    assert raw["marks"] == "3"
    assert raw["gaps"][1]["accept"] == ["nexus"]
    assert "second-best" in str(item.notes[0])


def test_a_qti_essay_and_uploads() -> None:
    declared = '<qti-response-declaration identifier="R" cardinality="single" base-type="string"/>'
    essay = only(
        qti(
            f"""{declared}<qti-item-body>
            <qti-rubric-block view="scorer"><p>Look for the nexus.</p></qti-rubric-block>
            <qti-extended-text-interaction response-identifier="R"><qti-prompt>Explain.</qti-prompt>
            </qti-extended-text-interaction></qti-item-body>""",
            "3.0",
        )
    )
    assert (essay.raw["prompt"]["en"], essay.raw["model"]["en"]) == ("Explain.", "Look for the nexus.")
    two = '<uploadInteraction responseIdentifier="R" type="application/pdf image/gif"/>' * 2
    upload = only(qti(f"<itemBody><p>Hand in.</p>{two}</itemBody>"))
    assert (upload.raw["accept"], upload.raw["max_files"]) == (["pdf"], 2)


@pytest.mark.parametrize("kind", NEWER)
@pytest.mark.parametrize("form", ["moodle", "qti22", "qti30"])
def test_the_samples_keep_their_digests(form: str, kind: str) -> None:
    """Identical bodies: with identifiers, languages and everything that only we know."""
    raw = as_authored("q", grading.validate("q", pictured(authored(kind))))
    exported = formats.write(form, [Question("q", raw)], MEDIA)
    assert [str(refusal.why) for refusal in exported.left_out] == []
    item = only(formats.read(exported.data, exported.name, "en")[1])
    assert grading.validate("q", item.raw) == grading.validate("q", raw)
    assert item.notes == ()


def edited(form: str, data: bytes, old: str, new: str) -> bytes:
    """The exported file with one thing changed in every member, as by hand."""
    if form == "moodle":
        assert old in data.decode()
        return data.decode().replace(old, new).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.decode().replace(old, new) if name.startswith("items/") else content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("form", "old", "new"), [("moodle", "%100%20:0", "%100%25:0"), ("qti22", "<value>20<", "<value>25<")]
)
def test_what_was_changed_elsewhere_wins(form: str, old: str, new: str) -> None:
    """Beside the item stands what only we know; it counts no longer once the item says something else."""
    exported = formats.write(form, [Question("q", authored("cloze"))], {})
    item = only(formats.read(edited(form, exported.data, old, new), exported.name, "en")[1])
    assert item.raw["gaps"][1]["answer"] == "25"
    assert "changed elsewhere" in str(item.notes[-1])


@pytest.mark.parametrize(
    "harm",
    [
        ('[{"fields"', "[[[["),
        ('[{"fields"', '[{"Fields"'),
        ('"model": {"en": "', '"model": {"en": "![x](media:' + "ab" * 32 + ".png) "),
    ],
)
def test_harm_beside_an_item_is_refused(harm: tuple[str, str]) -> None:
    """Neither nonsense nor a picture that did not come along."""
    exported = formats.write("moodle", [Question("q", authored("essay"))], {})
    damaged = exported.data.decode().replace(*harm)
    assert damaged != exported.data.decode()
    reason = why(formats.read(damaged.encode(), exported.name, "en")[1])
    assert "damaged" in reason or "is not in the file" in reason


def test_only_the_type_s_own_parts_are_believed() -> None:
    """What every reader sees in the format's own words cannot be put in beside it."""
    exported = formats.write("moodle", [Question("q", authored("essay"))], {})
    forged = exported.data.decode().replace('[{"fields": {"model"', '[{"fields": {"marks": "9", "model"')
    item = only(formats.read(forged.encode(), exported.name, "en")[1])
    assert "marks" not in item.raw
    assert difference(authored("essay"), item.raw) == "model.zh"


def test_moodle_drags_words_into_a_text() -> None:
    """Two boxes that read the same are one item; groups become one list."""
    text = "<p>Choose.</p><p>The [[2]] files; the [[1]] answers; the [[3]] appeals.</p>"
    boxes = "".join(
        f"<dragbox><text>{word}</text><group>{group}</group></dragbox>"
        for word, group in (("respondent", 1), ("owner", 1), ("owner", 2))
    )
    item = only(moodle("ddwtos", question_text(text) + boxes))
    raw = item.raw
    assert raw["prompt"]["en"] == "Choose."
    assert raw["text"]["en"] == "The {{g1}} files; the {{g2}} answers; the {{g3}} appeals."
    assert [(entry["id"], entry["text"]["en"]) for entry in raw["items"]] == [("a", "respondent"), ("b", "owner")]
    assert [gap["item"] for gap in raw["gaps"]] == ["b", "a", "b"]
    assert "one list" in str(item.notes[0])
    assert "names an answer" in why(moodle("ddwtos", question_text("A [[4]].") + boxes))


def picture() -> str:
    """A drawing of 400 × 200 units as a file of Moodle's."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 200"><rect width="9" height="9"/></svg>'
    return f'<file name="map.svg" encoding="base64">{base64.b64encode(svg.encode()).decode()}</file>'


DRAGS = "".join(f"<drag><no>{n}</no><text>{text}</text></drag>" for n, text in ((1, "ITC"), (2, "CAFC")))


def test_moodle_drags_labels_onto_a_picture() -> None:
    drops = """<drop><text>upper box</text><no>1</no><choice>2</choice><xleft>10</xleft><ytop>20</ytop></drop>
     <drop><text></text><no>2</no><choice>1</choice><xleft>380</xleft><ytop>190</ytop></drop>"""
    found = moodle("ddimageortext", question_text("Label it.") + picture() + DRAGS + drops)
    item = only(found)
    image, zones = item.raw["image"], item.raw["zones"]
    assert (image["width"], image["height"], image["media_type"]) == (400, 200, "image/svg+xml")
    assert list(found.media) == [image["digest"]]
    assert [zone["item"] for zone in zones] == ["b", "a"]
    assert [[zone[name] for name in ("x", "y", "width", "height")] for zone in zones] == [
        [10, 20, 80, 25],
        [380, 190, 20, 10],
    ]
    assert zones[0]["label"]["en"] == "upper box"
    assert "en" in item.missing  # the picture's description and one zone's place are to be written
    assert any("no size" in str(note) for note in item.notes)


def test_moodle_puts_markers_onto_a_picture() -> None:
    drops = "".join(
        f"<drop><no>{n}</no><shape>{shape}</shape><coords>{coords}</coords><choice>1</choice></drop>"
        for n, (shape, coords) in enumerate(
            (("rectangle", "10,20;30,40"), ("circle", "50,50;10"), ("polygon", "0,0;5,30;-9,8")), start=1
        )
    )
    item = only(moodle("ddmarker", question_text("Where?") + picture() + DRAGS + drops))
    assert [[zone[name] for name in ("x", "y", "width", "height")] for zone in item.raw["zones"]] == [
        [10, 20, 30, 40],
        [40, 40, 20, 20],
        [0, 0, 5, 30],
    ]
    assert any("rectangles around" in str(note) for note in item.notes)
    drop = "<drop><no>1</no><shape>star</shape><coords>1,1</coords><choice>1</choice></drop>"
    assert "no place" in why(moodle("ddmarker", question_text("Where?") + picture() + DRAGS + drop))
    assert "no picture" in why(moodle("ddmarker", question_text("Where?") + DRAGS + drop))


def dataset(name: str, least: str, most: str, decimals: int, distribution: str = "uniform") -> str:
    fields = (("minimum", least), ("maximum", most), ("decimals", decimals), ("distribution", distribution))
    inside = "".join(f"<{field}><text>{value}</text></{field}>" for field, value in fields)
    return f"<dataset_definition><name><text>{name}</text></name>{inside}</dataset_definition>"


@pytest.mark.parametrize(
    ("formula", "kind", "tolerance", "expected"),
    [
        ("{Cost_A}*pow({n},2)", 2, "0.5", ("v1 * n ** 2", "0.5", 2)),
        ("{Cost_A}/{n}", 1, "0.01", ("v1 / n", "0.05", 3)),
        ("round(sqrt({Cost_A}+{n}), 2)", 2, "0", ("sqrt(v1 + n)", "0", 2)),
    ],
)
def test_a_moodle_calculation(formula: str, kind: int, tolerance: str, expected: tuple[str, str, int]) -> None:
    """Names that we cannot have are replaced; a share of the answer becomes one of the smallest answer."""
    answer = f"""<answer fraction="100"><text>{formula}</text><tolerance>{tolerance}</tolerance>
     <tolerancetype>{kind}</tolerancetype><correctanswerformat>1</correctanswerformat>
     <correctanswerlength>2</correctanswerlength></answer>"""
    sets = (
        f"<dataset_definitions>{dataset('Cost_A', '10', '20', 1)}{dataset('n', '1', '2', 0)}</dataset_definitions>"
    )
    item = only(moodle("calculated", question_text("{Cost_A} for {n} years?") + answer + sets))
    raw = item.raw
    assert raw["prompt"]["en"] == "{{v1}} for {{n}} years?"
    assert raw["parameters"]["v1"] == {"from": "10", "to": "20", "step": "0.1"}
    assert (raw["formula"], raw["tolerance"], raw["decimals"]) == expected
    assert any("drawn anew" in str(note) for note in item.notes)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [("exp({n})", "no function exp"), ("{n}+", "cannot be read"), ("__import__({n})", "no function __import__")],
)
def test_a_formula_that_is_none_of_ours(formula: str, reason: str) -> None:
    answer = f'<answer fraction="100"><text>{formula}</text><tolerancetype>2</tolerancetype></answer>'
    sets = f"<dataset_definitions>{dataset('n', '1', '2', 0)}</dataset_definitions>"
    assert reason in why(moodle("calculatedsimple", question_text("{n}?") + answer + sets))


def test_a_qti_gap_match() -> None:
    item = only(
        qti(
            """<responseDeclaration identifier="R" cardinality="multiple" baseType="directedPair"><correctResponse>
            <value>W G1</value><value>S G2</value></correctResponse></responseDeclaration>
            <itemBody>
            <gapMatchInteraction responseIdentifier="R" shuffle="false"><prompt>Fill in the seasons.</prompt>
            <gapText identifier="W" matchMax="1">winter</gapText>
            <gapText identifier="S" matchMax="1">summer</gapText>
            <gapText identifier="A" matchMax="1">autumn</gapText>
            <blockquote><p>Now is the <gap identifier="G1"/> of our</p>
            <p>glorious <gap identifier="G2"/></p></blockquote>
            </gapMatchInteraction></itemBody>"""
        )
    )
    raw = item.raw
    assert raw["prompt"]["en"] == "Fill in the seasons."
    assert raw["text"]["en"] == "Now is the {{g1}} of our\n\nglorious {{g2}}"
    assert [gap["item"] for gap in raw["gaps"]] == ["a", "b"]
    assert len(raw["items"]) == 3
    assert "all or nothing" in str(item.notes[0])


def test_qti_labels_on_a_picture() -> None:
    item = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="g" title="Airports">
    <responseDeclaration identifier="R" cardinality="multiple" baseType="directedPair"><mapping defaultValue="0">
    <mapEntry mapKey="GLA A" mappedValue="1"/><mapEntry mapKey="EDI B" mappedValue="1"/></mapping>
    </responseDeclaration>
    <itemBody><graphicGapMatchInteraction responseIdentifier="R"><prompt>Label it.</prompt>
    <object type="image/png" data="img/uk.png" width="206" height="280">UK map</object>
    <gapText identifier="GLA" matchMax="1">Glasgow</gapText>
    <gapText identifier="EDI" matchMax="1">Edinburgh</gapText>
    <associableHotspot matchMax="1" identifier="A" shape="circle" coords="12,108,8" hotspotLabel="west"/>
    <associableHotspot matchMax="1" identifier="B" shape="rect" coords="128,103,140,115"/>
    </graphicGapMatchInteraction></itemBody><responseProcessing
    template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/></assessmentItem>"""
    manifest = '<manifest><resource type="imsqti_item_xmlv2p1" href="a.xml"/></manifest>'
    found = formats.read(
        zipped({"imsmanifest.xml": manifest.encode(), "a.xml": item.encode(), "img/uk.png": PNG}), "p.zip", "en"
    )[1]
    raw = only(found).raw
    assert found.media == MEDIA
    assert (raw["image"]["width"], raw["image"]["height"], raw["image"]["alt"]["en"]) == (206, 280, "UK map")
    assert [(zone["x"], zone["y"], zone["width"], zone["item"]) for zone in raw["zones"]] == [
        (4, 100, 16, "a"),
        (128, 103, 12, "b"),
    ]
    assert [zone["label"]["en"] for zone in raw["zones"]] == ["west", ""]


TEMPLATE = """<responseDeclaration identifier="R" cardinality="single" baseType="float"/>
<templateDeclaration identifier="PRICE" cardinality="single" baseType="integer"/>
<templateDeclaration identifier="y" cardinality="single" baseType="float"/>
<templateDeclaration identifier="SUM" cardinality="single" baseType="float"/>
<templateProcessing>
 <setTemplateValue identifier="PRICE"><randomInteger min="1" max="12" step="2"/></setTemplateValue>
 <setTemplateValue identifier="y"><randomFloat min="0" max="2"/></setTemplateValue>
 <setTemplateValue identifier="SUM">EXPRESSION</setTemplateValue>
 <setCorrectResponse identifier="R"><variable identifier="SUM"/></setCorrectResponse></templateProcessing>
<itemBody><p>What is <printedVariable identifier="PRICE"/> plus <printedVariable identifier="y"/>?
<textEntryInteraction responseIdentifier="R"/></p></itemBody>"""


def test_a_qti_template() -> None:
    """Values made of values are put into the formula; a range without steps gets some."""
    minus_one = '<baseValue baseType="float">-1</baseValue>'
    plus = f'<sum><variable identifier="PRICE"/><variable identifier="y"/>{minus_one}</sum>'
    raw = only(qti(TEMPLATE.replace("EXPRESSION", plus))).raw
    assert raw["prompt"]["en"] == "What is {{price}} plus {{y}}? _____"
    assert raw["parameters"] == {
        "price": {"from": "1", "to": "11", "step": "2"},
        "y": {"from": "0", "to": "2", "step": "0.002"},
    }
    assert raw["formula"] == "price + y + -1"
    for expression, reason in (
        ('<mathOperator name="sin"><variable identifier="y"/></mathOperator>', "“sin”"),
        ('<variable identifier="Z"/>', "more than draw"),
    ):
        assert reason in why(qti(TEMPLATE.replace("EXPRESSION", expression)))


def test_a_template_that_swells_is_refused() -> None:
    """Forty values, each twice the one before: a formula of a million million terms."""
    rules = "".join(
        f"""<setTemplateValue identifier="v{n}"><sum><variable identifier="v{n - 1}"/>
        <variable identifier="v{n - 1}"/></sum></setTemplateValue>"""
        for n in range(1, 41)
    )
    text = TEMPLATE.replace("EXPRESSION", '<variable identifier="y"/>').replace(
        'identifier="PRICE"><random', 'identifier="v0"><random'
    )
    assert "too long" in why(qti(text.replace("<setCorrectResponse", f"{rules}<setCorrectResponse", 1)))


def test_a_case_is_a_description_and_its_questions() -> None:
    """Others see one after the other; what is changed in a part counts; a case comes whole or not at all."""
    exported = formats.write("moodle", [Question("q", authored("case"))], {}).data.decode()
    kinds = re.findall(r'<question type="(\w+)">', exported)
    assert kinds == ["description", "multichoice", "numerical", "essay"]
    item = only(formats.read(exported.replace("<text>30</text>", "<text>31</text>").encode(), "q.xml", "en")[1])
    assert (item.key, [part["id"] for part in item.raw["parts"]]) == ("q", ["p1", "p2", "p3"])
    assert item.raw["parts"][1]["answer"] == "31"
    assert item.raw["exhibits"][0]["title"]["en"] == "Text Letter"
    assert any("changed elsewhere" in str(note) for note in item.notes)
    assert "type “drawing”" in why(
        formats.read(exported.replace('type="numerical"', 'type="drawing"').encode(), "q.xml", "en")[1]
    )
    alone = "<tags><tag><text>case:q</text></tag></tags>"
    assert "are missing" in why(moodle("description", question_text("A stem.") + alone))
    assert "“description”" in why(moodle("description", question_text("A mere text.")))


SHARED = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="NAME" title="t">
<responseDeclaration identifier="R" cardinality="single" baseType="KIND">RIGHT</responseDeclaration>
<assessmentStimulusRef identifier="s" href="shared/s.xml"/><itemBody><p>Ask NAME. INTERACTION</p></itemBody>
</assessmentItem>"""
RIGHT = "<correctResponse><value>1</value></correctResponse>"
STIMULUS = """<assessmentStimulus xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="s" title="Letter">
<stimulusBody><p>Dear <b>Sir</b></p></stimulusBody></assessmentStimulus>"""
TEST = """<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2" identifier="t" title="t"><testPart
identifier="p"><assessmentSection identifier="s" title="s" visible="true">ITEMS</assessmentSection></testPart>
</assessmentTest>"""


def shared_package(kind: str = "textEntryInteraction", items: str = "ab") -> Imported:
    """Two items that share a stimulus, one of them asking by this interaction; a test asks the items named."""
    fields = {"a": ("float", "textEntryInteraction"), "b": ("float", kind)}
    files = {
        f"{name}.xml": SHARED.replace("NAME", name)
        .replace("KIND", base)
        .replace("RIGHT", RIGHT)
        .replace("INTERACTION", f'<{field} responseIdentifier="R"/>')
        for name, (base, field) in fields.items()
    }
    asked = "".join(f'<assessmentItemRef identifier="i-{name}" href="{name}.xml"/>' for name in items)
    files |= {"shared/s.xml": STIMULUS, "test.xml": TEST.replace("ITEMS", asked)}
    listed = (("item", "a.xml"), ("item", "b.xml"), ("stimulus", "shared/s.xml"), ("test", "test.xml"))
    resources = "".join(f'<resource type="imsqti_{name}_xmlv2p2" href="{path}"/>' for name, path in listed)
    members = {"imsmanifest.xml": f"<manifest>{resources}</manifest>"} | files
    return formats.read(zipped({name: text.encode() for name, text in members.items()}), "p.zip", "en")[1]


def test_items_that_share_a_stimulus_are_a_case() -> None:
    raw = only(shared_package()).raw
    assert (raw["type"], raw["prompt"]["en"]) == ("case", "Dear **Sir**")
    assert [part["prompt"]["en"] for part in raw["parts"]] == ["Ask a. _____", "Ask b. _____"]
    spoilt = shared_package("hotspotInteraction")
    assert not spoilt.items
    assert [refusal.where for refusal in spoilt.refused] == ["b.xml"]
    half = shared_package(items="a")
    assert len(half.items) == 1
    assert [str(refusal.why)[:6] for refusal in half.refused] == ["a test"]
