"""The fonts of documents, pinned, and the gate that every string passes before a document is issued.

A character that a font lacks is not an error to a typesetter: it draws a box, or borrows from a font of another
style. So what cannot be printed is found before a number is given.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

FAMILY: Final = "Noto Serif CJK SC"
#: Debian's fonts-noto-cjk: 30,000 hanzi, both weights with the same characters.
FOLDER: Final = Path("/usr/share/fonts/opentype/noto")
REGULAR: Final = FOLDER / "NotoSerifCJK-Regular.ttc"
BOLD: Final = FOLDER / "NotoSerifCJK-Bold.ttc"
#: Where the simplified-Chinese face stands in the collections.
SC_FACE: Final = 2


class FontsMissing(RuntimeError):
    """The machine lacks the document fonts; the message says what to install."""


def open_face(path: Path) -> TTFont:
    """The simplified-Chinese face of a collection. Raises FontsMissing."""
    if not path.is_file():
        raise FontsMissing(f"{path} is missing: install Debian's fonts-noto-cjk")
    return TTFont(path, fontNumber=SC_FACE, lazy=True)


@cache
def coverage() -> frozenset[int]:
    """The code points that documents can show (read once a process, about a quarter of a second)."""
    with open_face(REGULAR) as face:
        return frozenset(face.getBestCmap())


def missing_characters(texts: Iterable[str]) -> str:
    """Characters of the texts that the fonts lack, each once, in order; empty when all can be printed.

    Control and private-use characters always count as missing: nothing could show them.
    """
    known = coverage()
    missing = {
        character: None
        for text in texts
        for character in text
        if ord(character) not in known or unicodedata.category(character) in {"Cc", "Co", "Cs", "Cn"}
    }
    return "".join(missing)
