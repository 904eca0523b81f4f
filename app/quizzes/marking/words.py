"""Rubrics and marks in the reader's language."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from app.quizzes.grading.essay import length_of
from app.quizzes.marking.models import Mark
from app.quizzes.marking.rules import MARKED_TYPES, Part, parts_of
from app.quizzes.queries import PaperItem
from app.quizzes.rendering import Texts

#: Levels beyond the ninth have no key of their own.
KEYS = "123456789"


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
    items: Iterable[PaperItem], marks: Mapping[uuid.UUID, Mark], texts: Texts
) -> dict[uuid.UUID, GivenMark]:
    """The marks of a paper in words, by item."""
    return {
        item.id: mark_shown(item.body, item.marks, marks[item.id], texts) for item in items if item.id in marks
    }


def lengths_of(parts: Iterable[Part], response: Mapping[str, Any]) -> dict[str, int]:
    """How long each essay is, in what its question counts, by the name of the part."""
    found = {}
    for part in parts:
        answer = response if not part.name else response.get("parts", {}).get(part.name, {})
        if part.rubric:
            found[part.name] = length_of(answer.get("text", ""), part.body["count"])
    return found
