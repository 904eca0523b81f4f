"""Large files into a draft, piece by piece, as tus 1.0 says it: its clients go on where they stopped.

Creation, expiration and termination are spoken. What a file is, is looked at when all of it is there.
"""

import uuid
from collections.abc import Callable
from pathlib import Path

from flask import Response, current_app, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date
from werkzeug.wrappers import Response as BaseResponse

from app.config import Settings
from app.core import clock
from app.core.access import Actor, require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.text import as_typed
from app.core.web import problem
from app.courses.content.media_checks import kind_of
from app.courses.content.pictures import Unsafe
from app.courses.editing import recordings, words
from app.courses.editing.views.blueprint import author_only, author_only_reads_first, blueprint, work
from app.courses.uploads import queries, services, storage
from app.courses.uploads.models import MediaUpload
from app.courses.uploads.rules import TUS_EXTENSIONS, TUS_VERSION, UploadState, read_metadata
from app.courses.uploads.services import Announced, Limits
from app.courses.uploads.turns import Turn

UPLOADS = "/authoring/<string:course_key>/uploads"
ONE = f"{UPLOADS}/<uuid:upload_id>"
_turn = Turn()


def settings() -> Settings:
    found: Settings = current_app.extensions["academy.settings"]
    return found


def limits() -> Limits:
    return Limits(settings().media_limit_mib * 2**20, settings().media_quota_mib * 2**20)


def data_dir() -> Path:
    return settings().data_dir


@blueprint.after_request
def _say_version(response: Response) -> Response:
    if "/uploads" in request.path:
        response.headers["Tus-Resumable"] = TUS_VERSION
        response.headers["Tus-Version"] = TUS_VERSION
        response.headers["Tus-Extension"] = TUS_EXTENSIONS
        response.headers["Tus-Max-Size"] = str(limits().file)
    return response


def _number(header: str) -> int:
    value = request.headers.get(header, "")
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        raise Invalid(f"{header}: a number")
    return int(value)


def _check_version() -> Response | None:
    if request.headers.get("Tus-Resumable", TUS_VERSION) != TUS_VERSION:
        return problem(412, f"Tus-Resumable: {TUS_VERSION}", "version")
    return None


