"""Grading: pure, deterministic, one file a question type. See ``base`` for the terms."""

import random
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from typing import Any, Final

from app.core.digests import digest_of
from app.core.messages import N_
from app.quizzes.grading import base, certainty
from app.quizzes.grading.amending import Amendable, Values
from app.quizzes.grading.base import (
    Body,
    Drawing,
    Graded,
    Layout,
    NeedsMarking,
    PartsRefused,
    Posted,
    QuestionType,
    Response,
    Result,
)
from app.quizzes.grading.calculated import Calculated
from app.quizzes.grading.case import Case
from app.quizzes.grading.cloze import Cloze
from app.quizzes.grading.drag_image import DragImage
from app.quizzes.grading.drag_text import DragText
from app.quizzes.grading.essay import Essay
from app.quizzes.grading.legible import refuse_halves, refuse_twins
from app.quizzes.grading.malformed import Malformed
from app.quizzes.grading.matching import Matching
from app.quizzes.grading.multiple import Multiple
from app.quizzes.grading.numeric import Numeric
from app.quizzes.grading.ordering import Ordering
from app.quizzes.grading.short_text import ShortText
from app.quizzes.grading.single import Single
from app.quizzes.grading.true_false import TrueFalse
from app.quizzes.grading.upload import Upload

#: Recorded with every grade; raise it when any type's grading changes.
VERSION: Final = "2"

#: How every grade is computed, whatever a process has set for itself.
_ARITHMETIC: Final = Context(prec=28, rounding=ROUND_HALF_EVEN)

_SIMPLE: Final = (
    Single(),
    Multiple(),
    TrueFalse(),
    Numeric(),
    ShortText(),
    Matching(),
    Ordering(),
    Cloze(),
    Calculated(),
    DragText(),
    DragImage(),
    Essay(),
)
TYPES: Final[dict[str, QuestionType]] = {kind.name: kind for kind in (*_SIMPLE, Upload(), Case(*_SIMPLE))}
#: What an author may say of any question; kept with it, not needed to grade it.
_ABOUT: Final = ("objective", "difficulty", "tags", "as_of", "law", "use")

__all__ = [
    "TYPES",
    "VERSION",
    "Amendable",
    "Body",
    "Graded",
    "Layout",
    "NeedsMarking",
    "PartsRefused",
    "Posted",
    "Response",
    "Result",
    "amend",
    "amendable",
    "full_layout",
    "grade",
    "is_complete",
    "lay_out",
    "marks_of",
    "normalise",
    "perfect",
    "read_form",
    "validate",
    "view",
    "written",
]


def validate(key: str, raw: Mapping[str, Any]) -> Body:
    """A question as written (docs/content-format.md) in the form that is stored. Raises Malformed."""
    try:
        refuse_halves(raw)
        body = _validated(key, raw)
        refuse_twins(body)
    except Malformed as error:
        raise Malformed(error.why, key) from None
    return body


def _validated(key: str, raw: Mapping[str, Any]) -> Body:
    kind = TYPES.get(str(raw.get("type")))
    if kind is None:
        raise Malformed(N_("type: one of %(known)s", known=", ".join(TYPES)))
    body: Body = {
        "type": kind.name,
        "prompt": base.bilingual(raw.get("prompt"), "prompt"),
        "marks": base.marks(raw.get("marks"), "marks"),
    }
    if raw.get("feedback"):
        body["feedback"] = base.bilingual(raw["feedback"], "feedback")
    body |= {name: _plain(raw[name]) for name in _ABOUT if raw.get(name) is not None}
    body |= kind.validate(key, raw)
    if raw.get("certainty"):
        body["certainty"] = certainty.validate(kind, body)
    return body


