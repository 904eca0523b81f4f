"""Formulas for paper: the printer knows no MathML, so each becomes a picture that says in words what it shows.

Drawn with the font that pages use; hanzi, which that font lacks, in the face of our documents. Not for threads:
the fonts keep a state. Loading what draws takes half a second, so only texts with formulas do.
"""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from typing import Final

from app.config import PROJECT
from app.core import formulas
from app.core.formula_speech import spoken

_FACE: Final = PROJECT / "app/core/printing/fonts/AcademySong-Regular.ttf"
_SIZE: Final = 20
#: A formula beside text of the same size: its letters are a little smaller.
_SCALE: Final = 1.06
_INK: Final = "#1b2430"
_ENGLISH: Final = re.compile(r'<html\b[^>]*\blang="en')
_DISPLAYED: Final = re.compile(r'^<math\b[^>]*? display="block"')
_FIRST_HANZI: Final = 0x2E80


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula as SVG; lengths in the em of the text around it, ``depth`` being what hangs below the line."""

    svg: bytes
    width: float
    depth: float


def drawn(html: str) -> tuple[str, Mapping[str, Drawing]]:
    """Rendered HTML with pictures in place of formulas, and the drawings by address."""
    drawings: dict[str, Drawing] = {}
    english = _ENGLISH.search(html) is not None

    def picture(found: re.Match[str]) -> str:
        drawing = draw(found[0])
        address = f"formula:{len(drawings)}"
        drawings[address] = drawing
        style = f"width: {drawing.width:.4f}em"
        if not _DISPLAYED.search(found[0]):
            style += f"; vertical-align: {-drawing.depth:.4f}em"
        words = spoken(found[0], "en" if english else "zh")
        return f'<img src="{address}" alt="{escape(words)}" style="{style}">'

    return formulas.SHOWN.sub(picture, html), drawings


@lru_cache(maxsize=256)
def draw(mathml: str) -> Drawing:
    """One formula."""
    font = _font()
    from ziamath.zmath import Math  # noqa: PLC0415 - loaded by now

    style = f'mathcolor="{_INK}"' + ("" if _DISPLAYED.search(mathml) else ' displaystyle="false"')
    shown = Math(mathml.replace("<math ", f"<math {style} ", 1), _SIZE, font)
    (width, _height), below = shown.getsize(), shown.getyofst()
    em = _SCALE / _SIZE
    return Drawing(shown.svg().encode(), (width + 2 * shown.margin) * em, (shown.margin - below) * em)


@cache
def _font() -> str:
    """The name by which the drawing package knows the font of formulas with hanzi in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # how it finds its own font
        from ziamath import zmath  # noqa: PLC0415 - half a second, for documents with formulas only
    from ziafont.font import Font  # noqa: PLC0415
    from ziafont.glyph import SimpleGlyph  # noqa: PLC0415
    from ziamath.mathfont import MathFont  # noqa: PLC0415
    from ziamath.styles import MathVariant  # noqa: PLC0415

    class Formulas(MathFont):
        """Takes from the documents' face what it lacks."""

        face = Font(str(_FACE))

        def findglyph(self, char: str, variant: MathVariant) -> SimpleGlyph:
            if ord(char) >= _FIRST_HANZI and self.face.glyphindex(char):
                return self.face.glyph(char)
            return super().findglyph(char, variant)

    name = "academy-formulas"
    zmath.loadedfonts[name] = Formulas(zmath.fontname)
    return name