def _answer(upload: MediaUpload, status: int, received: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(received)
    response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response


@blueprint.post(UPLOADS)
@author_only
def begin_upload(course_key: str) -> Response:
    """Announce a file: its size, its name, and how the browser knows it again."""
    if wrong := _check_version():
        return wrong
    said = read_metadata(request.headers.get("Upload-Metadata", ""))
    name, fingerprint = (as_typed(said.get(field, "")) for field in ("filename", "fingerprint"))
    file = Announced(name, _number("Upload-Length"), fingerprint)
    with transaction():
        upload = announce(require_actor(), course_key, file)
    response = _answer(upload, 201, 0)
    response.headers["Location"] = url_for(".receive_piece", course_key=course_key, upload_id=upload.id)
    return response


def announce(actor: Actor, course_key: str, file: Announced) -> MediaUpload:
    """Let a file come, if there is room for it."""
    place = work(course_key)
    upload = services.begin_upload(actor, place.source, file, limits=limits(), now=clock.now())
    if not storage.has_room(data_dir(), file.size):
        raise Conflict(_("The server has no room for this file at the moment."), code="room")
    return upload


@blueprint.route(ONE, methods=["HEAD"])
@author_only
def show_offset(course_key: str, upload_id: uuid.UUID) -> Response:
    """How far it is."""
    upload = queries.get_upload(require_actor(), course_key, upload_id)
    response = _answer(upload, 200, upload.received)
    response.headers["Upload-Length"] = str(upload.size)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.patch(ONE)
@author_only_reads_first
def receive_piece(course_key: str, upload_id: uuid.UUID) -> Response:
    """The next bytes. What has arrived when the line breaks is kept."""
    if wrong := _check_version():
        return wrong
    if request.mimetype != "application/offset+octet-stream":
        return problem(415, "Content-Type: application/offset+octet-stream", "type")
    offset = _number("Upload-Offset")
    upload = queries.get_upload(require_actor(), course_key, upload_id)
    rest = upload.size - offset
    if offset != upload.received or upload.state is not UploadState.OPEN:
        raise Conflict(_("These bytes have arrived already."), code="offset")
    release()
    with _turn.taken() as mine:
        if not mine:
            response = problem(503, _("Another upload is being received; this one goes on in a moment."), "turn")
            response.headers["Retry-After"] = "1"
            return response
        try:
            piece = storage.keep_piece(data_dir(), upload_id, _reader(), rest)
        except FileNotFoundError as error:  # discarded meanwhile
            raise NotFound from error
    received = count_piece(upload_id, offset, piece)
    return _answer(queries.get_upload(require_actor(), course_key, upload_id), 204, received)


def count_piece(upload_id: uuid.UUID, offset: int, piece: storage.Arrived) -> int:
    """Note a piece that lies on the disk, or take it away again. Raises Conflict."""
    try:
        with transaction():
            return services.note_piece(upload_id, offset, piece, clock.now())
    except Conflict:
        storage.drop_piece(data_dir(), upload_id, piece.file)
        raise


def _reader() -> Callable[[int], bytes]:
    stream = request.stream

    def read(size: int) -> bytes:
        try:
            return stream.read(size)
        except ClientDisconnected as error:
            raise ConnectionError from error

    return read


@blueprint.delete(ONE)
@author_only
def discard_upload(course_key: str, upload_id: uuid.UUID) -> Response:
    """Give it up."""
    _discard(course_key, upload_id)
    return Response(status=204)


@blueprint.post(f"{ONE}/discard")
@author_only
def discard_by_form(course_key: str, upload_id: uuid.UUID) -> BaseResponse:
    """The same, from the plain form."""
    _discard(course_key, upload_id)
    return redirect(url_for(".list_recordings", course_key=course_key), 303)


def _discard(course_key: str, upload_id: uuid.UUID) -> None:
    with transaction():
        queries.get_upload(require_actor(), course_key, upload_id)
        if not services.give_up(upload_id):
            raise Conflict(_("The file has arrived and is in the course already."), code="done")
    storage.drop_all(data_dir(), upload_id)


@blueprint.post(f"{ONE}/finish")
@author_only_reads_first
def finish_upload(course_key: str, upload_id: uuid.UUID) -> Response:
    """All of it is there: look at it and put it into the draft. Safe to repeat; the answer stays the same."""
    name = finish(require_actor(), course_key, upload_id)
    kept = recordings.folder_in(work(course_key)).files.get(name)
    if kept is None:  # placed, and removed or renamed since
        raise NotFound
    address = url_for(".edit_recording", course_key=course_key, name=name)
    return jsonify(name=name, kind=kind_of(kept.media_type), page=address)


def finish(actor: Actor, course_key: str, upload_id: uuid.UUID) -> str:
    """The name that the file has in the draft. Raises Conflict, Invalid with the words of the content check."""
    upload = queries.get_upload(actor, course_key, upload_id)
    place = work(course_key)
    if upload.placed_as is not None:
        return upload.placed_as
    if upload.received < upload.size:
        raise Conflict(_("The file has not arrived as a whole yet."), code="incomplete")
    pieces, draft_id = queries.pieces_of(upload_id), place.draft.id
    release()
    try:
        checked = services.check_whole(data_dir(), upload_id, pieces)
    except Unsafe as fault:
        with transaction():
            services.give_up(upload_id)
        storage.drop_all(data_dir(), upload_id)
        raise Invalid(words.check_words(fault.wrong, fault.mend), code="content") from fault
    except FileNotFoundError as error:  # somebody else was quicker
        placed = queries.get_upload(actor, course_key, upload_id).placed_as
        if placed is None:
            raise NotFound from error
        return placed
    with transaction():
        name = services.place_upload(actor, upload_id, draft_id, checked, clock.now())
    storage.drop_all(data_dir(), upload_id)
    return name
