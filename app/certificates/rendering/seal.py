"""Seals: square, cut as outlines from the design in a house style; no institution's real seal looks like it.

Columns read from right to left, as on Chinese seals, raised (朱文) or sunk (白文); a document made from
example data carries the word for it inside the seal, so that the mark cannot be lifted off as a real one.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from fontTools.pens.basePen import BasePen
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.ttLib import TTFont

from app.certificates.fonts import BOLD
from app.certificates.rendering.drawing import Colour, Motif, Path, Point, Segments, rectangle
from app.certificates.rendering.style import SealDesign

EXAMPLE: Final = "示例"
#: The side of the seal in points (26 mm).
SIDE: Final = 74.0
#: From the edge to the characters, between them, and the height of the strip that says 示例.
INNER: Final = 7.0
GAP: Final = 2.6
BAND: Final = 13.0
#: How far an outline may stray from the font's, in thousandths of its size.
ROUGHNESS: Final = 2.0


class _Outline(BasePen):  # type: ignore[misc] # fontTools has no types
    """Collects a glyph's outline as drawing steps; quadratic curves become cubic ones, which PDF knows."""

    def __init__(self, glyphs: Any) -> None:
        super().__init__(glyphs)
        self.steps: list[tuple[str, tuple[Point, ...]]] = []

    def _moveTo(self, point: Point) -> None:  # noqa: N802 - the library's names
        self.steps.append(("m", (point,)))

    def _lineTo(self, point: Point) -> None:  # noqa: N802
        self.steps.append(("l", (point,)))

    def _curveToOne(self, first: Point, second: Point, point: Point) -> None:  # noqa: N802
        self.steps.append(("c", (first, second, point)))

    def _closePath(self) -> None:  # noqa: N802
        self.steps.append(("h", ()))


def _character(face: Any, character: str, box: tuple[float, float, float, float]) -> Segments:
    """One hanzi stretched to fill a box (x, y, width, height): seal characters know no side bearings."""
    glyphs = face.getGlyphSet()
    pen = _Outline(glyphs)
    glyphs[face.getBestCmap()[ord(character)]].draw(Qu2CuPen(pen, ROUGHNESS, all_cubic=True))
    points = [point for _, step in pen.steps for point in step]
    left, bottom = min(x for x, _ in points), min(y for _, y in points)
    x, y, width, height = box
    scale_x = width / (max(x for x, _ in points) - left)
    scale_y = height / (max(y for _, y in points) - bottom)
    return tuple(
        (letter, *(v for px, py in step for v in (x + (px - left) * scale_x, y + (py - bottom) * scale_y)))
        for letter, step in pen.steps
    )


def _characters(face: Any, columns: Sequence[str], box: tuple[float, float, float, float]) -> Segments:
    """Hanzi in a grid that fills a box, columns from right to left."""
    x, y, width, height = box
    cell_w = (width - GAP * (len(columns) - 1)) / len(columns)
    cell_h = (height - GAP * (len(columns[0]) - 1)) / len(columns[0])
    return tuple(
        segment
        for column, characters in enumerate(columns)
        for row, character in enumerate(characters)
        for segment in _character(
            face,
            character,
            (
                x + width - cell_w - column * (cell_w + GAP),
                y + height - cell_h - row * (cell_h + GAP),
                cell_w,
                cell_h,
            ),
        )
    )


@lru_cache(maxsize=64)
def seal_paths(design: SealDesign, ink: Colour, *, example: bool) -> tuple[Path, ...]:
    """The seal around the origin's upper right: its frame, its characters, and 示例 where it is due."""
    band = BAND + GAP if example else 0.0
    box = (INNER, INNER + band, SIDE - 2 * INNER, SIDE - 2 * INNER - band)
    with TTFont(BOLD) as face:
        characters = _characters(face, design.columns, box)
        strip: Segments = ()
        if example:
            letters = tuple(
                segment
                for index, character in enumerate(EXAMPLE)
                for segment in _character(face, character, (SIDE / 2 - 13.5 + index * 15, INNER + 1.2, 11.5, 9.8))
            )
            strip = (*rectangle(INNER - 1, INNER - 1, SIDE - 2 * INNER + 2, BAND + 1, 1.5), *letters)
    outline = Path(rectangle(0, 0, SIDE, SIDE, 5), stroke=ink, width=2.4)
    if design.sunk:
        ground = (*rectangle(3.4, 3.4 + band, SIDE - 6.8, SIDE - 6.8 - band, 2.5), *characters)
        paths = [outline, Path(ground, fill=ink)]
        # on a red ground the word stands red on white, under it
        strip = strip[len(rectangle(0, 0, 1, 1, 1)) :]
    else:
        inner = Path(rectangle(3.6, 3.6, SIDE - 7.2, SIDE - 7.2, 2.5), stroke=ink, width=0.6)
        paths = [outline, inner, Path(characters, fill=ink)]
    return (*paths, Path(strip, fill=ink)) if strip else tuple(paths)


def seal(x: float, y: float, design: SealDesign, ink: Colour, *, example: bool) -> Motif:
    """The seal with its lower left corner at (x, y)."""
    paths = seal_paths(design, ink, example=example)
    return Motif("Seal", paths, ((1, 0, 0, 1, x, y),), (-2, -2, SIDE + 2, SIDE + 2))
