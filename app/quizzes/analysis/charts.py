"""Where the marks of a chart stand. Pure geometry in the units of the drawing; templates draw it as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final, Protocol

from app.quizzes.analysis import choices
from app.quizzes.analysis.choices import ChoiceTable
from app.quizzes.analysis.findings import Finding
from app.quizzes.analysis.rules import Figure

#: The drawing is about as wide as a telephone's screen, so that its letters are readable there.
LEFT, RIGHT, TOP, BOTTOM = 44, 344, 30, 256
#: As many lines stay apart in one drawing.
MOST_LINES: Final = 6
LABEL_HEIGHT: Final = 13


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid and its label."""

    at: float
    label: str


class Plotted(Protocol):
    """A question, or a part of one."""

    @property
    def number(self) -> int: ...
    @property
    def facility(self) -> Figure: ...
    @property
    def discrimination(self) -> Figure: ...
    @property
    def findings(self) -> list[Finding]: ...


@dataclass(frozen=True, slots=True)
class Point:
    """One question, or part."""

    x: float
    y: float
    label_x: float
    label_y: float
    item: Plotted


@dataclass(frozen=True, slots=True)
class Scatter:
    """Facility across, discrimination up; ``zero`` and ``weak`` are the heights of 0 % and 20 %."""

    points: list[Point]
    across: list[Tick]
    up: list[Tick]
    zero: float
    weak: float
    #: Questions without one of the two figures.
    left_out: Sequence[Plotted]


@dataclass(frozen=True, slots=True)
class Line:
    """The use of one choice from the lowest score group to the highest."""

    letter: str
    points: str
    marks: list[tuple[float, float]]
    label_y: float
    correct: bool
    #: Which dash it is drawn with, from 0.
    style: int


@dataclass(frozen=True, slots=True)
class Curves:
    """Score groups across, the share who took a choice up."""

    lines: list[Line]
    across: list[Tick]
    up: list[Tick]
    #: Some choices were left out to keep the lines apart.
    shortened: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A share, drawn upwards; ``low`` and ``high`` are the ends of the line that says how sure it is."""

    middle: float
    x: float
    y: float
    width: float
    height: float
    label: str
    value: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Shares side by side."""

    bars: list[Bar]
    up: list[Tick]
    #: The names of the bars stand under them.
    across: list[Tick]


def bars(shares: Sequence[tuple[str, float, float]]) -> Bars:
    """Name, share and standard error (0: none is drawn) of each bar, from left to right."""
    step = (RIGHT - LEFT) / len(shares)
    drawn = []
    for at, (name, share, error) in enumerate(shares):
        middle, top = round(LEFT + step * (at + 0.5), 1), _up(share, 0)
        ends = (_up(max(0.0, share - error), 0), _up(min(1.0, share + error), 0)) if error else (None, None)
        width = round(min(step * 0.7, 40), 1)
        x = round(middle - width / 2, 1)
        drawn.append(Bar(middle, x, top, width, round(BOTTOM - top, 1), name, _percent(share), *ends))
    up = [Tick(_up(at / 4, 0), _percent(at / 4)) for at in range(5)]
    return Bars(drawn, up, [Tick(bar.middle, bar.label) for bar in drawn])


def _across(share: float) -> float:
    return round(LEFT + share * (RIGHT - LEFT), 1)


def _up(value: float, low: float, high: float = 1.0) -> float:
    return round(BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP), 1)


def _percent(value: float) -> str:
    return f"{round(value * 100)}%".replace("-", "−")


def scatter(items: Sequence[Plotted], weak: float) -> Scatter:
    """Place every question that has both figures; the scale reaches just beyond the lowest and the highest."""
    placed = [item for item in items if item.facility.value is not None and item.discrimination.value is not None]
    indices = [item.discrimination.value or 0.0 for item in placed]
    low = min(-0.2, floor(min(indices, default=0.0) * 5) / 5)
    high = max(0.6, ceil(max(indices, default=0.0) * 5) / 5)
    steps = round((high - low) / 0.2)
    spots = [
        (_across(item.facility.value or 0.0), _up(index, low, high))
        for item, index in zip(placed, indices, strict=True)
    ]
    labels = _labels(spots)
    return Scatter(
        points=[Point(*spot, *label, item) for spot, label, item in zip(spots, labels, placed, strict=True)],
        across=[Tick(_across(at / 5), _percent(at / 5)) for at in range(6)],
        up=[Tick(_up(low + at * 0.2, low, high), _percent(low + at * 0.2)) for at in range(steps + 1)],
        zero=_up(0, low, high),
        weak=_up(weak, low, high),
        left_out=[item for item in items if item not in placed],
    )


def _labels(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Where the numbers of the points stand: beside each, clear of other points and of numbers already placed."""
    covered = [(x, y + 4) for x, y in points]
    placed = []
    for x, y in points:
        spots = [(x + 7, y + 4), (x - 19, y + 4), (x - 6, y - 8), (x - 6, y + 17), (x + 6, y - 6), (x + 6, y + 15)]
        best = min(spots, key=lambda spot: _crowd(spot, covered))
        covered.append((best[0] + 6, best[1]))
        placed.append((round(best[0], 1), round(best[1], 1)))
    return placed


def _crowd(spot: tuple[float, float], covered: Sequence[tuple[float, float]]) -> int:
    """How badly a number at this spot collides: with what is there, and worse with the edge of the drawing."""
    outside = spot[0] > RIGHT or spot[0] < LEFT or spot[1] < TOP - 8 or spot[1] > BOTTOM
    return sum(abs(spot[0] + 6 - x) < 12 and abs(spot[1] - y) < 11 for x, y in covered) + 3 * outside


def curves(table: ChoiceTable) -> Curves:
    """The right choices and the most taken wrong ones, each from the lowest score group to the highest."""
    names = choices.labels(table)
    ranked = sorted(table.uses, key=lambda use: (not use.choice.correct, -use.share))
    shown = {use.choice.id for use in ranked[:MOST_LINES]}
    uses = [use for use in table.uses if use.choice.id in shown]
    right = RIGHT - 16  # room for the letters
    count = len(uses[0].curve) if uses else 1
    places = [round(LEFT + 10 + at * (right - LEFT - 10) / max(1, count - 1), 1) for at in range(count)]
    heights = _apart([_up(use.curve[-1], 0) for use in uses])
    style = -1
    lines = []
    for use, label_y in zip(uses, heights, strict=True):
        style += not use.choice.correct
        marks = [(x, _up(value, 0)) for x, value in zip(places, use.curve, strict=True)]
        points = " ".join(f"{x},{y}" for x, y in marks)
        lines.append(
            Line(
                names[use.choice.id],
                points,
                marks,
                label_y,
                use.choice.correct,
                0 if use.choice.correct else style,
            )
        )
    across = [Tick(x, str(at)) for at, x in enumerate(places, start=1)]
    up = [Tick(_up(at / 4, 0), _percent(at / 4)) for at in range(5)]
    return Curves(lines, across, up, shortened=len(shown) < len(table.uses))


def _apart(heights: Sequence[float]) -> list[float]:
    """Heights of labels moved so far apart that none covers another, kept inside the drawing."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    placed = list(heights)
    floor_y = float(TOP)
    for at in order:
        placed[at] = max(placed[at], floor_y)
        floor_y = placed[at] + LABEL_HEIGHT
    ceiling = float(BOTTOM)
    for at in reversed(order):
        placed[at] = min(placed[at], ceiling)
        ceiling = placed[at] - LABEL_HEIGHT
    return [round(value + 4, 1) for value in placed]
