"""Read the marker's form: every field is kept as it was typed, whatever is wrong with it."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.quizzes.marking.rules import CENT, MAX_COMMENT, Given, Part

COMMENT = "comment"


@dataclass(slots=True)
class Filled:
    """What stands in the fields; ``given`` is complete when there are no ``errors`` (field → what to do)."""

    values: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(parts: Sequence[Part], posted: MultiDict[str, str]) -> Filled:
    """The posted marks."""
    filled = Filled(comment=posted.get(COMMENT, ""))
    for part in parts:
        if part.rubric:
            filled.given[part.name] = {"levels": _levels(part, posted, filled)}
        else:
            filled.given[part.name] = {"points": _points(part, posted, filled)}
    if len(filled.comment) > MAX_COMMENT:
        filled.errors[COMMENT] = _("Write at most %(number)s characters.", number=MAX_COMMENT)
    return filled


def _levels(part: Part, posted: MultiDict[str, str], filled: Filled) -> dict[str, str]:
    chosen = {}
    for row in part.rubric:
        name = part.field(row["id"])
        level = posted.get(name, "")
        if level in {each["id"] for each in row["levels"]}:
            chosen[row["id"]] = filled.values[name] = level
        else:
            filled.errors[name] = _("Choose a level.")
    return chosen


def _points(part: Part, posted: MultiDict[str, str], filled: Filled) -> str:
    name = part.field()
    typed = filled.values[name] = posted.get(name, "")
    try:
        points = Decimal(unicodedata.normalize("NFKC", typed).strip().replace(",", "."))
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= part.marks or points != points.quantize(CENT):
        filled.errors[name] = _("Give points from 0 to %(most)s, with two decimals at most.", most=part.marks)
        return ""
    return str(points.quantize(CENT))


def from_mark(parts: Sequence[Part], given: Mapping[str, Given], comment: str) -> Filled:
    """The form as a mark filled it."""
    filled = Filled(comment=comment)
    for part in parts:
        if part.rubric:
            filled.values |= {part.field(row): level for row, level in given[part.name]["levels"].items()}
        else:
            filled.values[part.field()] = given[part.name]["points"]
    return filled
