"""MP3: frames one behind the other, with tags before and behind (ISO/IEC 11172-3, ISO/IEC 13818-3)."""

import re
from typing import Final, NamedTuple

from app.core.messages import N_
from app.courses.content.recordings.found import Data, Found, damaged

#: Kilobits a second of Layer III by index, for MPEG 1 and for MPEG 2 and 2.5.
_RATES: Final = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_TAGS: Final = (b"APETAGEX", b"LYRICSBE", b"ID3", b"3DI")
_SAMPLES: Final = (44_100, 48_000, 32_000)
_BLANK: Final = re.compile(rb"\0*")


class _Frame(NamedTuple):
    size: int
    seconds: float


def _frame(data: Data | bytes, at: int) -> _Frame | None:
    """The frame that begins here."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    rate, sample, padding = data[at + 2] >> 4, data[at + 2] >> 2 & 3, data[at + 2] >> 1 & 1
    if version == 1 or layer != 1 or rate in (0, 15) or sample == 3:
        return None
    first = version == 3
    hertz = _SAMPLES[sample] // {3: 1, 2: 2, 0: 4}[version]
    samples = 1152 if first else 576
    size = samples // 8 * _RATES[0 if first else 1][rate] * 1000 // hertz + padding
    return _Frame(size, samples / hertz)


def is_frame(head: bytes) -> bool:
    """Do two frames stand at the beginning?"""
    one = _frame(head, 0)
    return one is not None and (one.size + 4 > len(head) or _frame(head, one.size) is not None)


def _tag_size(data: Data, at: int) -> int:
    """The bytes of an ID3v2 tag, which says them in groups of seven bits."""
    size = 0
    for one in data[at + 6 : at + 10]:
        size = size << 7 | one & 0x7F
    return 10 + size + (10 if data[at + 5] & 0x10 else 0)


def examine(data: Data) -> Found:
    """Raises Unsafe."""
    at, end, count, seconds = 0, len(data), 0, 0.0
    while data[at : at + 3] == b"ID3" and at + 10 <= end:
        at += _tag_size(data, at)
    if at < end and (blank := _BLANK.match(data, at)):
        at = blank.end()
    if end - at >= 128 and data[end - 128 : end - 125] == b"TAG":
        end -= 128
    while at < end and (frame := _frame(data, at)):
        at, count, seconds = at + frame.size, count + 1, seconds + frame.seconds
    rest = bytes(data[at : min(end, at + 8)])  # programs cut the last frame, and write tags behind it
    if count < 3 or not (rest.startswith(_TAGS) or not rest.strip(b"\0")):
        raise damaged(N_("the recording is damaged: it breaks off, or something else stands in it"))
    return Found("audio", "audio/mpeg", seconds)
