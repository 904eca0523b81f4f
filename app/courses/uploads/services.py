"""Begin an upload, keep its pieces, place the whole file once, give it up."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, true, update

from app.core.access import Actor
from app.core.database import db, serialise
from app.core.errors import Conflict, Invalid, NotFound, TooLarge
from app.core.identifiers import new_id
from app.courses.authoring import queries as drafts
from app.courses.authoring import services as authoring
from app.courses.authoring.models import CourseSource
from app.courses.authoring.sources import row_of
from app.courses.content import media_files
from app.courses.content.pictures import Unsafe
from app.courses.content.recordings import suffix_for
from app.courses.uploads import queries, storage
from app.courses.uploads.models import MediaUpload, UploadPiece
from app.courses.uploads.rules import MAX_OPEN, PATIENCE, UploadState, media_name
from app.files import services as files


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of one file, and of everything that an organisation sends."""

    file: int
    organisation: int


@dataclass(frozen=True, slots=True)
class Announced:
    """A file as its sender announces it."""

    name: str
    size: int
    fingerprint: str = ""


def begin_upload(
    actor: Actor, source: CourseSource, file: Announced, *, limits: Limits, now: datetime
) -> MediaUpload:
    """Let a file come. Raises Invalid for an empty one, TooLarge beyond a limit, Conflict for too many at once."""
    if not file.name or file.size <= 0:
        raise Invalid(_("The file is empty."))
    if file.size > limits.file:
        raise TooLarge(_("The file has more than %(most)s MB.", most=limits.file // 2**20), code="size")
    serialise(f"uploads:{source.organisation_id}")
    if queries.count_open(actor.person_id) >= MAX_OPEN:
        raise Conflict(_("Too many uploads are unfinished. Finish or discard one of them first."), code="open")
    used = queries.used_by(source.organisation_id)
    if used + file.size > limits.organisation:
        words = _(
            "Your organisation has used %(used)s of %(most)s MB for recordings; this file needs %(size)s MB. "
            "Ask the administrator for more room.",
            used=-(-used // 2**20),
            most=limits.organisation // 2**20,
            size=-(-file.size // 2**20),
        )
        raise TooLarge(words, code="quota")
    upload = MediaUpload(
        id=new_id(),
        course_key=source.course_key,
        organisation_id=source.organisation_id,
        person_id=actor.person_id,
        name=PurePosixPath(file.name.replace("\\", "/")).name[:200],
        fingerprint=file.fingerprint[:200],
        size=file.size,
        received=0,
        state=UploadState.OPEN,
        expires_at=now + PATIENCE,
        created_at=now,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def note_piece(upload_id: uuid.UUID, start: int, piece: storage.Arrived, now: datetime) -> int:
    """Count a piece that lies on the disk; how far the upload is now.

    Raises Conflict when another request has brought these bytes already: then the piece is nobody's.
    """
    moved = db.session.execute(
        update(MediaUpload)
        .where(MediaUpload.id == upload_id, MediaUpload.received == start, MediaUpload.state == UploadState.OPEN)
        .values(received=start + piece.size, expires_at=now + PATIENCE)
        .returning(MediaUpload.received)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if moved is None:
        raise Conflict(_("These bytes have arrived already."), code="offset")
    if piece.size:
        db.session.add(UploadPiece(upload_id=upload_id, start=start, size=piece.size, file=piece.file))
        db.session.flush()
    return moved


@dataclass(frozen=True, slots=True)
class Checked:
    """A whole file that lies in the file store, with what is known of it."""

    known: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return str(self.known["digest"])


def check_whole(root: Path, upload_id: uuid.UUID, pieces: Sequence[str]) -> Checked:
    """Put the pieces together, look at what they are, and move the file into the file store.

    Slow: outside a transaction. Raises Unsafe for what lessons cannot show, FileNotFoundError when the pieces are
    gone because somebody else has just placed or discarded the file.
    """
    with storage.assembled(root, upload_id, pieces) as whole:
        with whole.bytes() as data:
            kept = media_files.describe(whole.digest, data)
        for finding in kept.findings:
            raise Unsafe(finding.wrong, finding.mend)
        files.adopt(root, whole.path, whole.digest)
    return Checked(row_of(kept))


def place_upload(actor: Actor, upload_id: uuid.UUID, draft_id: uuid.UUID, checked: Checked, now: datetime) -> str:
    """Put the file into the draft, once however often it is asked; its name there. What it has is not added again.

    Raises NotFound for an upload that is gone, and as ``authoring.place_media``.
    """
    serialise(f"media:{draft_id}")
    upload = db.session.execute(
        select(MediaUpload)
        .where(MediaUpload.id == upload_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if upload.state is UploadState.GONE:
        raise NotFound
    if upload.placed_as is not None:
        return upload.placed_as
    heads = drafts.files_of(draft_id)
    taken = {path.removeprefix("media/"): head.digest for path, head in heads.items() if path.startswith("media/")}
    same = [name for name, digest in taken.items() if digest == checked.digest]
    name = same[0] if same else media_name(upload.name, suffix_for(str(checked.known["media_type"])), set(taken))
    if not same:
        authoring.place_media(actor, draft_id, f"media/{name}", checked.known, edit_id=upload.id, now=now)
    upload.state, upload.digest, upload.placed_as = UploadState.DONE, checked.digest, name
    db.session.execute(delete(UploadPiece).where(UploadPiece.upload_id == upload.id))
    db.session.flush()
    return name


def give_up(upload_id: uuid.UUID, *, late: datetime | None = None) -> bool:
    """Forget an upload under way; False when there is none. Its pieces are for ``storage.drop_all``.

    With a moment, only when it is late then: a piece may have come since somebody looked.
    """
    expired = true() if late is None else MediaUpload.expires_at <= late
    gone = db.session.execute(
        update(MediaUpload)
        .where(MediaUpload.id == upload_id, MediaUpload.state == UploadState.OPEN, expired)
        .values(state=UploadState.GONE)
        .returning(MediaUpload.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    if gone is not None:
        db.session.execute(delete(UploadPiece).where(UploadPiece.upload_id == upload_id))
    return gone is not None
