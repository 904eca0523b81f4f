"""What we write we read again without loss, or we say that it cannot go."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.quizzes import grading
from app.quizzes.grading import TYPES
from app.quizzes.interchange import formats
from app.quizzes.interchange.authored import authored as as_authored
from app.quizzes.interchange.comparing import difference
from app.quizzes.interchange.model import Media, Question, Raw, walk_texts
from tests.quizzes.grading import strategies
from tests.quizzes.interchange.samples import PNG, questions
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

#: The types a format has no words for; everything else must go and come back.
_CANNOT = {"gift": {"ordering", "cloze", "calculated", "drag_text", "drag_image", "file_upload", "case"}}
#: The seven basic types.
KINDS = ("single", "multiple", "true_false", "numeric", "short_text", "matching", "ordering")


#: The types that other formats have their own words for, or a part of them.
NEWER = ("cloze", "calculated", "drag_text", "drag_image", "essay", "file_upload", "case")


_PICTURE = f"media:{hashlib.sha256(PNG).hexdigest()}.png"
MEDIA = {hashlib.sha256(PNG).hexdigest(): Media(PNG, "png")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", list(formats.EXPORTS))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_type_comes_back_as_it_went(form: str, kind: str, data: st.DataObject) -> None:
    question = data.draw(questions(kind))
    exported = formats.write(form, [question], {})
    if kind in _CANNOT.get(form, ()):
        assert [refusal.what for refusal in exported.left_out]
        assert not exported.keys
        return
    assert [str(refusal.why) for refusal in exported.left_out] == []
    _kind, again = formats.read(exported.data, exported.name, "en")
    assert not again.refused
    assert [item.missing for item in again.items] == [()]
    assert difference(question.raw, again.items[0].raw) == ""
    assert again.items[0].notes == ()


def pictured(raw: Raw) -> Raw:
    """The question with a picture that there is, where it takes labels."""
    if "image" in raw:
        image = {"digest": hashlib.sha256(PNG).hexdigest(), "media_type": "image/png"}
        return raw | {"image": raw["image"] | image}
    return raw | {"parts": [pictured(part) for part in raw["parts"]]} if "parts" in raw else raw


def _trimmed(raw: Raw) -> Raw:
    """The question without spaces around its texts, which no format keeps."""
    for _path, texts in walk_texts(raw):
        texts |= {tag: text.strip() for tag, text in texts.items()}
    return raw


@pytest.mark.parametrize("kind", list(TYPES))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_our_yaml_keeps_every_type_as_it_is_stored(kind: str, data: st.DataObject) -> None:
    """Out of the bank and in again: the same body, with the same identifiers where the names are usual ones."""
    try:
        stored = grading.validate("q", _trimmed(pictured(data.draw(strategies.questions(kind)))))
    except Invalid:  # two texts were the same but for spaces
        reject()
    taken_out = as_authored("q", stored)
    exported = formats.write("yaml", [Question("q", taken_out)], MEDIA)
    assert [str(refusal.why) for refusal in exported.left_out] == []
    _kind, again = formats.read(exported.data, exported.name, "en")
    assert difference(taken_out, again.items[0].raw) == ""
    assert "pairs" in str(stored) or grading.validate("q", again.items[0].raw) == stored
    assert again.media == (MEDIA if "image/png" in str(stored) else {})


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (form, kind)
        for form in ("gift", "moodle", "qti22", "qti30")
        for kind in TYPES
        if kind not in _CANNOT.get(form, ())
    ],
)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_option_comes_back_as_it_is_stored(form: str, kind: str, data: st.DataObject) -> None:
    """Through formats of other systems: in their own words, and what they have no words for beside it."""
    try:
        stored = grading.validate("q", _trimmed(pictured(data.draw(strategies.questions(kind)))))
    except Invalid:  # two texts were the same but for spaces
        reject()
    taken_out = as_authored("q", stored)
    exported = formats.write(form, [Question("q", taken_out)], MEDIA)
    assert [str(refusal.why) for refusal in exported.left_out] == []
    _kind, again = formats.read(exported.data, exported.name, "en")
    assert [str(refusal.why) for refusal in again.refused] == []
    assert difference(taken_out, again.items[0].raw) == ""
    assert again.items[0].missing == ()
    assert again.media == (MEDIA if "image/png" in str(stored) else {})


def test_names_that_are_nobodys_usual_ones_are_numbered() -> None:
    """A gap called “who” comes back as g1, in the list and in the text: the same question in other letters."""
    written = authored("cloze")
    again = as_authored("q", grading.validate("q", written))
    assert [gap["id"] for gap in again["gaps"]] == ["g1", "g2", "g3"]
    assert difference(written, again) == ""
    swapped = again | {
        "text": {
            tag: text.replace("g1", "g9").replace("g2", "g1").replace("g9", "g2")
            for tag, text in again["text"].items()
        }
    }
    assert difference(written, swapped) == "text.zh"


def test_a_picture_is_never_taken_from_what_lies_here() -> None:
    """Neither by a digest in the file nor by a name of something that did not come along."""
    exported = formats.write("yaml", [Question("q", pictured(authored("drag_image")))], MEDIA)
    _kind, found = formats.read(exported.data, exported.name, "zh")
    assert found.items[0].raw["image"]["digest"] in found.media
    for name, line in (("figure", "figure: map.svg"), ("digest", f"digest: {'ab' * 32}")):
        text = f"questions:\n- {{id: q, type: drag_image, prompt: {{zh: 一, en: a}}, image: {{{line}}}}}\n"
        _kind, found = formats.read(text.encode(), "questions.yaml", "zh")
        assert not found.items, name
        assert "is not in the file" in str(found.refused[0].why)


@pytest.mark.parametrize("form", list(formats.EXPORTS))
def test_arrows_in_texts_part_no_pairs_and_make_none(form: str) -> None:
    arrow = {"zh": "申请->审查", "en": "filing -\\> review --> grant"}
    pairs = [{"id": name, "left": {**arrow, "zh": name}, "right": arrow} for name in "pq"]
    written = Question("matching", authored("matching", prompt=arrow, pairs=pairs, distractors=[]))
    said = Question("said", authored("short_text", accept=["a->b", "c -> d"]))
    exported = formats.write(form, [written, said], {})
    _kind, again = formats.read(exported.data, exported.name, "zh")
    assert [item.raw["type"] for item in again.items] == ["matching", "short_text"]
    for before, after in zip((written, said), again.items, strict=True):
        assert difference(before.raw, after.raw) == ""


@pytest.mark.parametrize("form", list(formats.EXPORTS))
def test_the_courses_own_questions_keep_their_digests(form: str) -> None:
    """Identical bodies, not only identical looks: importing our own export changes nothing in the bank."""
    path = sorted(Path("content/courses").glob("*/*/questions.yaml"))[0]
    _kind, found = formats.read(path.read_bytes(), path.name, "zh")
    assert found.items
    assert not found.refused
    exported = formats.write(form, [Question(item.key, item.raw) for item in found.items], {})
    _kind, again = formats.read(exported.data, exported.name, "zh")
    before = {item.key: grading.validate(item.key, item.raw) for item in found.items}
    for item in again.items:
        assert grading.validate(item.key, item.raw) == before[item.key]
    assert len(again.items) == len(exported.keys)


@pytest.mark.parametrize("form", ["yaml", "moodle", "qti22", "qti30"])
def test_pictures_come_along(form: str) -> None:
    text = {"zh": f"请看图。\n\n![流程图]({_PICTURE})", "en": f'See here.\n\n![the clock]({_PICTURE} "Figure 1")'}
    question = Question("pictured", authored("single", prompt=text, feedback=text))
    exported = formats.write(form, [question], MEDIA)
    assert not exported.left_out
    _kind, again = formats.read(exported.data, exported.name, "zh")
    assert again.media == MEDIA
    assert difference(question.raw, again.items[0].raw) == ""


def test_gift_names_the_questions_with_pictures() -> None:
    text = {"zh": f"![图]({_PICTURE})", "en": f"![figure]({_PICTURE})"}
    exported = formats.write(
        "gift", [Question("pictured", authored(prompt=text)), Question("q", authored())], MEDIA
    )
    assert exported.keys == ["q"]
    assert [(refusal.where, str(refusal.why)) for refusal in exported.left_out] == [
        ("pictured", "GIFT cannot carry pictures")
    ]


def test_a_missing_picture_is_named() -> None:
    question = Question("pictured", authored(prompt={"zh": f"![图]({_PICTURE})", "en": "x"}))
    for form in formats.EXPORTS:
        exported = formats.write(form, [question], {})
        assert [refusal.where for refusal in exported.left_out] == ["pictured"]


def test_what_qti_would_change_stays_here() -> None:
    """Footnotes have no place in QTI: the question is named, not sent without its note."""
    text = {"zh": "正文[^1]。\n\n[^1]: 注", "en": "Text[^1].\n\n[^1]: Note"}
    exported = formats.write("qti22", [Question("noted", authored(prompt=text))], {})
    assert not exported.keys
    assert "prompt" in str(exported.left_out[0].why)


def test_a_type_without_a_writer_is_named() -> None:
    raw = {"type": "hologram", "prompt": {"zh": "一", "en": "one"}}
    for form in formats.EXPORTS:
        exported = formats.write(form, [Question("q", raw)], {})
        assert [refusal.where for refusal in exported.left_out] == ["q"]


def test_archives_are_the_same_bytes_every_time() -> None:
    first, second = (formats.write("qti30", [Question("q", authored())], {}).data for _ in range(2))
    assert first == second