def _plain(value: Any) -> Any:
    """Metadata as JSON has it: dates become strings."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool) else str(value)


def lay_out(body: Body, rng: random.Random, *, shuffle: bool = True) -> Layout:
    """The frozen form of a question on a paper: its type, the options in the order shown, the numbers drawn."""
    layout = {"type": body["type"]} | TYPES[body["type"]].layout(body, Drawing(rng, shuffle))
    return layout | {"certainty": True} if body.get("certainty") else layout


def full_layout(body: Body) -> Layout:
    """The layout in a fixed order, with fixed numbers, that does not give the answer away (check questions)."""
    rng = random.Random(digest_of(body))  # noqa: S311 - the same for everybody, not a secret
    return lay_out(body, rng, shuffle=False)


def normalise(response: object, layout: Layout) -> Response:
    """A response in its one stored form; ``{}`` when nothing is answered.

    Raises Invalid with what to do for a wrong shape, an unknown option or a number out of bounds; PartsRefused
    where that holds for parts alone.
    """
    if response is None or response == {}:
        return {}
    if not isinstance(response, Mapping):
        raise base.wrong_shape()
    chosen, rest = certainty.split(response, layout)
    cleaned = TYPES[layout["type"]].normalise(rest, layout) if rest else {}
    return cleaned | chosen if cleaned else {}


def is_complete(response: Response, layout: Layout) -> bool:
    """Does a normalised response leave nothing open that this question asks? A certainty may be left out."""
    return bool(response) and TYPES[layout["type"]].is_complete(response, layout)


def grade(body: Body, response: object, layout: Layout | None = None) -> Result:
    """Grade a response to this layout (else to the full one). Raises Invalid as normalise does.

    The response is normalised first, so any client's shape will do.
    """
    layout = full_layout(body) if layout is None else layout
    with localcontext(_ARITHMETIC):
        chosen, cleaned = certainty.split(normalise(response, layout), layout)
        if not cleaned:
            return Graded(base.ZERO, certainty_mark=0 if layout.get("certainty") else None)
        graded = TYPES[body["type"]].grade(body, cleaned, layout)
    return certainty.marked(graded, chosen) if layout.get("certainty") else graded


def perfect(body: Body, layout: Layout | None = None) -> Response:
    """A response to this layout (else to the full one) that earns full marks."""
    layout = full_layout(body) if layout is None else layout
    return TYPES[body["type"]].perfect(body, layout)


def written(posted: Posted, name: str, layout: Layout) -> Response:
    """The response in a posted form just as it was written. Raises Invalid for what no form of ours would send."""
    values = dict(TYPES[layout["type"]].read_form(posted, name, layout))
    return values | certainty.read_form(posted, name, layout)


def read_form(posted: Posted, name: str, layout: Layout) -> Response:
    """The normalised response in a posted form. Raises Invalid as normalise does."""
    return normalise(written(posted, name, layout), layout)


def view(body: Body, layout: Layout) -> dict[str, Any]:
    """What a page needs to show the question as laid out. Never the key."""
    shown = {"type": body["type"], "prompt": body["prompt"], "marks": body["marks"], "certainty": False}
    shown |= TYPES[body["type"]].view(body, layout)
    return shown | {"certainty": bool(layout.get("certainty"))}


def amendable(body: Body) -> list[Amendable]:
    """The fields that a regrade of this question may change, as they are now."""
    return TYPES[body["type"]].amendable(body)


def amend(body: Body, values: Values) -> Body:
    """The question with new values in amendable fields; identifiers stay. Raises Invalid, naming what to mend."""
    kind = TYPES[body["type"]]
    known = {field.name for field in kind.amendable(body)}
    if unknown := set(values) - known:
        raise Malformed(N_("not to be changed: %(known)s", known=", ".join(sorted(unknown))))
    amended = kind.amend(body, values)
    try:
        _validated("amended", kind.authored(amended))
    except Malformed as error:
        raise Malformed(error.why, "amended") from None
    return amended


def marks_of(body: Body) -> Decimal:
    """What the question is worth."""
    return Decimal(body["marks"])
