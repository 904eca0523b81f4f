"""Rubrics and marks in the reader's language."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from markupsafe import Markup

from app.core.pagination import Page
from app.quizzes.grading.essay import length_of
from app.quizzes.marking.answers import Listed, Panel
from app.quizzes.marking.models import Mark
from app.quizzes.marking.rules import (
    FLOOR,
    MARKED_TYPES,
    Marked,
    MarkerFigures,
    Part,
    Spread,
    Stage,
    marker_figures,
    parts_of,
    spread,
)
from app.quizzes.queries import PaperItem
from app.quizzes.rendering import Texts

#: Levels beyond the ninth have no key of their own.
KEYS = "123456789"
#: Answers on a page of a queue's list.
ANSWERS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a criterion, and the key that chooses it."""

    id: str
    key: str
    text: Markup
    points: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion as a form shows it; ``name`` is its field."""

    name: str
    text: Markup
    points: str
    levels: list[Level]


@dataclass(frozen=True, slots=True)
class PartForm:
    """A part to be marked: its rubric, or the field for its points; and an answer that earns all of them."""

    part: Part
    criteria: list[Criterion]
    model: Markup


def form_of(part: Part, texts: Texts) -> PartForm:
    """What a marker fills in for a part."""
    criteria = [
        Criterion(
            name=part.field(row["id"]),
            text=texts.line(row["text"]),
            points=row["points"],
            levels=[
                Level(level["id"], KEYS[at : at + 1], texts.line(level["text"]), level["points"])
                for at, level in enumerate(row["levels"])
            ],
        )
        for row in part.rubric
    ]
    return PartForm(part, criteria, texts.block(part.body.get("model")))


@dataclass(frozen=True, slots=True)
class GivenPart:
    """What was given for a part; ``rows`` are (criterion, level, points, of), empty without a rubric."""

    number: int
    points: Decimal
    marks: Decimal
    rows: list[tuple[Markup, Markup, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark for somebody's eyes: never who gave it."""

    parts: list[GivenPart]
    comment: str


def mark_shown(body: dict[str, Any], marks: Decimal, mark: Mark, texts: Texts) -> GivenMark:
    """A mark in words."""
    shown = []
    for part in parts_of(body, mark.given, marks):
        given = mark.given[part.name]
        if not part.rubric:
            shown.append(GivenPart(part.number, Decimal(given["points"]), part.marks))
            continue
        rows = []
        for row in part.rubric:
            level = next(each for each in row["levels"] if each["id"] == given["levels"][row["id"]])
            rows.append((texts.line(row["text"]), texts.line(level["text"]), level["points"], row["points"]))
        earned = sum((Decimal(row[2]) for row in rows), Decimal(0))
        whole = sum((Decimal(row[3]) for row in rows), Decimal(0))
        shown.append(GivenPart(part.number, earned, whole, rows))
    return GivenMark(shown, mark.comment)


def waits_for_people(items: Iterable[PaperItem]) -> bool:
    """May somebody have marked questions of this paper?"""
    return any(item.body["type"] in MARKED_TYPES for item in items)


def marks_shown(
    items: Iterable[PaperItem], panels: Mapping[uuid.UUID, Panel], texts: Texts
) -> dict[uuid.UUID, list[GivenMark]]:
    """The marks of a paper that count, in words, by item."""
    return {
        item.id: [mark_shown(item.body, item.marks, mark, texts) for mark in panels[item.id].counting]
        for item in items
        if item.id in panels
    }


@dataclass(frozen=True, slots=True)
class Overview:
    """How a queue has been marked so far, as one marker may know it."""

    spreads: list[Spread]
    #: Are they of the reader's marks alone?
    own_only: bool
    #: How many marks ``spreads`` counts.
    marks_given: int
    #: How many answers stand where; empty where one person marks.
    stages: list[tuple[Stage, int]]
    #: By how many per cent two marks may differ; None where one person marks.
    limit: Decimal | None
    figures: list[MarkerFigures]


def overview_of(tasks: Iterable[Listed], reader_id: uuid.UUID, marks: Decimal, body: dict[str, Any]) -> Overview:
    """Where two people mark, the marks of others are counted from ``FLOOR`` on, so that none can be guessed."""
    panels = [task.panel for task in tasks]
    limits = [panel.max_difference for panel in panels if panel.max_difference is not None]
    others = sum(mark.marker_id != reader_id for panel in panels for mark in panel.marks)
    own_only = bool(limits) and 0 < others < FLOOR
    given = [
        mark.given
        for panel in panels
        for mark in (panel.marks if limits else panel.counting)
        if not own_only or mark.marker_id == reader_id
    ]
    marked = [
        Marked(mark.item_id, mark.marker_id, panel.percent_of(mark), seat)
        for panel in panels
        for seat, mark in enumerate(panel.marks, start=1)
    ]
    stages = Counter(panel.stage for panel in panels)
    return Overview(
        spreads=spread(parts_of(body, {name for each in given for name in each}, marks), given),
        own_only=own_only,
        marks_given=len(given),
        stages=[(stage, stages[stage]) for stage in Stage] if limits else [],
        limit=max(limits, default=None),
        figures=marker_figures(marked),
    )


class Show(StrEnum):
    """Filters of a queue's list."""

    ALL = "all"
    WAITING = "waiting"
    #: Two marks differ.
    THIRD = "third"
    MINE = "mine"
    SETTLED = "settled"


_SHOWN: Final[dict[Show, Callable[[Listed], bool]]] = {
    Show.ALL: lambda _task: True,
    Show.WAITING: lambda task: task.waits,
    Show.THIRD: lambda task: task.panel.stage is Stage.THIRD,
    Show.MINE: lambda task: task.mark is not None,
    Show.SETTLED: lambda task: task.panel.stage is Stage.SETTLED,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a queue's list shows: a page of the answers that fit, and how many fit each filter."""

    page: Page[Listed]
    counts: dict[Show, int]


def chosen(tasks: Sequence[Listed], show: Show, page: int, *, doubly: bool) -> Chosen:
    """The answers that fit a filter; that of differing marks is offered where two people mark."""
    fitting = [task for task in tasks if _SHOWN[show](task)]
    last = max(1, -(-len(fitting) // ANSWERS_A_PAGE))
    page = min(max(page, 1), last)
    items = fitting[(page - 1) * ANSWERS_A_PAGE : page * ANSWERS_A_PAGE]
    offered = [each for each in Show if doubly or each is not Show.THIRD]
    return Chosen(
        Page(items, page, ANSWERS_A_PAGE, len(fitting)),
        {each: sum(map(_SHOWN[each], tasks)) for each in offered},
    )


def plain(number: Decimal | None) -> str:
    """A number without noughts at its end."""
    return f"{number:f}".rstrip("0").rstrip(".") if number and "." in f"{number:f}" else f"{number or 0:f}"


def lengths_of(parts: Iterable[Part], response: Mapping[str, Any]) -> dict[str, int]:
    """How long each essay is, in what its question counts, by the name of the part."""
    found = {}
    for part in parts:
        answer = response if not part.name else response.get("parts", {}).get(part.name, {})
        if part.rubric:
            found[part.name] = length_of(answer.get("text", ""), part.body["count"])
    return found
