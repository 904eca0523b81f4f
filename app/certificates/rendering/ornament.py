"""The guilloche: bands of interlaced sine waves around the page, rosettes in the corners, a pale one behind.

As on banknotes, the pattern is nothing but phase-shifted periodic curves; a cell of one period is drawn once and
repeated, so that the lines meet exactly and the file stays small.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.certificates.rendering.drawing import (
    AS_IS,
    Colour,
    Motif,
    Path,
    Point,
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
#: The names of the medallion's rings.
MEDALLION: Final = ("MedallionOuter", "MedallionMiddle", "MedallionInner")


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a border: its lines, and the finer ones between them."""

    line: Colour
    mist: Colour


def _wave(length: float, amplitude: float, phase: float, frequency: int) -> Segments:
    def curve(t: float) -> tuple[float, float]:
        return (length * t, amplitude * math.sin(TURN * frequency * t + phase))

    return smooth(curve, 6 * frequency)


def _cell(length: float, inks: Inks) -> tuple[Path, ...]:
    """One period of the band: two families of waves, the finer one twice as fast."""
    fine = [Path(_wave(length, HALF * 0.5, TURN * k / 4, 2), stroke=inks.mist, width=0.2) for k in range(4)]
    main = [Path(_wave(length, HALF * 0.97, TURN * k / 8, 1), stroke=inks.line, width=0.2) for k in range(8)]
    return (*fine, *main)


def _sides(name: str, inks: Inks, *lines: tuple[Point, Point]) -> Motif:
    """Bands along lines of one length, filled with a whole number of periods."""
    length = math.dist(*lines[0])
    count = round(length / PERIOD)
    cell = length / count
    places = []
    for (x0, y0), (x1, y1) in lines:
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        dx, dy = (x1 - x0) / count, (y1 - y0) / count
        places += [turned(angle, x0 + dx * i, y0 + dy * i) for i in range(count)]
    return Motif(name, _cell(cell, inks), tuple(places), (-1, -HALF - 1, cell + 1, HALF + 1))


def rosette(
    name: str,
    radius: float,
    petals: int,
    curves: int,
    *,
    depth: float,
    centres: Sequence[Point],
    colour: Colour,
    width: float = 0.24,
) -> Motif:
    """Interlaced closed waves around each centre, between ``radius`` and ``radius · (1 - 2 · depth)``.

    One petal is drawn and turned about the centre, so that the pattern costs no more than its smallest part.
    """

    def wave(phase: float) -> Segments:
        def curve(t: float) -> Point:
            r = radius * (1 - depth + depth * math.cos(TURN * t + phase))
            return (r * math.cos(TURN * t / petals), r * math.sin(TURN * t / petals))

        return smooth(curve, 4)

    paths = tuple(Path(wave(TURN * k / curves), stroke=colour, width=width) for k in range(curves))
    places = tuple(turned(360 * petal / petals, *centre) for centre in centres for petal in range(petals))
    return Motif(name, paths, places, (-radius - 1, -radius - 1, radius + 1, radius + 1))


def border(width: float, height: float, inks: Inks) -> list[Motif]:
    """The guilloche around a page of this size, back to front."""
    left, bottom, right, top = INSET, INSET, width - INSET, height - INSET
    reach = CORNER
    sides = [
        _sides(
            "Across",
            inks,
            ((left + reach, bottom), (right - reach, bottom)),
            ((right - reach, top), (left + reach, top)),
        ),
        _sides(
            "Along",
            inks,
            ((right, bottom + reach), (right, top - reach)),
            ((left, top - reach), (left, bottom + reach)),
        ),
    ]
    rules = []
    for distance, weight in ((HALF + 2, 0.25), (-HALF - 2, 0.25), (HALF + 5, 0.7)):
        x, y = left - distance, bottom - distance
        rules.append(Path(rectangle(x, y, width - 2 * x, height - 2 * y), stroke=inks.line, width=weight))
    frame = Motif("Rules", tuple(rules), (AS_IS,), (0, 0, width, height))
    centres = ((left, bottom), (right, bottom), (right, top), (left, top))
    size = CORNER
    field = (Path(rectangle(-size, -size, 2 * size, 2 * size), fill=(1, 1, 1), stroke=inks.line, width=0.5),)
    box = (-size - 1, -size - 1, size + 1, size + 1)
    return [
        frame,
        *sides,
        Motif("Field", field, tuple(turned(0, *centre) for centre in centres), box),
        rosette("Corner", size * 0.9, 12, 5, depth=0.2, colour=inks.line, centres=centres),
        rosette("CornerMist", size * 0.56, 8, 4, depth=0.3, colour=inks.mist, centres=centres),
        rosette("CornerHeart", size * 0.2, 4, 2, depth=0.3, colour=inks.line, centres=centres),
    ]


def medallion(x: float, y: float, radius: float, haze: Colour) -> list[Motif]:
    """A pale rosette to stand behind the text."""
    rings = ((1.0, 36, 0.11), (0.74, 24, 0.16), (0.44, 16, 0.28))
    return [
        rosette(name, radius * size, petals, 4, depth=depth, centres=((x, y),), colour=haze, width=0.4)
        for name, (size, petals, depth) in zip(MEDALLION, rings, strict=True)
    ]
