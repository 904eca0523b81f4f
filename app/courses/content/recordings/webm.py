"""WebM: EBML elements within elements (RFC 8794, RFC 9559)."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from app.core.messages import N_
from app.courses.content.recordings.found import MAX_PARTS, Data, Found, cannot_play, damaged

_HEADER, _DOC_TYPE = 0x1A45DFA3, 0x4282
_SEGMENT, _INFO, _SCALE, _DURATION = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489
_TRACKS, _ENTRY, _TYPE, _CODEC = 0x1654AE6B, 0xAE, 0x83, 0x86
_VIDEO, _WIDTH, _HEIGHT, _CLUSTER = 0xE0, 0xB0, 0xBA, 0x1F43B675
_VIDEOS: Final = frozenset({"V_VP8", "V_VP9", "V_AV1"})
_SOUNDS: Final = frozenset({"A_VORBIS", "A_OPUS"})


class _Element(NamedTuple):
    key: int
    start: int
    end: int
    #: False: it goes on to the end, or to the next of its kind.
    is_sized: bool


def _number(data: Data, at: int, *, marker: bool) -> tuple[int, int, bool]:
    """A number of variable length: itself, its bytes, and whether it says “unknown”."""
    if at >= len(data) or data[at] == 0:
        raise damaged(N_("the recording is damaged: it breaks off"))
    size = 9 - data[at].bit_length()
    if at + size > len(data):
        raise damaged(N_("the recording is damaged: it breaks off"))
    whole = int.from_bytes(data[at : at + size], "big")
    value = whole & ((1 << (7 * size)) - 1)
    return (whole if marker else value), size, value == (1 << (7 * size)) - 1


def _elements(data: Data, start: int, end: int) -> Iterator[_Element]:
    """The elements of a level; what stands in a cluster of unknown size follows it as if beside it."""
    count = 0
    while start < end:
        count += 1
        if count > MAX_PARTS:
            raise damaged(N_("the recording is damaged: its index is too large"))
        key, step, _ = _number(data, start, marker=True)
        size, more, unknown = _number(data, start + step, marker=False)
        begin = start + step + more
        stop = end if unknown else begin + size
        if stop > end:
            raise damaged(N_("the recording is damaged: it breaks off"))
        yield _Element(key, begin, stop, not unknown)
        start = begin if unknown and key == _CLUSTER else stop


def examine(data: Data) -> Found:
    """Raises Unsafe."""
    top = _elements(data, 0, len(data))  # never a list: a file can be made of elements of two bytes
    head = next(top)
    inside = _elements(data, head.start, head.end)
    kind = next((_text(data, one) for one in inside if one.key == _DOC_TYPE), "")
    if head.key != _HEADER or kind != "webm":
        raise cannot_play("Matroska", N_("save it with WebM, or MP4 with H.264 and AAC"))
    segment = None
    for one in top:
        segment = one if one.key == _SEGMENT and segment is None else segment
    if segment is None:
        raise damaged(N_("the recording is damaged: its content is missing"))
    seconds, tracks, filled = None, None, False
    for one in _elements(data, segment.start, segment.end):
        if one.key == _INFO:
            seconds = _seconds(data, one)
        elif one.key == _TRACKS:
            tracks = _found(data, one)
        filled = filled or one.key == _CLUSTER
    if tracks is None or not filled:
        raise damaged(N_("the recording is damaged: its content is missing"))
    return Found(tracks.kind, tracks.media_type, seconds, tracks.width, tracks.height)


def _text(data: Data, one: _Element) -> str:
    return bytes(data[one.start : one.end]).rstrip(b"\0").decode("latin-1")


def _integer(data: Data, one: _Element) -> int:
    """At most eight bytes (RFC 8794, 7.2). Raises Unsafe."""
    if one.end - one.start > 8:
        raise damaged(N_("the recording is damaged: its index is too large"))
    return int.from_bytes(data[one.start : one.end], "big")


def _seconds(data: Data, info: _Element) -> float | None:
    scale, length = 1_000_000, 0.0
    for one in _elements(data, info.start, info.end):
        if one.key == _SCALE:
            scale = _integer(data, one)
        elif one.key == _DURATION and one.end - one.start in (4, 8):
            length = struct.unpack(">d" if one.end - one.start == 8 else ">f", data[one.start : one.end])[0]
    return length * scale / 1e9 if length > 0 else None


def _found(data: Data, tracks: _Element) -> Found:
    size: tuple[int, int] | None = None
    sounds = False
    for entry in _elements(data, tracks.start, tracks.end):
        if entry.key != _ENTRY:
            continue
        parts = {one.key: one for one in _elements(data, entry.start, entry.end)}
        if _TYPE not in parts or _CODEC not in parts:
            raise damaged(N_("the recording is damaged: a track is incomplete"))
        kind, codec = _integer(data, parts[_TYPE]), _text(data, parts[_CODEC])
        if kind in (1, 2) and codec not in (_VIDEOS if kind == 1 else _SOUNDS):
            raise cannot_play(codec[:20], N_("save it with VP9 and Opus"))
        if kind == 1 and size is None:
            size = _size(data, parts.get(_VIDEO))
        sounds = sounds or kind == 2
    if size is not None:
        return Found("video", "video/webm", None, *size)
    if not sounds:
        raise damaged(N_("the recording is damaged: it has neither picture nor sound"))
    return Found("audio", "audio/webm")


def _size(data: Data, video: _Element | None) -> tuple[int, int]:
    parts = {one.key: one for one in _elements(data, video.start, video.end)} if video else {}
    if _WIDTH not in parts or _HEIGHT not in parts:
        raise damaged(N_("the recording is damaged: a track is incomplete"))
    return _integer(data, parts[_WIDTH]), _integer(data, parts[_HEIGHT])
