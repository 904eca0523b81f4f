"""The newer types as other systems write them, and what travels beside them."""

import io
import zipfile

import pytest

from app.quizzes import grading
from app.quizzes.interchange import formats
from app.quizzes.interchange.comparing import difference
from app.quizzes.interchange.model import Imported, Item, Question, completed
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
    raw = pictured(authored(kind))
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
