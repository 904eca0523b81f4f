"""Which format is a file in? By what stands in it; by its name only where texts look alike."""

import re
import unicodedata
from typing import Final

from app.core.messages import N_
from app.quizzes.interchange import aiken
from app.quizzes.interchange.archive import NESTED, is_archive
from app.quizzes.interchange.model import CannotTake

#: What comes before the first character of a text.
_BEFORE: Final = b"\xef\xbb\xbf\x00\xff\xfe \t\r\n"
#: A text that begins with emphasis or a picture is a text still, not XML.
_HTML: Final = re.compile(rb"<(?:b|i|u|p|em|strong|span|img|br|a|su[bp]|h[1-6]|[uo]l|table|div|font)\b", re.I)
OFFICE_DOCUMENT: Final = N_(
    "it is a document of Word or Excel: save its questions as plain text, in Aiken or GIFT, and import that"
)
#: How files begin that hold no text.
_OTHERS: Final = {
    **dict.fromkeys((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"), OFFICE_DOCUMENT),
    b"%PDF-": N_("it is a PDF file, which holds no questions that can be read"),
    **dict.fromkeys(NESTED, N_("it is packed in another way than ZIP; unpack it, or pack it as ZIP")),
}


def kind_of(data: bytes, name: str) -> str:
    """The format's name. Raises CannotTake where it is none of those that are read."""
    if is_archive(data):
        return "zip"
    for beginning, why in _OTHERS.items():
        if data.startswith(beginning):
            raise CannotTake(why)
    head = data[:400].lstrip(_BEFORE)
    if head.startswith(b"<") and not _HTML.match(head):
        return "xml"
    return _kind_of_text(decode(data), name.lower().rpartition(".")[2])


def _kind_of_text(text: str, ending: str) -> str:
    if ending in {"yaml", "yml"} or re.search(r"^questions:", text, re.MULTILINE):
        return "yaml"
    if "{" not in text and aiken.is_aiken(text):
        return "aiken"
    if "{" in text or "｛" in text:
        return "gift"
    raise CannotTake(N_("it is in none of the formats: GIFT, Aiken, Moodle XML, QTI 2 or 3, or our own YAML"))


def decode(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or GB 18030. Raises CannotTake."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and not (encoding == "gb18030" and _is_garbled(text)):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise CannotTake(N_("it is not text in a known encoding (UTF-8, UTF-16 or GB 18030)"))


def _is_garbled(text: str) -> bool:
    """GB 18030 makes something of almost any bytes; of another encoding's also characters that nobody types."""
    return any(unicodedata.category(character) in {"Co", "Cn"} for character in set(text))
