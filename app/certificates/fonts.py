"""The fonts of documents, pinned, and the gate that every string passes before a document is issued.

Nearly everything is set in our own faces (``script/document-fonts``: GB 2312, the 通用规范汉字表, Latin); what
they lack, in Debian's Noto Serif CJK with its 30,000 hanzi. A character that no font has is not an error to a
typesetter: it draws a box, or borrows from a font of another style. So what cannot be printed is found before a
number is given.
"""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

from app.core.printing import FACES

REGULAR: Final = FACES / "AcademySong-Regular.ttf"
#: For titles and seals: few hanzi, see ``script/document-fonts.characters``.
BOLD: Final = FACES / "AcademySong-Bold.ttf"
#: Debian's fonts-noto-cjk; both weights have the same characters.
FALLBACK: Final = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
#: Where the simplified-Chinese face stands in the collection.
SC_FACE: Final = 2
#: Controls, formatting (invisible, or turning the direction of others), private use, halves, nothing, separators.
_UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


@cache
def coverage() -> frozenset[int]:
    """The code points of our own face."""
    with TTFont(REGULAR, lazy=True) as face:
        return frozenset(face.getBestCmap())


@cache
def _fallback_ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """First and last code points of the runs that the fallback font has; empty where it is not installed.

    Read from the bytes of its character map: a font library would load 65,000 names of glyphs for it.
    """
    if not FALLBACK.is_file():
        return (), ()
    with TTFont(FALLBACK, fontNumber=SC_FACE, lazy=True) as face:
        table = face.reader["cmap"]
    subtables = struct.iter_unpack(">HHL", table[4 : 4 + 8 * struct.unpack_from(">H", table, 2)[0]])
    offset = next(offset for platform, encoding, offset in subtables if (platform, encoding) == (3, 10))
    groups = struct.unpack_from(">L", table, offset + 12)[0]
    runs = [struct.unpack_from(">LLL", table, offset + 16 + 12 * group) for group in range(groups)]
    return tuple(first for first, _, _ in runs), tuple(last for _, last, _ in runs)


def _fallback_has(code: int) -> bool:
    firsts, lasts = _fallback_ranges()
    run = bisect_right(firsts, code) - 1
    return run >= 0 and code <= lasts[run]


def is_printable(character: str) -> bool:
    """Can documents show this character?"""
    if unicodedata.category(character) in _UNPRINTABLE:
        return False
    code = ord(character)
    return code in coverage() or _fallback_has(code)


def missing_characters(texts: Iterable[str]) -> str:
    """Characters of the texts that documents cannot show, each once, in order; empty when all can be printed."""
    return "".join(character for character in dict.fromkeys("".join(texts)) if not is_printable(character))
