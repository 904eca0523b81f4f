"""Answers for programs anywhere: the right type, a time to live, and open to every origin."""

import json
from typing import Any

from flask import Response, request

#: For what can never change at its address.
FOREVER = 365 * 86_400
_SVG = "image/svg+xml"


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
    response = Response(data, mimetype=media_type)
    response.headers["Cache-Control"] = f"private, max-age={FOREVER}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.set_etag(digest)
    response.make_conditional(request, accept_ranges=media_type != _SVG, complete_length=len(data))
    return response
