"""PDF: does it hold together, and does it hold nothing but pages?"""

import re
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Final

from app.core.messages import N_
from app.courses.content.pictures import Unsafe
from app.courses.content.recordings.found import Found

_START: Final = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
_OBJECTS: Final = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_STREAM: Final = re.compile(rb"\bstream\r?\n")
_STREAM_END: Final = re.compile(rb"\bendstream\b")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
#: Objects packed in one stream unfold to at most so many bytes; writers make them some hundred kilobytes.
_MAX_UNFOLDED: Final = 16 * 1024 * 1024
#: Those of all streams of a file.
_MAX_TOGETHER: Final = 64 * 1024 * 1024
_BLOCK: Final = 64 * 1024


def examine(data: bytes) -> Found:
    """Raises Unsafe."""
    starts = [int(found[1]) for found in _START.finditer(data)]
    begin = data.find(b"%PDF-")
    if not starts or not all(_is_table(data, begin, place) for place in starts if place):
        raise Unsafe(N_("the PDF is damaged"), N_("save it anew"))
    for part in chain([_without_streams(data)], _unfolded(data)):
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
        if re.search(rb"/Encrypt\b", plain):
            raise Unsafe(N_("the PDF is locked"), N_("save it without a password"))
        if _ACTIVE.search(plain):
            raise Unsafe(
                N_("the PDF holds scripts, forms that send, or other files"), N_("print it as a PDF anew")
            )
    return Found("file", "application/pdf")


def _is_table(data: bytes, begin: int, place: int) -> bool:
    """Does a table of the file's objects stand at the place, counted from the file's or the header's beginning?"""
    return any(
        re.match(rb"\s{0,8}(?:xref\b|\d+\s+\d+\s+obj\b)", data[at : at + 40]) for at in (place, begin + place)
    )


def _without_streams(data: bytes) -> bytes:
    """The file without what its streams hold; once over it, however many begin and never end."""
    parts, at = [], 0
    while (begin := _STREAM.search(data, at)) and (end := _STREAM_END.search(data, begin.end())):
        parts.append(data[at : begin.start()])
        at = end.end()
    return b"".join((*parts, data[at:]))


def _unfolded(data: bytes) -> Iterator[bytes]:
    """The objects that are packed in streams. Raises Unsafe for one that does not unfold, or never ends."""
    together = 0
    for found in _OBJECTS.finditer(data):
        plain = _unfold(data, found.end())
        together += len(plain)
        if together > _MAX_TOGETHER:
            raise Unsafe(N_("the PDF is damaged"), N_("save it anew"))
        yield plain


def _unfold(data: bytes, at: int) -> bytes:
    """The stream that begins here, block by block: handing over the rest of the file each time would copy it."""
    packer = zlib.decompressobj()
    plain = bytearray()
    try:
        while not packer.eof and at < len(data):
            plain += packer.decompress(data[at : at + _BLOCK], _MAX_UNFOLDED - len(plain) + 1)
            if packer.unconsumed_tail or len(plain) > _MAX_UNFOLDED:
                raise Unsafe(N_("the PDF is damaged"), N_("save it anew"))
            at += _BLOCK
    except zlib.error as error:
        raise Unsafe(N_("the PDF is damaged"), N_("save it anew")) from error
    return bytes(plain)
