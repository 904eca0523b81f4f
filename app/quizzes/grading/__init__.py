"""Grading: pure, deterministic, one file a question type. See ``base`` for the terms."""

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.core.errors import Invalid
from app.quizzes.grading import base
from app.quizzes.grading.base import Body, Graded, Layout, Posted, QuestionType, Response
from app.quizzes.grading.matching import Matching
from app.quizzes.grading.multiple import Multiple
from app.quizzes.grading.numeric import Numeric
from app.quizzes.grading.ordering import Ordering
from app.quizzes.grading.short_text import ShortText
from app.quizzes.grading.single import Single
from app.quizzes.grading.true_false import TrueFalse

#: Recorded with every grade; raise it when any type's grading changes.
VERSION: Final = "1"

TYPES: Final[dict[str, QuestionType]] = {
    kind.name: kind for kind in (Single(), Multiple(), TrueFalse(), Numeric(), ShortText(), Matching(), Ordering())
}
#: What an author may say of any question; kept with it, not needed to grade it.
_ABOUT: Final = ("objective", "difficulty", "tags", "as_of", "law", "use")

__all__ = [
    "TYPES",
    "VERSION",
    "Body",
    "Graded",
    "Layout",
    "Posted",
    "Response",
    "full_layout",
    "grade",
    "lay_out",
    "marks_of",
    "normalise",
    "perfect",
    "read_form",
    "validate",
]


def validate(key: str, raw: Mapping[str, Any]) -> Body:
    """A question as written (docs/content-format.md) in the form that is stored. Raises Invalid."""
    kind = TYPES.get(str(raw.get("type")))
    if kind is None:
        raise Invalid(f"{key}: type: one of {', '.join(TYPES)}", code="question")
    marks = base.number(raw.get("marks") or 1, f"{key}: marks")
    if not 0 < marks <= 1000 or marks.as_tuple().exponent < -2:  # type: ignore[operator]
        raise Invalid(f"{key}: marks: above 0, at most 1000, two decimals", code="question")
    body: Body = {
        "type": kind.name,
        "prompt": base.bilingual(raw.get("prompt"), f"{key}: prompt"),
        "marks": str(marks),
    }
    if raw.get("feedback"):
        body["feedback"] = base.bilingual(raw["feedback"], f"{key}: feedback")
    body |= {name: _plain(raw[name]) for name in _ABOUT if raw.get(name) is not None}
    try:
        return body | kind.validate(key, raw)
    except Invalid as error:
        raise Invalid(f"{key}: {error.message}", code=error.code) from None


def _plain(value: Any) -> Any:
    """Metadata as JSON has it: dates become strings."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool) else str(value)


def lay_out(body: Body, rng: random.Random | None) -> Layout:
    """The frozen form of a question on a paper: its type, and the options in the order shown."""
    return {"type": body["type"]} | TYPES[body["type"]].layout(body, rng)


def full_layout(body: Body) -> Layout:
    """The layout in a fixed order that does not give the answer away (check questions in lessons)."""
    return lay_out(body, None)


def normalise(response: object, layout: Layout) -> Response:
    """A response in its one stored form; ``{}`` when nothing is answered.

    Raises Invalid with what to do for a wrong shape, an unknown option or a number out of bounds.
    """
    if response is None or response == {}:
        return {}
    if not isinstance(response, Mapping):
        raise base.wrong_shape()
    return TYPES[layout["type"]].normalise(response, layout)


def grade(body: Body, response: object) -> Graded:
    """Grade a response (normalised first, so any client's shape will do). Raises Invalid as normalise does."""
    cleaned = normalise(response, full_layout(body))
    return TYPES[body["type"]].grade(body, cleaned) if cleaned else Graded(base.ZERO)


def perfect(body: Body) -> Response:
    """A response that earns full marks."""
    return TYPES[body["type"]].perfect(body)


def read_form(posted: Posted, name: str, layout: Layout) -> Response:
    """The normalised response in a posted form. Raises Invalid as normalise does."""
    return normalise(TYPES[layout["type"]].read_form(posted, name, layout), layout)


def marks_of(body: Body) -> Decimal:
    """What the question is worth."""
    return Decimal(body["marks"])
