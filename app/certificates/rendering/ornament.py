"""The guilloche: bands of interlaced sine waves around the page, rosettes in the corners, a pale one behind.

As on banknotes, the pattern is nothing but phase-shifted periodic curves; a cell of one period is drawn once and
repeated, so that the lines meet exactly and the file stays small.
"""

import math
from typing import Final

from app.certificates.rendering.drawing import (
    HAZE,
    INDIGO,
    MIST,
    Colour,
    Matrix,
    Motif,
    Path,
    Segments,
    rectangle,
    smooth,
    turned,
)

#: From the edge of the paper to the middle of the band.
INSET: Final = 34.0
#: Half the height of the band.
HALF: Final = 8.5
#: Half the side of a corner field.
CORNER: Final = HALF + 5
#: About how long one period is.
PERIOD: Final = 24.0
TURN: Final = 2 * math.pi


def _wave(length: float, amplitude: float, phase: float, frequency: int) -> Segments:
    def curve(t: float) -> tuple[float, float]:
        return (length * t, amplitude * math.sin(TURN * frequency * t + phase))

    return smooth(curve, 6 * frequency)


def _cell(length: float) -> tuple[Path, ...]:
    """One period of the band: two families of waves, the finer one twice as fast."""
    fine = [Path(_wave(length, HALF * 0.5, TURN * k / 4, 2), stroke=MIST, width=0.2) for k in range(4)]
    main = [Path(_wave(length, HALF * 0.97, TURN * k / 8, 1), stroke=INDIGO, width=0.2) for k in range(8)]
    return (*fine, *main)


def _side(name: str, start: tuple[float, float], end: tuple[float, float]) -> Motif:
    """A band from one point to another, filled with a whole number of periods."""
    length = math.dist(start, end)
    count = round(length / PERIOD)
    cell = length / count
    angle = math.degrees(math.atan2(end[1] - start[1], end[0] - start[0]))
    dx, dy = (end[0] - start[0]) / count, (end[1] - start[1]) / count
    places = tuple(turned(angle, start[0] + dx * i, start[1] + dy * i) for i in range(count))
    return Motif(name, _cell(cell), places, (-1, -HALF - 1, cell + 1, HALF + 1))


def rosette(
    radius: float, petals: int, curves: int, *, depth: float, colour: Colour = INDIGO, width: float = 0.24
) -> tuple[Path, ...]:
    """Interlaced closed waves around a centre, between ``radius`` and ``radius · (1 - 2 · depth)``."""

    def ring(phase: float) -> Segments:
        def curve(t: float) -> tuple[float, float]:
            r = radius * (1 - depth + depth * math.cos(petals * TURN * t + phase))
            return (r * math.cos(TURN * t), r * math.sin(TURN * t))

        return smooth(curve, petals * 4, closed=True)

    return tuple(Path(ring(TURN * k / curves), stroke=colour, width=width) for k in range(curves))


def border(width: float, height: float) -> list[Motif]:
    """The frame of a page of this size."""
    left, right, bottom, top = INSET, width - INSET, INSET, height - INSET
    gap = CORNER
    sides = [
        _side("Bottom", (left + gap, bottom), (right - gap, bottom)),
        _side("Right", (right, bottom + gap), (right, top - gap)),
        _side("Top", (right - gap, top), (left + gap, top)),
        _side("Left", (left, top - gap), (left, bottom + gap)),
    ]
    rules = []
    for distance, weight in ((HALF + 2, 0.25), (-HALF - 2, 0.25), (HALF + 5, 0.7)):
        x, y = left - distance, bottom - distance
        rules.append(Path(rectangle(x, y, width - 2 * x, height - 2 * y), stroke=INDIGO, width=weight))
    frame = Motif("Rules", tuple(rules), ((1, 0, 0, 1, 0, 0),), (0, 0, width, height))
    corners: tuple[Matrix, ...] = tuple(
        turned(angle, x, y)
        for angle, x, y in ((0, left, bottom), (90, right, bottom), (180, right, top), (270, left, top))
    )
    size = CORNER
    field = (
        Path(rectangle(-size, -size, 2 * size, 2 * size), fill=(1, 1, 1), stroke=INDIGO, width=0.5),
        *rosette(size * 0.9, 12, 5, depth=0.2),
        *rosette(size * 0.56, 8, 4, depth=0.3, colour=MIST),
        *rosette(size * 0.2, 4, 2, depth=0.3),
    )
    corner = Motif("Corner", field, corners, (-size - 1, -size - 1, size + 1, size + 1))
    return [frame, *sides, corner]


def medallion(x: float, y: float, radius: float) -> Motif:
    """A pale rosette to stand behind the text."""
    paths = (
        *rosette(radius, 36, 4, depth=0.11, colour=HAZE, width=0.4),
        *rosette(radius * 0.74, 24, 4, depth=0.16, colour=HAZE, width=0.4),
        *rosette(radius * 0.44, 16, 4, depth=0.28, colour=HAZE, width=0.4),
    )
    return Motif("Medallion", paths, ((1, 0, 0, 1, x, y),), (-radius, -radius, radius, radius))
