"""Files that were made to do harm, and files that are merely broken: a clear refusal, never an error."""

import hashlib
import io
import json
import re
import stat
import time
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.quizzes.interchange import archive, formats
from app.quizzes.interchange.model import Question
from tests.quizzes.interchange.test_round_trips import KINDS, MEDIA, NEWER, pictured
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE quiz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<quiz><question type="essay"><name><text>&c;</text></name></question></quiz>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE quiz [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<quiz><question type="truefalse"><questiontext><text>&secret;</text></questiontext></question></quiz>"""
PARAMETER = b'<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/evil.dtd"><quiz/>'


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return buffer.getvalue()


def refusal(data: bytes, name: str = "file") -> str:
    """Why the whole file was refused."""
    _kind, found = formats.read(data, name, "zh")
    assert not found.items
    assert len(found.refused) == 1
    return str(found.refused[0].why)


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE, PARAMETER, LAUGHS.decode().encode("utf-16")])
def test_document_types_are_refused(data: bytes) -> None:
    why = refusal(data)
    assert "document type" in why or "XML cannot be read" in why
    assert "root:" not in why


def test_a_hundred_thousand_nested_elements() -> None:
    depth = 100_000
    assert "XML cannot be read" in refusal(b"<quiz>" + b"<a>" * depth + b"</a>" * depth + b"</quiz>")
    assert "nested too deeply" in refusal(b"<quiz>" + b"<a>" * 150 + b"</a>" * 150 + b"</quiz>")
    html = "<div>" * depth
    text = f"::q::[html]{html} {{T}}"
    assert "longer than" in refusal(text.encode(), "deep.gift.txt")
    nested = "<b><i>" * 1000
    assert refusal(f"::q::[html]{nested}x {{T}}".encode(), "deep.gift.txt")
    assert refusal(("questions: " + "[" * depth).encode(), "deep.yaml")
    assert "too many" in refusal(b"<quiz>" + b"<a/>" * 500_000 + b"</quiz>")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("// " + "[id:" * 50_000 + "\n::q::x {", "never closed"),
        ("::q::" + r"\{mlang en\}" * 20_000 + " {T}", "longer than"),
        ("::q::" + r"\{mlang " + " " * 200_000 + "x {T}", "longer than"),
        ("::q::[html]" + "<span " * 40_000 + " {T}", "longer than"),
        ("::q::x {" + "~a" * 400_000 + "}", "more than 200 answers"),
    ],
    ids=["comments", "languages", "spaces", "spans", "answers"],
)
def test_what_is_never_closed_is_searched_once(text: str, why: str) -> None:
    """Each took minutes, and four times as long for twice the length."""
    started = time.process_time()
    assert why in refusal(text.encode(), "q.gift.txt")
    assert time.process_time() - started < 20


def test_a_file_is_left_where_it_has_too_much_that_cannot_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.quizzes.interchange.model.MAX_ITEMS", 3)
    _kind, found = formats.read(b"{\n\n" * 1_000, "q.gift.txt", "zh")
    assert [str(each.why)[:8] for each in found.refused] == ["its brac"] * 3 + ["only 200"]


def test_yaml_aliases_are_refused() -> None:
    text = "a: &a [x, x]\nb: &b [*a, *a]\nquestions: [*b, *b]\n"
    assert "aliases" in refusal(text.encode(), "laughs.yaml")


@pytest.mark.parametrize(
    "text",
    ["questions: !!python/object/apply:os.system ['true']", "questions: [!!python/name:os.system x]"],
)
def test_yaml_makes_no_objects(text: str) -> None:
    assert refusal(text.encode(), "object.yaml")


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil", "a/../../evil", "C:\\evil", "..\\evil"])
def test_paths_that_lead_outside(name: str) -> None:
    assert "leads outside" in refusal(zipped({"imsmanifest.xml": b"<manifest/>", name: b"x"}))


def test_a_manifest_that_points_outside() -> None:
    manifest = b'<manifest><resource type="imsqti_item_xmlv2p2" href="../../etc/passwd"/></manifest>'
    assert "outside the archive" in refusal(zipped({"imsmanifest.xml": manifest}))


def test_links_are_refused() -> None:
    link = zipfile.ZipInfo("items/link.xml")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("imsmanifest.xml", b"<manifest/>")
        package.writestr(link, "/etc/passwd")
    assert "link" in refusal(buffer.getvalue())


def test_bombs_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "unpacks to far more" in refusal(
        zipped({"imsmanifest.xml": b"<manifest/>", "zeros": b"\0" * 15_000_000})
    )
    monkeypatch.setattr(archive, "MAX_TOTAL", 100_000)
    noise = zlib.compress(bytes(range(256)) * 400)[:90_000] * 1
    many = {f"f{number}": noise + bytes([number]) * 40_000 for number in range(4)}
    assert "unpacks to far more" in refusal(zipped(many))


def test_too_many_files_and_archives_inside() -> None:
    assert "more than 5000 files" in refusal(zipped({f"f{number}": b"" for number in range(5_001)}))
    assert "another archive" in refusal(zipped({"inner.zip": zipped({"a": b"b"})}))


def test_a_size_that_lies() -> None:
    """The directory says ten bytes, the stream holds ten million."""
    data = bytearray(zipped({"imsmanifest.xml": b"A" * 10_000_000}))
    size = (10_000_000).to_bytes(4, "little")
    position = data.rfind(size)
    data[position : position + 4] = (10).to_bytes(4, "little")
    assert refusal(bytes(data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\x80\x81\x82\xff", "encoding"),
        (b"just some words", "none of the formats"),
        (b"<html><body/></html>", "neither Moodle XML nor QTI"),
        (b"<questestinterop/>", "no questions in it"),
        (b"<quiz><question", "line 1"),
        (b'<?xml version="1.0" encoding="nonsense"?><quiz/>', "cannot be read"),
        (b"PK\x03\x04 but no archive", "damaged"),
        (b"<assessmentItem/>", "itemBody"),
        (b"questions: 7", "no list"),
        (b"questions: {a: ", "YAML cannot be read"),
    ],
)
def test_broken_files(data: bytes, message: str) -> None:
    assert message in refusal(data)


def test_an_archive_without_questions() -> None:
    assert "neither an imsmanifest.xml nor" in refusal(zipped({"readme.txt": b"hello", "more.txt": b"hello"}))
    assert "lists no QTI items" in refusal(zipped({"imsmanifest.xml": b"<manifest/>"}))
    assert "not a manifest" in refusal(zipped({"imsmanifest.xml": b"<other/>"}))


@pytest.mark.parametrize(
    "address",
    ["http://example.org/x.png", "file:///etc/passwd", "data:text/html;base64,PGI+", "x.png", "//h/x.png"],
)
def test_pictures_from_elsewhere_are_refused(address: str) -> None:
    item = f"""<quiz><question type="truefalse"><questiontext format="html"><text><![CDATA[<p>T<img src="{address}"
    alt="x"></p>]]></text></questiontext><answer fraction="100"><text>true</text></answer></question></quiz>"""
    assert refusal(item.encode())


@pytest.mark.parametrize("bad", ["<script>x</script>", '<rect onclick="x"/>', '<path fill="url(http://h/)"/>'])
def test_svg_with_anything_alive_is_refused(bad: str) -> None:
    picture = f'<svg xmlns="http://www.w3.org/2000/svg">{bad}</svg>'.encode()
    files = {
        "questions.yaml": b"questions:\n- {id: q, type: true_false, answer: true,"
        b" prompt: {zh: '![a](x.svg)', en: b}}\n",
        "x.svg": picture,
    }
    assert "SVG" in refusal(zipped(files))


def beside(fields: str) -> bytes:
    """A question in GIFT with these fields as our own export would carry them, in place of nothing."""
    instead = hashlib.sha256(json.dumps(dict.fromkeys(json.loads(fields))).encode()).hexdigest()
    carried = f'[{{"fields": {fields}, "instead": "{instead}"}}]'
    escaped = re.sub(r"([\\\]])", r"\\\1", carried)
    return f"// [academy:{escaped}]\n::q::问题？{{T}}\n".encode()


@pytest.mark.parametrize(
    "fields",
    [
        '{"more": "half a \\ud800 character"}',
        '{"more": "\\u0000"}',
        '{"more": NaN}',
        '{"more": ' + "[" * 500 + "]" * 500 + "}",
        '{"more": {"zh": "![a](media:' + "a" * 64 + '.png)", "en": "b", "fr": "c"}}',
    ],
)
def test_what_no_export_of_ours_carries_is_refused(fields: str) -> None:
    assert "damaged" in refusal(beside(fields))


@pytest.mark.parametrize("fields", ['{"more": 1}', '{"parts": 5}', '{"parts": [5]}', '{"image": [1]}'])
def test_fields_of_another_shape_are_never_read(fields: str) -> None:
    _kind, found = formats.read(beside(fields), "q.gift.txt", "zh")
    assert [item.raw["answer"] for item in found.items] == [True]


_EXPORTS = {
    form: formats.write(
        form, [Question(f"q-{n}", pictured(authored(kind))) for n, kind in enumerate(KINDS + NEWER)], MEDIA
    )
    for form in formats.EXPORTS
}


def _cut(data: bytes, start: int, length: int) -> bytes:
    return data[:start] + data[start + length :]


def _twice(data: bytes, start: int, length: int) -> bytes:
    return data[: start + length] + data[start:]


def _noise(data: bytes, start: int, length: int) -> bytes:
    return data[:start] + bytes(byte ^ (length + 1) for byte in data[start : start + 3]) + data[start + 3 :]


@pytest.mark.parametrize("form", list(formats.EXPORTS))
@settings(max_examples=60, deadline=None)
@given(
    place=st.floats(0, 1),
    length=st.integers(1, 200),
    harm=st.sampled_from([_cut, _twice, _noise]),
)
def test_damaged_files_never_raise(
    form: str, place: float, length: int, harm: Callable[[bytes, int, int], bytes]
) -> None:
    exported = _EXPORTS[form]
    data = harm(exported.data, int(place * len(exported.data)), length)
    _kind, found = formats.read(data, exported.name, "en")
    assert found.items or found.refused


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab {}=~#%->:\\.1050[]html markdown\n$/TF"), max_size=80))
def test_any_gift_like_text_is_read_or_refused(text: str) -> None:
    _kind, found = formats.read(text.encode(), "any.gift.txt", "zh")
    assert all(item.raw["prompt"]["zh"] for item in found.items)


_TAGS = st.sampled_from(
    ["quiz", "question", "text", "answer", "questiontext", "subquestion", "name", "unit", "tags"]
)


@st.composite
def _xml(draw: st.DrawFn, depth: int = 0) -> str:
    tag = draw(_TAGS) if depth else "quiz"
    kind = draw(
        st.sampled_from(["", ' type="matching"', ' type="numerical" fraction="100"', ' type="multichoice"'])
    )
    inner = draw(st.lists(_xml(depth + 1), max_size=3)) if depth < 4 else []
    return f"<{tag}{kind}>{draw(st.sampled_from(['', 'x', '1e9', '*']))}{''.join(inner)}</{tag}>"


@settings(max_examples=100, deadline=None)
@given(_xml())
def test_any_moodle_like_tree_is_read_or_refused(text: str) -> None:
    formats.read(text.encode(), "any.xml", "zh")
