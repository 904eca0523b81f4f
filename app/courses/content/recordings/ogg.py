"""Ogg with Opus or Vorbis: pages one behind the other (RFC 3533)."""

import struct

from app.core.messages import N_
from app.courses.content.recordings.found import Data, Found, cannot_play, damaged

_NEVER = 0xFFFFFFFFFFFFFFFF


def examine(data: Data) -> Found:
    """Raises Unsafe."""
    at, last, number, ended = 0, 0, 0, False
    first = b""
    while at < len(data):
        if data[at : at + 4] != b"OggS" or at + 27 > len(data):
            raise damaged(N_("the recording is damaged: it breaks off"))
        flags, granule, _serial, page = struct.unpack_from("<xBQII", data, at + 4)
        count = data[at + 26]
        size = 27 + count + sum(data[at + 27 : at + 27 + count])
        if at + size > len(data) or page != number:
            raise damaged(N_("the recording is damaged: it breaks off"))
        first = first or bytes(data[at + 27 + count : at + size])
        last = granule if granule != _NEVER else last
        at, number, ended = at + size, number + 1, bool(flags & 4)
    if not ended:
        raise damaged(N_("the recording is damaged: it breaks off"))
    return Found("audio", "audio/ogg", _seconds(first, last))


def _seconds(first: bytes, last: int) -> float:
    if first.startswith(b"OpusHead") and len(first) >= 19:
        skipped: int = struct.unpack_from("<H", first, 10)[0]
        return max(0, last - skipped) / 48_000
    if first.startswith(b"\x01vorbis") and len(first) >= 30:
        hertz: int = struct.unpack_from("<I", first, 12)[0]
        return last / hertz if hertz else 0.0
    coding = "Theora" if first.startswith(b"\x80theora") else "FLAC" if b"FLAC" in first[:5] else ""
    said = N_("Ogg with %(coding)s", coding=coding or N_("something else"))
    raise cannot_play(said, N_("save it with Opus or Vorbis"))
