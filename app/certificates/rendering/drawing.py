"""Line drawings as data, written as PDF operators (for our documents) or as SVG (for previews and comparison).

Units are PDF points; the origin is the lower left corner, y goes up.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

Colour = tuple[float, float, float]
Point = tuple[float, float]
#: Scale and rotate (a, b, c, d), then move (e, f).
Matrix = tuple[float, float, float, float, float, float]
#: Drawing steps: ``("m", x, y)`` move, ``("l", …)`` line, ``("c", …)`` curve, ``("h",)`` close.
Segments = tuple[tuple[str | float, ...], ...]

#: Neither turned nor moved.
AS_IS: Final[Matrix] = (1, 0, 0, 1, 0, 0)

INK: Final[Colour] = (0.106, 0.141, 0.188)


@dataclass(frozen=True, slots=True)
class Path:
    """Segments drawn with one stroke or one fill."""

    segments: Segments
    stroke: Colour | None = None
    fill: Colour | None = None
    width: float = 0.3


@dataclass(frozen=True, slots=True)
class Motif:
    """Paths that are drawn once and placed many times."""

    name: str
    paths: tuple[Path, ...]
    places: tuple[Matrix, ...]
    #: A box around everything (x0, y0, x1, y1).
    box: tuple[float, float, float, float]


def turned(degrees: float, x: float, y: float) -> Matrix:
    """Rotate about the motif's origin, which comes to stand at (x, y)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (cos, sin, -sin, cos, x, y)


def smooth(curve: Callable[[float], Point], pieces: int, *, closed: bool = False) -> Segments:
    """The curve for t from 0 to 1 as cubic pieces that share its tangents (Hermite to Bézier)."""
    step = 1 / pieces
    tiny = step / 1000

    def slope(t: float) -> Point:
        (x0, y0), (x1, y1) = curve(t - tiny), curve(t + tiny)
        return ((x1 - x0) / (2 * tiny), (y1 - y0) / (2 * tiny))

    segments: list[tuple[str | float, ...]] = [("m", *curve(0))]
    for piece in range(pieces):
        start, end = piece * step, (piece + 1) * step
        (x0, y0), (x1, y1) = curve(start), curve(end)
        (u0, v0), (u1, v1) = slope(start), slope(end)
        third = step / 3
        segments.append(("c", x0 + u0 * third, y0 + v0 * third, x1 - u1 * third, y1 - v1 * third, x1, y1))
    if closed:
        segments.append(("h",))
    return tuple(segments)


def rectangle(x: float, y: float, width: float, height: float, radius: float = 0) -> Segments:
    """A closed rectangle, with round corners when a radius is given."""
    if not radius:
        return (("m", x, y), ("l", x + width, y), ("l", x + width, y + height), ("l", x, y + height), ("h",))
    k = radius * 0.4477
    right, top = x + width, y + height
    return (
        ("m", x + radius, y),
        ("l", right - radius, y),
        ("c", right - k, y, right, y + k, right, y + radius),
        ("l", right, top - radius),
        ("c", right, top - k, right - k, top, right - radius, top),
        ("l", x + radius, top),
        ("c", x + k, top, x, top - k, x, top - radius),
        ("l", x, y + radius),
        ("c", x, y + k, x + k, y, x + radius, y),
        ("h",),
    )


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def _numbers(values: Iterable[str | float]) -> str:
    return " ".join(_number(float(value)) for value in values)


def pdf_operators(paths: Sequence[Path]) -> bytes:
    """The paths as the content of a PDF stream."""
    lines = ["1 J 1 j"]
    for path in paths:
        if path.stroke:
            lines.append(f"{_numbers(path.stroke)} RG {_number(path.width)} w")
        if path.fill:
            lines.append(f"{_numbers(path.fill)} rg")
        lines += [f"{_numbers(segment[1:])} {segment[0]}".strip() for segment in path.segments]
        lines.append("B*" if path.stroke and path.fill else "f*" if path.fill else "S")
    return "\n".join(lines).encode()


def _turn(values: Iterable[float]) -> str:
    """Five places, never an exponent (PDF knows none)."""
    return " ".join(f"{value + 0:.5f}".rstrip("0").rstrip(".").replace("-0.00000", "0") for value in values)


def pdf_matrix(matrix: Matrix) -> str:
    a, b, c, d, e, f = matrix
    return f"{_turn((a, b, c, d))} {_numbers((e, f))} cm"


def svg(motifs: Sequence[Motif], width: float, height: float) -> str:
    """The same drawing as an SVG document, each line in its place."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_numbers((width,))} {_numbers((height,))}">'
        f'<g transform="matrix(1 0 0 -1 0 {_number(height)})" stroke-linecap="round" stroke-linejoin="round">'
    ]
    parts += [_svg_path(path, motif.places) for motif in motifs for path in motif.paths]
    parts.append("</g></svg>")
    return "".join(parts)


def svg_of_motifs(motifs: Sequence[Motif], width: float, height: float) -> str:
    """The same drawing for browsers: each motif once, placed as often as it stands; a tenth of the size."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_numbers((width,))} {_numbers((height,))}">'
        f'<rect width="100%" height="100%" fill="#fff"/>'
        f'<g transform="matrix(1 0 0 -1 0 {_number(height)})" stroke-linecap="round" stroke-linejoin="round">'
    ]
    for motif in motifs:
        paths = "".join(_svg_path(path, (AS_IS,)) for path in motif.paths)
        parts.append(f'<defs><g id="{motif.name}">{paths}</g></defs>')
        parts += [
            f'<use href="#{motif.name}" transform="matrix({_turn(place[:4])} {_numbers(place[4:])})"/>'
            for place in motif.places
        ]
    parts.append("</g></svg>")
    return "".join(parts)


def _svg_path(path: Path, places: Iterable[Matrix]) -> str:
    letters = {"m": "M", "l": "L", "c": "C", "h": "Z"}
    data = "".join(
        f"{letters[str(name)]}{_numbers(_placed(place, numbers))}"
        for place in places
        for name, *numbers in path.segments
    )
    return (
        f'<path d="{data}" fill="{_css(path.fill)}" fill-rule="evenodd" stroke="{_css(path.stroke)}" '
        f'stroke-width="{_number(path.width)}"/>'
    )


def _placed(matrix: Matrix, numbers: Sequence[str | float]) -> Iterator[float]:
    a, b, c, d, e, f = matrix
    values = [float(number) for number in numbers]
    for x, y in zip(values[::2], values[1::2], strict=True):
        yield from (a * x + c * y + e, b * x + d * y + f)


def _css(colour: Colour | None) -> str:
    return "none" if colour is None else "#" + "".join(f"{round(part * 255):02x}" for part in colour)
