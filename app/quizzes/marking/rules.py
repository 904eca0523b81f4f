"""What a marker gives, and what it earns: pure."""

import hashlib
import statistics
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import combinations
from typing import Any, Final

from app.quizzes.grading.base import PLACES, NeedsMarking
from app.quizzes.grading.essay import rubric_fraction

#: For one part: ``{"levels": {criterion: level}}`` where it has a rubric, else ``{"points": "2.5"}``.
Given = Mapping[str, Any]
#: Types of questions that may wait for a person.
MARKED_TYPES: Final = frozenset({"essay", "file_upload", "case"})
MAX_COMMENT: Final = 4_000
CENT: Final = Decimal("0.01")
#: Upper bounds, as shares of the points, by which marks without a rubric are counted.
BANDS: Final = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal(1))
#: Fewer marks than this say nothing about a marker, and would tell a second one what the first gave.
FLOOR: Final = 5


class Stage(StrEnum):
    """Whose mark an answer waits for; follows from its marks (``stage_of``)."""

    FIRST = "first"
    SECOND = "second"
    #: The first two lie too far apart: somebody who sees both decides.
    THIRD = "third"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer that a person marks; ``name`` is empty for a whole question."""

    name: str
    body: dict[str, Any]
    #: Its number in a case; 0 for a whole question.
    number: int
    #: What it is worth, to the cent.
    marks: Decimal

    @property
    def rubric(self) -> list[dict[str, Any]]:
        return list(self.body.get("rubric", ()))

    def field(self, criterion: str = "") -> str:
        """The name of its form field: of a criterion, or of the points."""
        return "-".join(piece for piece in (self.name or "whole", criterion or "points"))


def parts_of(body: dict[str, Any], names: Iterable[str], marks: Decimal) -> list[Part]:
    """The parts of a question that wait (or have been marked), in their order, with what each is worth."""
    wanted = set(names)
    if "" in wanted:
        return [Part("", body, 0, marks)]
    inner = body.get("parts", [])
    whole = sum((Decimal(part["marks"]) for part in inner), Decimal(0))
    return [
        Part(part["id"], part, number, (marks * Decimal(part["marks"]) / whole).quantize(CENT, ROUND_HALF_UP))
        for number, part in enumerate(inner, start=1)
        if part["id"] in wanted
    ]


def share_of(part: Part, given: Given) -> Decimal:
    """What was given for a part, as a fraction of it. Raises Invalid when a criterion has no level."""
    if part.rubric:
        return rubric_fraction(part.body, given["levels"])
    return (Decimal(given["points"]) / part.marks).quantize(PLACES, ROUND_HALF_UP)


def fraction_of(waiting: NeedsMarking, parts: Sequence[Part], given: Mapping[str, Given]) -> Decimal:
    """What the whole question earns, with what the machine graded. Raises Invalid."""
    return waiting.with_marks({part.name: share_of(part, given[part.name]) for part in parts}).fraction


def order_for(marker_id: uuid.UUID, task_id: uuid.UUID) -> bytes:
    """Each marker's own order: it says nothing about time, and two of them begin at different answers."""
    return hashlib.sha256(marker_id.bytes + task_id.bytes).digest()


def code_of(task_id: uuid.UUID) -> str:
    """What an answer is called on the pages."""
    return task_id.hex[-6:].upper()


def next_of(waiting: Sequence[uuid.UUID], marker_id: uuid.UUID, after: uuid.UUID | None) -> uuid.UUID | None:
    """The next of the answers that wait, in the marker's order and round again; None when there is none."""
    ordered = sorted((each for each in waiting if each != after), key=lambda each: order_for(marker_id, each))
    if after is not None:
        here = order_for(marker_id, after)
        ordered.sort(key=lambda each: order_for(marker_id, each) < here)
    return next(iter(ordered), None)


@dataclass(frozen=True, slots=True)
class Spread:
    """How often each level of a criterion was given; ``levels`` are (level or None, upper bound, count)."""

    part: Part
    criterion: dict[str, Any] | None
    counts: list[tuple[dict[str, Any] | None, Decimal, int]]


