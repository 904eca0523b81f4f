"""The academy's seal: square, of our own invention, cut as outlines; no institution's seal looks like it.

Three columns read from right to left, as on Chinese seals; a document made from example data carries the word
for it inside the seal, so that the mark cannot be lifted off as a real one.
"""

from functools import cache
from typing import Any, Final

from fontTools.pens.recordingPen import RecordingPen

from app.certificates.fonts import BOLD, open_face
from app.certificates.rendering.drawing import SEAL, Motif, Path, Segments, rectangle

#: 海外知识产权研修印: “seal of overseas intellectual-property training”.
COLUMNS: Final = ("海外知", "识产权", "研修印")
EXAMPLE: Final = "示例"
#: The side of the seal in points (26 mm).
SIDE: Final = 74.0


def _character(face: Any, character: str, box: tuple[float, float, float, float]) -> Segments:
    """One hanzi stretched to fill a box (x, y, width, height): seal characters know no side bearings."""
    pen = RecordingPen()
    face.getGlyphSet()[face.getBestCmap()[ord(character)]].draw(pen)
    points = [point for _, step in pen.value for point in step]
    left, bottom = min(x for x, _ in points), min(y for _, y in points)
    x, y, width, height = box
    scale_x = width / (max(x for x, _ in points) - left)
    scale_y = height / (max(y for _, y in points) - bottom)
    letters = {"moveTo": "m", "lineTo": "l", "curveTo": "c", "closePath": "h"}
    return tuple(
        (letters[name], *(v for px, py in step for v in (x + (px - left) * scale_x, y + (py - bottom) * scale_y)))
        for name, step in pen.value
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
    with open_face(BOLD) as face:
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
