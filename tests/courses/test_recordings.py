"""Recordings, attachments and captions: what they are by their bytes, and every fault at its line."""

import shutil
import time
import zlib
from pathlib import Path

import pytest

from app.courses.content import captions
from app.courses.content.loading import inspect
from app.courses.content.media_files import describe
from app.courses.content.pictures import Unsafe
from app.courses.content.recordings import examine
from tests.support.courses import SMALL
from tests.support.recordings import CAPTIONS, FRAME, add_recordings, box, element, mp3, mp4, ogg, pdf, webm
from tests.support.wording import in_chinese

pytestmark = pytest.mark.no_database


def test_each_kind_is_found_by_its_content() -> None:
    video = examine(mp4())
    assert (video.kind, video.media_type, video.seconds) == ("video", "video/mp4", 4)
    assert (video.width, video.height) == (640, 360)
    assert (examine(mp4(video=b"")).media_type, examine(mp4(video=b"")).kind) == ("audio/mp4", "audio")
    film = examine(webm())
    assert (film.media_type, film.seconds, film.width, film.height) == ("video/webm", 4.0, 640, 360)
    assert examine(webm(codecs=((2, b"A_OPUS"),))).media_type == "audio/webm"
    assert examine(mp3()).seconds == pytest.approx(40 * 1152 / 44_100)
    assert examine(mp3() + b"TAG" + bytes(125)).media_type == "audio/mpeg"
    assert examine(FRAME * 5).media_type == "audio/mpeg"
    assert (examine(ogg()).media_type, examine(ogg()).seconds) == ("audio/ogg", 2.0)
    assert examine(pdf()).media_type == "application/pdf"
    assert examine(pdf(packed=b"5 0 <</Type/Font>>")).kind == "file"


PLACE = box(b"udta", box(b"\xa9xyz", b"+31.2304+121.4737/"))


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (b"MZ\x90\0", "neither MP4, WebM, MP3, M4A, Ogg nor PDF"),
        (b"", "neither MP4"),
        (mp4()[:-1], "damaged: it breaks off"),
        (mp4(video=b"", audio=b""), "neither picture nor sound"),
        (box(b"ftyp", b"isom") + box(b"mdat"), "its index or its content is missing"),
        (box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", bytes(3))) + box(b"mdat"), "its index is too short"),
        (mp4(video=b"hvc1"), "coded as hvc1"),
        (mp4(video=b"encv"), "coded as encv"),
        (mp4(extra=PLACE), "the place where it was made"),
        (webm()[:-1], "damaged: it breaks off"),
        (webm(kind=b"matroska"), "coded as Matroska"),
        (webm(codecs=((1, b"V_MPEG4/ISO/AVC"),)), "coded as V_MPEG4"),
        (mp3() + b"<script>", "breaks off, or something else"),
        (ogg()[:-3], "damaged: it breaks off"),
        (ogg(head=b"\x80theora" + bytes(40)), "Ogg with Theora"),
        (pdf()[:-20], "the PDF is damaged"),
        (pdf(b"/OpenAction<</S/JavaScript/JS(x)>>"), "scripts, forms that send, or other files"),
        (pdf(b"/OpenAction<</S/J#61vaScript>>"), "scripts, forms that send, or other files"),
        (pdf(packed=b"5 0 <</S/Launch>>"), "scripts, forms that send, or other files"),
        (pdf(b"/Encrypt 9 0 R"), "locked"),
    ],
)
def test_what_breaks_off_or_cannot_be_played_is_refused(sent: bytes, wrong: str) -> None:
    with pytest.raises(Unsafe, match=wrong) as refused:
        examine(sent)
    assert in_chinese(refused.value.wrong)
    assert in_chinese(refused.value.mend)


