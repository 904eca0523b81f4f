"""Recordings in pieces: whose they are, gone on with after a broken line, placed once, refused, swept."""

import errno
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from lxml import html
from sqlalchemy import func, select

from app.core import clock
from app.core.access import Actor
from app.core.database import db, release, transaction
from app.core.errors import Conflict, TooLarge
from app.core.identifiers import new_id
from app.courses.authoring import queries as drafts
from app.courses.authoring import services as authoring
from app.courses.authoring.models import CourseSource, Draft, DraftEdit
from app.courses.uploads import queries, services, storage, tasks
from app.courses.uploads.models import MediaUpload, UploadPiece
from app.courses.uploads.rules import PATIENCE, UploadState
from app.courses.uploads.services import Announced, Limits
from tests.support.authoring import instructor, make_course
from tests.support.cast import Cast
from tests.support.courses import sync_folder
from tests.support.editing import values_of
from tests.support.pages import Browser, Visitors, words
from tests.support.recordings import CAPTIONS, TRANSCRIPT, mp3, mp4

PAGE = "/authoring/own-course/recordings"
UPLOADS = "/authoring/own-course/uploads"
WIDE = Limits(file=10**9, organisation=10**12)


@pytest.fixture
def draft(cast: Cast) -> Draft:
    """A course of the instructor's own organisation."""
    actor = instructor(cast.instructor)
    sync_folder()
    release()
    return make_course(actor, cast.university)


def root() -> Path:
    found: Path = current_app.extensions["academy.settings"].data_dir
    return found


class Sender:
    """Our script, as far as the server sees it."""

    def __init__(self, browser: Browser, data: bytes, name: str = "Hearing 1.MOV") -> None:
        self.browser, self.data, self.name = browser, data, name
        self.token = browser.token(PAGE)
        self.url = ""

    def send(self, method: str, url: str, status: int, body: bytes = b"", **headers: Any) -> Any:
        said = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        told = {"Accept": "application/json", "X-CSRFToken": self.token, "Tus-Resumable": "1.0.0"} | said
        answer = self.browser.client.open(url, method=method, data=body, headers=told)
        assert answer.status_code == status, f"{method} {url}: {answer.status_code} {answer.text}"
        return answer

    def begin(self, status: int = 201, size: int | None = None) -> Any:
        named = f"filename {b64encode(self.name.encode()).decode()},fingerprint {b64encode(b'f').decode()}"
        size = len(self.data) if size is None else size
        answer = self.send("POST", UPLOADS, status, Upload_Length=size, Upload_Metadata=named)
        self.url = answer.headers.get("Location", "")
        return answer

    def piece(self, start: int, stop: int, status: int = 204) -> Any:
        kind = "application/offset+octet-stream"
        return self.send("PATCH", self.url, status, self.data[start:stop], Content_Type=kind, Upload_Offset=start)

    def offset(self) -> int:
        return int(self.send("HEAD", self.url, 200).headers["Upload-Offset"])

    def finish(self, status: int = 200) -> Any:
        return self.send("POST", f"{self.url}/finish", status)


def test_a_recording_arrives_in_pieces_and_is_placed_once(cast: Cast, draft: Draft, visit: Visitors) -> None:
    data = mp4(content=bytes(300_000))
    sender = Sender(visit(cast.instructor), data)
    begun = sender.begin()
    assert begun.headers["Tus-Resumable"] == "1.0.0"
    assert "creation" in begun.headers["Tus-Extension"]
    sender.piece(0, 100_000)
    assert sender.offset() == 100_000
    sender.piece(0, 100_000, 409)  # sent again: its answer was lost
    sender.piece(200_000, 300_000, 409)  # a gap
    assert sender.finish(409).json["code"] == "incomplete"
    page = visit(cast.instructor).page(PAGE)
    assert "未完成的上传 " in words(page)
    assert page.cssselect("[data-upload]")[0].get("data-upload") == sender.url
    sender.piece(100_000, len(data))
    first = sender.finish()
    assert first.json == {"name": "hearing-1.mp4", "kind": "video", "page": f"{PAGE}/hearing-1.mp4"}
    assert sender.finish().json == first.json
    sender.piece(len(data), len(data), 409)
    release()
    head = drafts.files_of(draft.id)["media/hearing-1.mp4"]
    assert head.version == 1
    assert list(storage.folders(root())) == []
    assert db.session.scalar(select(func.count()).select_from(UploadPiece)) == 0
    assert visit(cast.instructor).get(f"/authoring/own-course/media/{head.digest}").get_data() == data
    again = Sender(visit(cast.instructor), data, "copy.mp4")  # the same bytes are the same file
    again.begin()
    again.piece(0, len(data))
    assert again.finish().json["name"] == "hearing-1.mp4"
    release()
    assert queries.used_by(draft_organisation(draft)) == len(data)
    release()
    with transaction():
        authoring.delete_file(
            instructor(cast.instructor),
            draft.id,
            "media/hearing-1.mp4",
            base_version=1,
            edit_id=new_id(),
            now=clock.now(),
        )
    sender.finish(404)  # placed, and removed since


