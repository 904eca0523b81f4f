"""What is marked by itself within a question: gaps, sub-questions, pairs, places, items in their order. Pure.

Moodle analyses the answers to each part of a question apart, and computes statistics for whole questions only.
Here a part has the figures of a question, too: x is what the part earned, X the paper without the whole question,
so that the parts of one question do not vote for each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from app.core.text import Bilingual
from app.quizzes import grading
from app.quizzes.analysis import choices
from app.quizzes.analysis.choices import Body, Choice, Response
from app.quizzes.analysis.rules import Figure, Reason
from app.quizzes.grading.composite import Composite

#: By type: where a response has its parts.
_MEMBERS: Final = {
    "cloze": "gaps",
    "case": "parts",
    "matching": "pairs",
    "ordering": "positions",
    "drag_text": "places",
    "drag_image": "places",
}
#: Orders in which each item earns its share by itself: at its own place, or behind the item it belongs behind.
_SHARED_ORDERS: Final = frozenset({"position", "adjacent"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a question."""

    id: str
    label: Bilingual
    #: Its share of the question's marks, 0 to 1; None where parts earn nothing by themselves.
    worth: float | None
    #: As a question by itself: a gap of a cloze, a part of a case.
    body: Body | None = None
    #: What it can take, where it is no question.
    choices: tuple[Choice, ...] = ()

    @property
    def guess(self) -> Figure:
        """What blind guessing earns of it."""
        if self.body is not None:
            return choices.random_guess(self.body)
        return Figure(1 / len(self.choices)) if self.worth is not None else Figure.none(Reason.NOT_FOR_TYPE)


def parts_of(body: Body) -> list[Part]:
    """The parts of a question in their order; none where it is marked as a whole."""
    kind = body["type"]
    if kind in {"cloze", "case"}:
        return _questions(body)
    if kind == "matching":
        size = len(body["pairs"])
        return [Part(pair["id"], pair["left"], 1 / size, None, _rights(body, pair)) for pair in body["pairs"]]
    if kind in {"drag_text", "drag_image"}:
        names, size = choices.place_names(body), len(body["places"])
        return [
            Part(place["id"], names[place["id"]], 1 / size, None, _items(body, place)) for place in body["places"]
        ]
    return _ordered(body) if kind == "ordering" else []


def _questions(body: Body) -> list[Part]:
    inner = body[_MEMBERS[body["type"]]]
    whole = sum(Decimal(part["marks"]) for part in inner)
    names = choices.gap_names(body) if body["type"] == "cloze" else {part["id"]: part["prompt"] for part in inner}
    return [Part(part["id"], names[part["id"]], float(Decimal(part["marks"]) / whole), part) for part in inner]


def _rights(body: Body, pair: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(right["id"], right["text"], right["id"] == pair["right"]) for right in body["rights"])


def _items(body: Body, place: Mapping[str, Any]) -> tuple[Choice, ...]:
    return tuple(Choice(item["id"], item["text"], item["id"] == place["item"]) for item in body["items"])


def _ordered(body: Body) -> list[Part]:
    """Each item; where pairs of neighbours earn marks, each but the first, which follows nobody."""
    size = len(body["items"])
    shared = body["scoring"] in _SHARED_ORDERS
    first = body["scoring"] == "adjacent"
    return [
        Part(
            item["id"],
            item["text"],
            1 / (size - first) if shared else None,
            None,
            tuple(Choice(str(at), choices.plain_text(str(at)), at == place) for at in range(1, size + 1)),
        )
        for place, item in enumerate(body["items"], start=1)
        if place > first
    ]


def said(body: Body, part: Part, response: Response | None) -> Any:
    """What was answered to a part; None for nothing."""
    return (response or {}).get(_MEMBERS[body["type"]], {}).get(part.id)


def fractions(
    body: Body, layout: grading.Layout, response: Response | None, given: Mapping[str, float]
) -> dict[str, float]:
    """Part → the fraction of it that a response earned, 0 to 1.

    ``given`` has what people gave to the parts they mark; without it such a part is left out.
    """
    if not response:
        return {part.id: 0.0 for part in parts_of(body)}
    kind = grading.TYPES[body["type"]]
    if not isinstance(kind, Composite):
        return {name: float(right) for name, right in kind.grade(dict(body), dict(response), layout).parts.items()}
    found = {}
    for part in body[kind.container]:
        answer = response[kind.container].get(part["id"])
        if not answer:
            found[part["id"]] = 0.0
            continue
        result = kind.kinds[part["type"]].grade(part, answer, layout[kind.container][part["id"]])
        if not result.waiting:
            found[part["id"]] = float(result.fraction)
        elif part["id"] in given:
            found[part["id"]] = given[part["id"]]
    return found


def marked_by_people(body: Body) -> bool:
    """Do people mark a part of it, though not all of it?"""
    return body["type"] == "case" and any(part["type"] in {"essay", "file_upload"} for part in body["parts"])


def draws_numbers(body: Body) -> bool:
    """Does each paper draw its own numbers for it, or for a part of it?"""
    inner: Sequence[Body] = body.get("parts", ())
    return body["type"] == "calculated" or any(part["type"] == "calculated" for part in inner)