def spread(parts: Sequence[Part], given: Sequence[Mapping[str, Given]]) -> list[Spread]:
    """The distribution of the marks that count, criterion by criterion."""
    found: list[Spread] = []
    for part in parts:
        mine = [each[part.name] for each in given if part.name in each]
        for row in part.rubric:
            used = Counter(each["levels"][row["id"]] for each in mine)
            counts = [(level, Decimal(level["points"]), used[level["id"]]) for level in row["levels"]]
            found.append(Spread(part, row, list(counts)))
        if not part.rubric:
            shares = [share_of(part, each) for each in mine]
            bands = Counter(next(band for band in BANDS if share <= band) for share in shares)
            found.append(Spread(part, None, [(None, band * part.marks, bands[band]) for band in BANDS]))
    return found


def apart(first: Decimal, second: Decimal, share: Decimal) -> Decimal:
    """How far two fractions of a question lie apart, in per cent (two decimals) of the ``share`` people mark."""
    return (abs(first - second) * 100 / share).quantize(CENT, ROUND_HALF_UP)


def stage_of(fractions: Sequence[Decimal], max_difference: Decimal | None, share: Decimal) -> Stage:
    """Whose mark an answer with these marks (one of each marker, in the order they began) waits for.

    Without ``max_difference`` one person marks. Exactly that difference still counts as agreed.
    """
    if max_difference is None:
        return Stage.SETTLED if fractions else Stage.FIRST
    if len(fractions) < 2:
        return Stage.SECOND if fractions else Stage.FIRST
    if len(fractions) == 2 and apart(fractions[0], fractions[1], share) > max_difference:
        return Stage.THIRD
    return Stage.SETTLED


def settled_fraction(fractions: Sequence[Decimal]) -> Decimal:
    """What a settled answer earns: one mark as it is, the mean of two (fifth decimal, half up), the third's."""
    if len(fractions) == 2:
        return (sum(fractions, Decimal(0)) / 2).quantize(PLACES, ROUND_HALF_UP)
    return fractions[-1]


@dataclass(frozen=True, slots=True)
class Marked:
    """One marker's mark of one answer, as figures about marking need it."""

    item_id: uuid.UUID
    marker_id: uuid.UUID
    #: Of what people mark, in per cent.
    percent: Decimal
    #: 1 and 2 marked without seeing each other; 3 decided.
    seat: int


@dataclass(frozen=True, slots=True)
class MarkerFigures:
    """How one person has marked a queue; a figure is None below ``FLOOR`` marks (or pairs)."""

    marker_id: uuid.UUID
    marks: int
    mean: Decimal | None
    deviation: Decimal | None
    #: Answers that she and somebody else marked without seeing each other's mark.
    pairs: int
    #: Her mark less the other's on average over the pairs, in per cent: above zero she is the more generous.
    severity: Decimal | None
    #: The same without the sign: how far the two lie apart.
    distance: Decimal | None


def marker_figures(marked: Sequence[Marked]) -> list[MarkerFigures]:
    """Each marker's figures, those with most marks first."""
    own: dict[uuid.UUID, list[Decimal]] = {}
    answers: dict[uuid.UUID, list[Marked]] = {}
    for each in marked:
        own.setdefault(each.marker_id, []).append(each.percent)
        if each.seat < 3:
            answers.setdefault(each.item_id, []).append(each)
    gaps: dict[uuid.UUID, list[Decimal]] = {}
    for blind in answers.values():
        for one, other in combinations(blind, 2):
            gaps.setdefault(one.marker_id, []).append(one.percent - other.percent)
            gaps.setdefault(other.marker_id, []).append(other.percent - one.percent)
    found = []
    for marker_id, given in own.items():
        against = gaps.get(marker_id, [])
        found.append(
            MarkerFigures(
                marker_id=marker_id,
                marks=len(given),
                mean=_mean(given),
                deviation=Decimal(statistics.stdev(given)) if len(given) >= FLOOR else None,
                pairs=len(against),
                severity=_mean(against),
                distance=_mean([abs(gap) for gap in against]),
            )
        )
    return sorted(found, key=lambda each: (-each.marks, each.marker_id))


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if len(values) >= FLOOR else None