WEBM = element("1a45dfa3", element("4282", b"webm"))


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (box(b"ftyp") + box(b"mdat") + box(b"moov", box(b"mvhd")), "its index is too short"),
        (WEBM + element("18538067", element("1549a966", element("2ad7b1", bytes(9)))), "its index is too large"),
        (b"%PDF-1.7\nstartxref\n" + b"9" * 5000 + b"\n%%EOF", "the PDF is damaged"),
        (pdf(packed=bytes(17 * 1024 * 1024)), "the PDF is damaged"),
    ],
)
def test_hostile_files_are_refused_in_words(sent: bytes, wrong: str) -> None:
    with pytest.raises(Unsafe, match=wrong) as refused:
        examine(sent)
    assert in_chinese(refused.value.wrong)
    assert in_chinese(refused.value.mend)


def test_no_file_makes_the_check_look_at_the_same_bytes_again_and_again() -> None:
    """Each of these took minutes or hours while the time grew with the square of the size."""
    endless = pdf().replace(b"startxref", b"stream\n" * 150_000 + b"startxref")
    packed = b"/ObjStm stream\n" + zlib.compress(b"")
    many = pdf().replace(b"startxref", packed * 40_000 + b"startxref")
    started = time.process_time()
    assert (examine(endless).kind, examine(many).kind) == ("file", "file")
    assert captions.plain("<" * 300_000).startswith("<")
    assert captions.plain("<v" + " " * 300_000).startswith("<v")
    assert time.process_time() - started < 30


def test_a_length_that_cannot_be_true_is_none() -> None:
    assert describe("", mp4()).milliseconds == 4000
    assert describe("", mp4(seconds=4_294_967)).milliseconds is None


def test_what_a_stream_looks_like_inside_is_no_script() -> None:
    assert examine(pdf(stream=b"/JS /XFA /Launch ")).kind == "file"


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("00:00.000 --> 00:01.000\nA\n", 1, "do not begin with WEBVTT"),
        ("WEBVTT\nx\n\n00:00.000 --> 00:01.000\nA\n", 2, "not blank"),
        ("WEBVTT\n\n", 3, "the captions are empty"),
        ("WEBVTT\n\n00:00,000 --> 00:01,000\nA\n", 3, "not readable"),
        (f"WEBVTT\n\n{'9' * 5000}:00:00.000 --> 00:01.000\nA\n", 3, "not readable"),
        ("WEBVTT\n\nNOTE all well\n\n1\n00:01.000 --> 00:01.000\nA\n", 6, "ends before it begins"),
        ("WEBVTT\n\n00:03.000 --> 00:04.000\nA\n\n00:01.000 --> 00:02.000\nB\n", 6, "begins before the one above"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n", 3, "has no words"),
        ("WEBVTT\n\nonly words\n", 3, "has no times"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 colour:red\nA\n", 3, "`colour:red` is no setting"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA <script>\n", 4, "`<script>` is no mark"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n3 < 5\n", 4, "is no mark"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nA\n00:02.000 --> 00:03.000\n", 5, "times stand among the words"),
        ("WEBVTT\n\nSTYLE\n::cue { color: red }\n", 3, "a STYLE block"),
    ],
)
def test_each_fault_of_captions_has_its_line(text: str, line: int, wrong: str) -> None:
    (found,) = captions.read(text).findings
    assert found.line == line
    assert wrong in str(found.wrong)
    assert in_chinese(found.wrong)
    assert in_chinese(found.mend)


def test_captions_become_a_transcript() -> None:
    text = (
        "\ufeffWEBVTT - hearing\r\n\r\n1\r\n00:00.000 --> 00:01.500 line:90%\r\n<v.loud 法官>现在&amp;开"
        "\r\n\r\n00:01.500 --> 01:00:03.000\r\n请<i>坐</i>。\r\n\r\n01:00:09.000 --> 01:00:10.000\r\n<00:09.500>休"
    )
    read = captions.read(text)
    assert read.findings == ()
    assert [(cue.start, cue.end, cue.line) for cue in read.cues][1:] == [(1.5, 3603, 7), (3609, 3610, 10)]
    assert captions.as_transcript(text) == "法官: 现在&开请坐。\n\n休\n"
    assert captions.as_transcript(CAPTIONS["en"]) == "Judge: We are open. Sit down.\n"


