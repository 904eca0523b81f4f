"""What a marker gives, and what it earns: pure."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
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