def draft_organisation(draft: Draft) -> Any:
    return db.session.get_one(CourseSource, draft.course_key).organisation_id


def test_only_its_sender_goes_on_with_an_upload(cast: Cast, draft: Draft, visit: Visitors) -> None:
    sender = Sender(visit(cast.instructor), mp3())
    sender.begin()
    for person, status in ((cast.trainee, 403), (cast.outsider, 403), (cast.other_instructor, 404)):
        visit(person).get(PAGE, status=status)
        stranger = visit(person)
        told = {"Accept": "application/json", "X-CSRFToken": stranger.token("/notes")}
        for method in ("HEAD", "PATCH", "DELETE"):
            found = stranger.client.open(sender.url, method=method, headers=told | {"Upload-Offset": "0"})
            wanted = {status, HTTPStatus.UNSUPPORTED_MEDIA_TYPE} if method == "PATCH" else {status}
            assert found.status_code in wanted, f"{person.name} {method}"
    assert sender.offset() == 0
    sender.send("PATCH", sender.url, 415, b"x", Upload_Offset=0)
    sender.send("POST", UPLOADS, 412, Tus_Resumable="0.2.1", Upload_Length=5)
    sender.send("POST", UPLOADS, 422, Upload_Length="-5")
    sender.send("DELETE", sender.url, 204)
    sender.send("HEAD", sender.url, 404)


def test_what_lessons_cannot_show_is_refused_when_it_is_there(cast: Cast, draft: Draft, visit: Visitors) -> None:
    sender = Sender(visit(cast.instructor), mp4(video=b"hvc1"), "film.mp4")
    sender.begin()
    sender.piece(0, len(sender.data))
    answer = sender.finish(422)
    assert "hvc1" in answer.json["detail"]
    assert "请改用 H.264 和 AAC 保存" in answer.json["detail"]
    sender.send("HEAD", sender.url, 404)
    assert list(storage.folders(root())) == []
    release()
    assert not [path for path in drafts.files_of(draft.id) if path.startswith("media/")]


def begin(actor: Actor, draft: Draft, size: int, limits: Limits = WIDE, name: str = "a.mp3") -> MediaUpload:
    release()
    source = db.session.get_one(CourseSource, draft.course_key)
    release()
    with transaction():
        return services.begin_upload(actor, source, Announced(name, size), limits=limits, now=clock.now())


def send(upload: MediaUpload, start: int, read: Callable[[int], bytes]) -> int:
    most = upload.size - start
    upload_id = upload.id
    release()
    piece = storage.keep_piece(root(), upload_id, read, most)
    with transaction():
        return services.note_piece(upload_id, start, piece, clock.now())


def test_limits_say_how_much_is_left(cast: Cast, draft: Draft) -> None:
    actor = instructor(cast.instructor)
    small = Limits(file=2 * 2**20, organisation=3 * 2**20)
    with pytest.raises(TooLarge, match="2 MB"):
        begin(actor, draft, 3 * 2**20, small)
    first = begin(actor, draft, 2 * 2**20, small)
    with pytest.raises(TooLarge, match=r"3 MB.* 2 MB.* 2 MB") as refused:
        begin(actor, draft, 2 * 2**20, small)
    assert refused.value.code == "quota"
    release()
    with transaction():
        assert services.give_up(first.id)
    begin(actor, draft, 2 * 2**20, small)
    for _number in range(9):
        begin(actor, draft, 1)
    with pytest.raises(Conflict):
        begin(actor, draft, 1)


