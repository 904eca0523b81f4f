"""The academy's seal: square, of our own invention, cut as outlines; no institution's seal looks like it.

Three columns read from right to left, as on Chinese seals; a document made from example data carries the word
for it inside the seal, so that the mark cannot be lifted off as a real one.
"""

from functools import cache
from typing import Any, Final

from fontTools.pens.basePen import BasePen
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.ttLib import TTFont

from app.certificates.fonts import BOLD
from app.certificates.rendering.drawing import SEAL, Motif, Path, Point, Segments, rectangle

#: 海外知识产权研修印: “seal of overseas intellectual-property training”.
COLUMNS: Final = ("海外知", "识产权", "研修印")
EXAMPLE: Final = "示例"
#: The side of the seal in points (26 mm).
SIDE: Final = 74.0
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


@cache
def seal_paths(example: bool) -> tuple[Path, ...]:
    """The seal around the origin's upper right: a double frame, nine characters, and 示例 where it is due."""
    frame = [
        Path(rectangle(0, 0, SIDE, SIDE, 5), stroke=SEAL, width=2.4),
        Path(rectangle(3.6, 3.6, SIDE - 7.2, SIDE - 7.2, 2.5), stroke=SEAL, width=0.6),
    ]
    band = 13.0 if example else 0.0
    inner, gap = 7.0, 2.6
    cell_w = (SIDE - 2 * inner - 2 * gap) / 3
    cell_h = (SIDE - 2 * inner - 2 * gap - (band + gap if example else 0)) / 3
    segments: list[tuple[str | float, ...]] = []
    with TTFont(BOLD) as face:
        for column, characters in enumerate(COLUMNS):
            x = SIDE - inner - cell_w - column * (cell_w + gap)
            for row, character in enumerate(characters):
                y = SIDE - inner - cell_h - row * (cell_h + gap)
                segments += _character(face, character, (x, y, cell_w, cell_h))
        cut: list[tuple[str | float, ...]] = []
        if example:
            cut += rectangle(inner - 1, inner - 1, SIDE - 2 * inner + 2, band + 1, 1.5)
            for index, character in enumerate(EXAMPLE):
                x = SIDE / 2 - 13.5 + index * 15
                cut += _character(face, character, (x, inner + 1.2, 11.5, 9.8))
    frame.append(Path(tuple(segments), fill=SEAL))
    if cut:
        frame.append(Path(tuple(cut), fill=SEAL))
    return tuple(frame)


def seal(x: float, y: float, *, example: bool) -> Motif:
    """The seal with its lower left corner at (x, y)."""
    return Motif("Seal", seal_paths(example), ((1, 0, 0, 1, x, y),), (-2, -2, SIDE + 2, SIDE + 2))
