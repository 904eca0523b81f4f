"""Small recordings made by hand, whole and valid, with silence in them or nothing that anybody could see."""

import struct
import zlib
from pathlib import Path

# --- MP4 ---------------------------------------------------------------------------------------------------


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _track(handler: bytes, coding: bytes, width: int, height: int) -> bytes:
    header = box(b"tkhd", bytes(76), struct.pack(">II", width << 16, height << 16))
    table = box(b"stsd", struct.pack(">II", 0, 1), struct.pack(">I4s", 8, coding))
    return box(
        b"trak",
        header,
        box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12)), box(b"minf", box(b"stbl", table))),
    )


def mp4(
    *, video: bytes = b"avc1", audio: bytes = b"mp4a", seconds: int = 4, extra: bytes = b"", content: bytes = b"x"
) -> bytes:
    """An MP4 file with the codings named; without ``video`` an M4A file."""
    tracks = [_track(b"vide", video, 640, 360)] if video else []
    tracks += [_track(b"soun", audio, 0, 0)] if audio else []
    header = box(b"mvhd", bytes(12), struct.pack(">II", 1000, seconds * 1000), bytes(80))
    return b"".join(
        (
            box(b"ftyp", b"isom", bytes(4), b"isomavc1"),
            box(b"moov", header, *tracks, extra),
            box(b"mdat", content),
        )
    )


# --- WebM --------------------------------------------------------------------------------------------------


def element(key: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes.fromhex(key) + struct.pack(">Q", len(body) | 1 << 56) + body


def webm(
    *, codecs: tuple[tuple[int, bytes], ...] = ((1, b"V_VP9"), (2, b"A_OPUS")), kind: bytes = b"webm"
) -> bytes:
    """A WebM file; each codec with its kind of track, 1 picture and 2 sound."""
    entries = [
        element(
            "ae",
            element("83", bytes([track])),
            element("86", name),
            element("e0", element("b0", b"\x02\x80"), element("ba", b"\x01\x68")) if track == 1 else b"",
        )
        for track, name in codecs
    ]
    info = element("1549a966", element("2ad7b1", b"\x0f\x42\x40"), element("4489", struct.pack(">d", 4000.0)))
    cluster = element("1f43b675", element("e7", b"\0"), element("a3", b"\x81\0\0\x80data"))
    return element("1a45dfa3", element("4282", kind)) + element(
        "18538067", info, element("1654ae6b", *entries), cluster
    )


# --- MP3 and Ogg -------------------------------------------------------------------------------------------

#: One frame of MPEG 1 Layer III, 128 kbit/s, 44.1 kHz, 26.1 milliseconds of silence.
FRAME = b"\xff\xfb\x90\xc4" + bytes(413)


def mp3(frames: int = 40) -> bytes:
    return b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + FRAME * frames


def _crc(page: bytes) -> int:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


def _page(number: int, packet: bytes, granule: int, flags: int) -> bytes:
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    head = b"OggS\0" + struct.pack("<BQII", flags, granule, 7, number)
    rest = bytes([len(lacing)]) + lacing + packet
    return head + struct.pack("<I", _crc(head + bytes(4) + rest)) + rest


def ogg(seconds: int = 2, *, head: bytes = b"") -> bytes:
    """Opus: silence, twenty milliseconds a packet."""
    first = head or b"OpusHead\x01\x01" + struct.pack("<HIHB", 312, 48_000, 0, 0)
    pages = [
        _page(0, first, 0, 2),
        _page(1, b"OpusTags" + struct.pack("<I", 7) + b"academy" + bytes(4), 0, 0),
    ]
    packets = seconds * 50
    pages += [
        _page(number + 2, b"\xf8\xff\xfe", 960 * (number + 1) + 312, 4 if number + 1 == packets else 0)
        for number in range(packets)
    ]
    return b"".join(pages)


# --- PDF ---------------------------------------------------------------------------------------------------


def pdf(extra: bytes = b"", *, packed: bytes = b"", stream: bytes = b"") -> bytes:
    """A page without text; ``packed`` objects stand in a compressed stream."""
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R " + extra + b">>endobj\n"
    body += b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
    body += b"5 0 obj<</Length %d>>stream\n" % len(stream) + stream + b"\nendstream endobj\n"
    if packed:
        squeezed = zlib.compress(packed)
        body += b"4 0 obj<</Type/ObjStm/N 1/First 4/Length %d>>stream\n" % len(squeezed)
        body += squeezed + b"\nendstream endobj\n"
    place = len(body)
    return body + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % place


# --- captions ----------------------------------------------------------------------------------------------

CAPTIONS = {
    "zh": "WEBVTT\n\n00:00.000 --> 00:01.500\n<v 主持人>现在开庭。\n\n00:01.500 --> 00:03.000\n请坐。\n",
    "en": "WEBVTT\n\n00:00.000 --> 00:01.500\n<v Judge>We are open.\n\n00:01.500 --> 00:03.000\nSit down.\n",
}
TRANSCRIPT = {"zh": "主持人：现在开庭。\n\n请坐。\n", "en": "Judge: We are open.\n\nSit down.\n"}


def add_recordings(content: Path) -> None:
    """Give the small course's second lesson a video, an audio and an attachment, with all that they need."""
    media = content / "courses/small/media"
    media.mkdir()
    (media / "hearing.mp4").write_bytes(mp4())
    (media / "talk.ogg").write_bytes(ogg())
    (media / "form.pdf").write_bytes(pdf())
    titles = {"zh": ("开庭实录", "法官谈程序", "申请表"), "en": ("The hearing", "A judge speaks", "The form")}
    for tag, (video, audio, form) in titles.items():
        (media / f"hearing.{tag}.vtt").write_text(CAPTIONS[tag])
        for name in ("hearing", "talk"):
            (media / f"{name}.{tag}.txt").write_text(TRANSCRIPT[tag])
        path = content / f"courses/small/m1-first/02-case.{tag}.md"
        placed = (("video", "hearing.mp4", video), ("audio", "talk.ogg", audio), ("file", "form.pdf", form))
        blocks = "".join(f"\n::: {kind} {name} {title}\n:::\n" for kind, name, title in placed)
        path.write_text(path.read_text() + blocks)
