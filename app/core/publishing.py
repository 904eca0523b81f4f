"""Answers for programs anywhere: the right type, a time to live, and open to every origin."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from app.core.spreadsheets import MEDIA_TYPES

#: For what can never change at its address.
FOREVER = 365 * 86_400
_SVG = "image/svg+xml"
#: Bytes of a long file that one answer brings: it is handed over at once, so that a slow line holds no thread.
PART: Final = 2 * 1024 * 1024


def publish(data: bytes | str | dict[str, Any], media_type: str, *, seconds: int) -> Response:
    """Public data that may be kept for so many seconds; who has it already is told so."""
    body = json.dumps(data, ensure_ascii=False) if isinstance(data, dict) else data
    response = Response(body, content_type=media_type)
    lasting = ", immutable" if seconds >= FOREVER else ""
    response.headers["Cache-Control"] = f"public, max-age={seconds}{lasting}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response


def send_stored(data: bytes, media_type: str, digest: str) -> Response:
    """A file named by its hash, for its readers' own caches for ever; parts of it on request.

    An SVG travels compressed, so it is sent whole.
    """
    response = _named(Response(data, mimetype=media_type), digest)
    response.make_conditional(request, accept_ranges=media_type != _SVG, complete_length=len(data))
    return response


def send_asked_each_time(read: Callable[[], bytes], media_type: str, digest: str) -> Response:
    """A file named by its hash that a browser shows only after asking whether it still may.

    Who has it is told so in a few bytes, and the file is not read; who has signed out, or is somebody else without
    access, gets nothing of it out of the cache.
    """
    # Compressed on its way, its tag has the method behind it.
    known = any(tag.partition(":")[0] == digest for tag in request.if_none_match.as_set(include_weak=True))
    response = _named(Response(status=304) if known else Response(read(), mimetype=media_type), digest)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def send_table(data: bytes, form: str, name: str) -> Response:
    """A spreadsheet in this form (of ``spreadsheets.MEDIA_TYPES``) to be downloaded."""
    response = Response(data, content_type=MEDIA_TYPES[form])
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.{form}")
    return response


def send_long(path: Path, media_type: str, digest: str) -> Response:
    """A file named by its hash that is too long to hold in memory: players ask for it part by part.

    A part is cut at ``PART`` bytes, which its Content-Range says (RFC 9110, 15.3.7): players ask for the next.
    """
    size = path.stat().st_size
    response = _named(Response(_blocks(path), mimetype=media_type), digest)
    response.content_length = size
    if media_type == "application/pdf":  # without the right to run scripts no browser shows it in its window
        response.headers["Content-Disposition"] = "attachment"
    environ = dict(request.environ)
    asked = request.range
    if asked is not None and asked.units == "bytes" and len(asked.ranges) == 1:
        start, stop = asked.ranges[0]
        start = max(size + start, 0) if start < 0 else start  # below 0: so many from the end
        if start < size:
            environ["HTTP_RANGE"] = f"bytes={start}-{min(stop or size, start + PART) - 1}"
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        return Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    if response.status_code == 206:
        span = response.content_range
        with path.open("rb") as stream:
            stream.seek(span.start or 0)
            response.set_data(stream.read((span.stop or size) - (span.start or 0)))
    return response


def _named(response: Response, digest: str) -> Response:
    """For the reader's own cache for ever, and without any right to run scripts."""
    response.headers["Cache-Control"] = f"private, max-age={FOREVER}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.set_etag(digest)
    return response


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(256 * 1024):
            yield block