def test_a_line_that_breaks_in_a_piece_loses_nothing_that_arrived(cast: Cast, draft: Draft) -> None:
    data = mp3(400)
    actor, draft_id = instructor(cast.instructor), draft.id
    upload = begin(actor, draft, len(data))
    upload_id = upload.id
    stream = BytesIO(data[:70_000])

    def broken(size: int) -> bytes:
        if not (block := stream.read(size)):
            raise ConnectionResetError
        return block

    assert send(upload, 0, broken) == 70_000
    assert send(upload, 70_000, BytesIO(data[70_000:]).read) == len(data)
    stale = storage.keep_piece(
        root(), upload_id, BytesIO(data[70_000:]).read, 10
    )  # a request that hung, and woke up
    with pytest.raises(Conflict), transaction():
        services.note_piece(upload_id, 70_000, stale, clock.now())
    release()
    pieces = queries.pieces_of(upload_id)
    release()
    checked = services.check_whole(root(), upload_id, pieces)
    with transaction():
        name = services.place_upload(actor, upload_id, draft_id, checked, clock.now())
    with transaction():
        assert services.place_upload(actor, upload_id, draft_id, checked, clock.now()) == name
    edits = select(func.count()).where(DraftEdit.draft_id == draft_id, DraftEdit.path == f"media/{name}")
    assert db.session.scalar(edits) == 1


def test_what_the_disk_cannot_take_is_not_counted(
    cast: Cast, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = begin(instructor(cast.instructor), draft, 100).id

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space"):
        patched.setattr("os.fsync", full)
        storage.keep_piece(root(), upload_id, BytesIO(b"a" * 40).read, 40)
    assert list((root() / "uploads" / str(upload_id)).iterdir()) == []

    def discarded(_size: int) -> bytes:
        storage.drop_all(root(), upload_id)
        return b""

    with pytest.raises(FileNotFoundError):
        storage.keep_piece(root(), upload_id, discarded, 40)


def test_a_piece_that_comes_while_the_sweep_looks_saves_the_upload(cast: Cast, draft: Draft) -> None:
    upload = begin(instructor(cast.instructor), draft, 100)
    send(upload, 0, BytesIO(b"a" * 40).read)
    with transaction():
        assert not services.give_up(upload.id, late=clock.now())
    assert len(queries.pieces_of(upload.id)) == 1


def test_uploads_that_nobody_goes_on_with_are_swept(
    cast: Cast, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = begin(instructor(cast.instructor), draft, 100)
    send(late, 0, BytesIO(b"a" * 40).read)
    young = begin(instructor(cast.instructor), draft, 100)
    send(young, 0, BytesIO(b"b" * 40).read)
    lost = storage.keep_piece(root(), draft.id, BytesIO(b"c").read, 1)  # a folder of no upload
    assert lost.size == 1
    release()
    with transaction():
        db.session.get_one(MediaUpload, late.id).expires_at = clock.now() - timedelta(seconds=1)
    release()
    tasks.sweep()
    assert list(storage.folders(root())) == [young.id]
    assert db.session.get_one(MediaUpload, late.id).state is UploadState.GONE
    assert db.session.get_one(MediaUpload, young.id).expires_at > clock.now() + PATIENCE - timedelta(hours=1)


def test_captions_and_text_versions_are_written_in_forms(cast: Cast, draft: Draft, visit: Visitors) -> None:
    browser = visit(cast.instructor)
    token = browser.token(PAGE)
    sent = {"csrf_token": token, "file": (BytesIO(mp4()), "Anhörung.mp4")}
    added = browser.client.post(PAGE, data=sent)
    assert added.status_code == 303
    one = str(added.headers["Location"])
    assert one.endswith("/recordings/anh-rung.mp4")
    assert "中文" in words(browser.page(PAGE))
    form = values_of(browser.page(one), "form[data-guard]")
    form |= {"captions-zh": CAPTIONS["zh"], "action": "transcript-zh"}
    made = values_of(
        html.document_fromstring(browser.client.post(one, data=form).get_data(as_text=True)), "form[data-guard]"
    )
    assert made["transcript-zh"].strip() == "主持人: 现在开庭。请坐。"
    form |= {"captions-en": CAPTIONS["en"] + "\n00:09.000 --> 00:08.000\nx", "transcript-en": TRANSCRIPT["en"]}
    form |= {"transcript-zh": TRANSCRIPT["zh"], "action": ""}
    assert browser.client.post(one, data=form).status_code == 303
    page = browser.page(one)
    assert "第9行" in words(page).replace(" ", "")
    assert page.cssselect("video track[srclang=en]")
    upload = {
        **values_of(page, "form[data-guard]"),
        "captions-en-file": (BytesIO(CAPTIONS["en"].encode()), "a.vtt"),
    }
    assert browser.client.post(one, data=upload).status_code == 303
    assert not browser.page(one).cssselect("form .form-error")
    listed: Any = browser.get("/authoring/own-course/recordings.json").json
    assert listed["files"] == [{"name": "anh-rung.mp4", "kind": "video", "note": "0:04"}]
    browser.submit(f"{one}/remove", {}, 303, form_at=PAGE)
    assert browser.get("/authoring/own-course/recordings.json").json == {"files": []}