# --- in a course -------------------------------------------------------------------------------------------

LESSON = "courses/small/m1-first/02-case"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small course with recordings in its second lesson."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    add_recordings(folder)
    return folder


def faults(folder: Path) -> list[str]:
    found = inspect(folder)[1]
    assert all(in_chinese(fault.wrong) and in_chinese(fault.mend) for fault in found)
    return [str(fault).removeprefix("content/courses/small/") for fault in found]


def test_a_video_needs_captions_and_a_transcript_in_each_language(course: Path) -> None:
    assert faults(course) == []
    lines = (course / f"{LESSON}.en.md").read_text().splitlines()
    line = lines.index("::: video hearing.mp4 The hearing") + 1
    for name in ("hearing.en.vtt", "hearing.en.txt"):
        (course / "courses/small/media" / name).unlink()
    assert faults(course) == [
        f"m1-first/02-case.en.md:{line}:11: the recording `hearing.mp4` has no English transcript;"
        " add media/hearing.en.txt",
        f"m1-first/02-case.en.md:{line}:11: the video `hearing.mp4` has no English captions;"
        " add media/hearing.en.vtt",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("hearing.mp4 The hearing", "hearing.mp4", "has no title; say what it is: ::: video hearing.mp4"),
        (
            "video hearing.mp4",
            "audio hearing.mp4",
            "`hearing.mp4` is placed as audio; write ::: video",
        ),
        (
            "video hearing.mp4 The",
            "video haering.mp4 The",
            "no recording `haering.mp4` (did you mean `hear",
        ),
        (
            "video hearing.mp4 The hearing\n",
            "video hearing.mp4 The hearing\nLost.\n",
            "text stands in the block",
        ),
        ("::: file form.pdf The form\n:::\n", "", "the recordings of section `letter` differ from the Chinese"),
        ("::: file", "::: note\n::: file", "the recording `form.pdf` stands inside another block"),
        ("::: file", "::: film", "`film` is not a kind of block; write one of note, warning, deadline, example,"),
    ],
)
def test_each_fault_of_a_placed_recording(course: Path, old: str, new: str, expected: str) -> None:
    path = course / f"{LESSON}.en.md"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert expected in "\n".join(faults(course))


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("other.mp4", webm(), "media/other.mp4:1:1: the recording is .webm by its content; name it other.webm"),
        ("other.mp4", mp4()[:-1], "media/other.mp4:1:1: the recording is damaged: it breaks off; save it anew"),
        (
            "other.exe",
            b"MZ",
            "media/other.exe:1:1: a file of type .exe among the recordings; use .mp4,",
        ),
        ("hearing.mp3", mp3(), "media/hearing.mp3:1:1: two recordings are called hearing;"),
        ("lost.zh.vtt", b"WEBVTT", "media/lost.zh.vtt:1:1: the captions lost.zh.vtt belong to no recording"),
        ("hearing.fr.txt", b"Bonjour", "media/hearing.fr.txt:1:1: the transcript hearing.fr.txt belong to no"),
        ("hearing.zh.txt", b" \n", "media/hearing.zh.txt:1:1: the transcript is empty"),
        (
            "hearing.zh.vtt",
            b"WEBVTT\n\n00:01.000 --> 00:09.000\nlate\n",
            "media/hearing.zh.vtt:3:1: a cue ends after the recording does; correct its times",
        ),
    ],
)
def test_each_fault_of_a_file(course: Path, name: str, data: bytes, expected: str) -> None:
    (course / "courses/small/media" / name).write_bytes(data)
    assert expected in "\n".join(faults(course))
