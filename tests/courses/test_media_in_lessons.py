"""Recordings on the lesson's page, part by part for players, on paper as transcripts, and out and in again."""

import shutil
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask import current_app

from app.core import clock, publishing
from app.core.database import release
from app.courses import queries
from app.courses.authoring import services as authoring
from app.courses.content.loading import inspect
from app.courses.studying import printing
from app.library.queries import library
from tests.support.cast import Cast
from tests.support.courses import SMALL, enrol, sync_folder
from tests.support.pages import Visitors, words
from tests.support.recordings import CAPTIONS, add_recordings, mp4, pdf

LESSON = "/courses/small/m1-first/case"


@pytest.fixture(autouse=True)
def content(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    add_recordings(folder)
    sync_folder(folder)
    release()
    return folder


def test_the_page_has_players_captions_and_transcripts(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    page = browser.page(LESSON)
    (video,) = page.cssselect("figure.recording video[controls]")
    assert video.get("autoplay") is None
    assert [(one.get("srclang"), one.get("default")) for one in video.cssselect("track")] == [
        ("zh-CN", ""),
        ("en", None),
    ]
    for track, tag in zip(video.cssselect("track"), ("zh", "en"), strict=True):
        captions = browser.get(str(track.get("src")))
        assert (captions.mimetype, captions.get_data(as_text=True)) == ("text/vtt", CAPTIONS[tag])
    assert page.cssselect("audio[controls][preload=metadata]")
    said = words(page)
    for expected in (
        "开庭实录 0:04",
        "法官谈程序 0:02",
        "文字稿",
        "主持人：现在开庭。",
        "Judge: We are open.",
        "申请表",
    ):
        assert expected in said
    form = browser.get(str(page.cssselect(".attachment a")[0].get("href")))
    assert (form.mimetype, form.headers["Content-Disposition"]) == ("application/pdf", "attachment")
    assert form.get_data() == pdf()
    assert "media-src 'self'" in browser.get(LESSON).headers["Content-Security-Policy"]
    assert browser.page("/courses/small/m1-first/basics").cssselect("script[src*=recordings]") == []


def test_players_get_parts(cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    """As RFC 9110 says: 206 with what it holds, 416 beyond the end, 304 for what the browser has."""
    monkeypatch.setattr(publishing, "PART", 100)
    data = mp4()
    browser = visit(cast.trainee)
    url = str(visit(cast.instructor).page(LESSON).cssselect("video")[0].get("src"))
    whole = browser.get(url)
    assert (whole.get_data(), whole.headers["Accept-Ranges"]) == (data, "bytes")
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    for asked, start, stop in (
        ("bytes=10-19", 10, 20),
        ("bytes=0-", 0, 100),  # cut: the player asks for the next part
        (f"bytes={len(data) - 7}-", len(data) - 7, len(data)),
        ("bytes=-5", len(data) - 5, len(data)),
        (f"bytes=-{len(data) - 3}", 3, 103),  # so many from the end are cut, too
        (f"bytes=-{len(data) + 500}", 0, 100),
        (f"bytes=5-{len(data) + 500}", 5, 105),
    ):
        part = browser.get(url, 206, headers={"Range": asked})
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}", asked
        assert part.get_data() == data[start:stop]
        assert part.content_length == stop - start
    beyond = browser.get(url, 416, headers={"Range": f"bytes={len(data)}-"})
    assert beyond.headers["Content-Range"] == f"bytes */{len(data)}"
    tag = str(whole.headers["ETag"])
    assert not browser.get(url, 304, headers={"If-None-Match": tag}).get_data()
    assert browser.get(url, 206, headers={"Range": "bytes=0-9", "If-Range": tag}).get_data() == data[:10]
    assert browser.get(url, 200, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).get_data() == data
    assert browser.client.head(url).content_length == len(data)
    browser.get("/courses/media/" + "0" * 64, 404)


def test_on_paper_the_transcript_stands_in_place_of_the_player(cast: Cast) -> None:
    enrolment = enrol(cast.trainee)
    outline = queries.outline(enrolment.course_revision_id)
    module = outline.find_module("m1-first")
    assert module is not None
    html = printing.document_html(outline, module, "en", library(), clock.now())
    for expected in ("The hearing", "Judge: We are open.", "The form", "Text version of the video"):
        assert expected in html
    for unexpected in ("<video", "<audio", "主持人", "/courses/media"):
        assert unexpected not in html
    root: Path = current_app.extensions["academy.settings"].data_dir
    with pikepdf.Pdf.open(BytesIO(printing.document_pdf(html, {}, root))) as made:
        assert made.Root.MarkInfo.Marked


def test_export_and_sync_give_the_same_revision(content: Path, tmp_path: Path) -> None:
    before = queries.current_revision_id(queries.get_course("small"))
    release()
    folder = tmp_path / "exported"
    folder.mkdir()
    authoring.export(folder, current_app.extensions["academy.settings"].data_dir)
    release()
    assert (folder / "courses/small/media/hearing.mp4").read_bytes() == mp4()
    assert inspect(folder)[1] == []
    assert sync_folder(folder) == []
    assert queries.current_revision_id(queries.get_course("small")) == before
