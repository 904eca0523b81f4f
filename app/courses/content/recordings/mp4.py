"""MP4 and M4A: boxes within boxes (ISO/IEC 14496-12)."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from app.core.messages import N_
from app.courses.content.pictures import Unsafe
from app.courses.content.recordings.found import MAX_PARTS, Data, Found, cannot_play, damaged

_VIDEO: Final = frozenset({b"avc1", b"avc3"})
_AUDIO: Final = frozenset({b"mp4a", b"Opus", b"fLaC", b".mp3"})
_PLACES: Final = (b"\xa9xyz", b"com.apple.quicktime.location")
#: The index of a day's recording has some ten megabytes.
_MAX_INDEX: Final = 64 * 1024 * 1024


class _Box(NamedTuple):
    kind: bytes
    start: int
    end: int


class _Track(NamedTuple):
    handler: bytes
    coding: bytes
    width: int
    height: int


def _boxes(data: Data, start: int, end: int) -> Iterator[_Box]:
    count = 0
    while start < end:
        count += 1
        if count > MAX_PARTS:
            raise damaged(N_("the recording is damaged: its index is too large"))
        if end - start < 8:
            raise damaged(N_("the recording is damaged: it breaks off"))
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1 and end - start >= 16:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        elif size == 0:
            size = end - start
        if size < head or start + size > end:
            raise damaged(N_("the recording is damaged: it breaks off"))
        yield _Box(kind, start + head, start + size)
        start += size


def _inside(data: Data, box: _Box, *path: bytes) -> _Box | None:
    """The first box along a path of kinds."""
    found: _Box | None = box
    for kind in path:
        if found is None:
            return None
        found = next((one for one in _boxes(data, found.start, found.end) if one.kind == kind), None)
    return found


def examine(data: Data) -> Found:
    """Raises Unsafe."""
    index, filled = None, False
    for box in _boxes(data, 0, len(data)):  # never kept: a file can be made of boxes of eight bytes
        index = box if box.kind == b"moov" and index is None else index
        filled = filled or box.kind == b"mdat"
    if index is None or not filled:
        raise damaged(N_("the recording is damaged: its index or its content is missing"))
    if index.end - index.start > _MAX_INDEX:
        raise damaged(N_("the recording is damaged: its index is too large"))
    if any(data.find(place, index.start, index.end) >= 0 for place in _PLACES):
        raise Unsafe(N_("the recording carries the place where it was made"), N_("save it without its location"))
    try:
        tracks = [_track(data, box) for box in _boxes(data, index.start, index.end) if box.kind == b"trak"]
        seconds = _seconds(data, index)
    except (struct.error, IndexError) as error:
        raise damaged(N_("the recording is damaged: its index is too short")) from error
    return _found([track for track in tracks if track], seconds)


def _found(tracks: list[_Track], seconds: float | None) -> Found:
    videos = [track for track in tracks if track.handler == b"vide"]
    sounds = [track for track in tracks if track.handler == b"soun"]
    for track, known, mend in (
        *((track, _VIDEO, N_("save it with H.264 and AAC")) for track in videos),
        *((track, _AUDIO, N_("save it with AAC")) for track in sounds),
    ):
        if track.coding not in known:
            raise cannot_play(track.coding.decode("latin-1").strip(), mend)
    if videos:
        return Found("video", "video/mp4", seconds, videos[0].width or None, videos[0].height or None)
    if not sounds:
        raise damaged(N_("the recording is damaged: it has neither picture nor sound"))
    return Found("audio", "audio/mp4", seconds)


def _track(data: Data, box: _Box) -> _Track | None:
    handler = _inside(data, box, b"mdia", b"hdlr")
    table = _inside(data, box, b"mdia", b"minf", b"stbl", b"stsd")
    header = _inside(data, box, b"tkhd")
    if handler is None or table is None or header is None:
        raise damaged(N_("the recording is damaged: a track is incomplete"))
    kind = bytes(data[handler.start + 8 : handler.start + 12])
    if kind not in {b"vide", b"soun"}:
        return None
    count, _size, coding = struct.unpack_from(">II4s", data, table.start + 4)
    if count == 0:
        raise damaged(N_("the recording is damaged: a track is incomplete"))
    width, height = struct.unpack_from(">II", data, header.end - 8)
    return _Track(kind, coding, width >> 16, height >> 16)


def _seconds(data: Data, index: _Box) -> float | None:
    header = _inside(data, index, b"mvhd")
    if header is None:
        raise damaged(N_("the recording is damaged: its index is incomplete"))
    if data[header.start] == 1:
        scale, length = struct.unpack_from(">IQ", data, header.start + 20)
    else:
        scale, length = struct.unpack_from(">II", data, header.start + 12)
    return length / scale if scale and length else None
