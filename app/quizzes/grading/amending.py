"""What a regrade may change in a published question: the fields of its body, and the body that comes of it.

A type says which they are (``QuestionType.amendable``) and puts new values into a copy (``amend``); the copy is
then validated like an authored question. Identifiers of choices, items and parts never change, so that answers and
frozen layouts go on fitting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from app.core.messages import N_
from app.quizzes.grading.malformed import Malformed

#: Field → its values: identifiers, words or numbers, one each.
Values = Mapping[str, Sequence[str]]


class Topic(StrEnum):
    """What a field is, for its label."""

    KEY = "key"
    TOLERANCE = "tolerance"
    ACCEPTED = "accepted"
    PATTERNS = "patterns"
    IGNORED = "ignored"
    SCORING = "scoring"
    FORMULA = "formula"
    DECIMALS = "decimals"


class Shape(StrEnum):
    """How a form asks for it."""

    #: One of the options.
    ONE = "one"
    #: Any of the options.
    SEVERAL = "several"
    NUMBER = "number"
    TEXT = "text"
    #: Several texts, one a line.
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: authored text in both languages, or None where ``id`` is a word of ours."""

    id: str
    text: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Amendable:
    """A field that a regrade may change."""

    name: str
    topic: Topic
    shape: Shape
    #: What it is now.
    value: tuple[str, ...]
    options: tuple[Option, ...] = ()
    #: Which of several (a left side, a zone): authored text, or None.
    about: Mapping[str, str] | None = None
    #: The part or gap it belongs to, counted from 1; 0 for the whole question.
    part: int = 0
    required: bool = True

    def inside(self, identifier: str, number: int) -> "Amendable":
        """The same field, of a part of a question."""
        return replace(self, name=f"{identifier}/{self.name}", part=number)


def one(values: Values, field: Amendable) -> str:
    """The one value of a field; as it is now when nothing is said. Raises Invalid."""
    given = list(values.get(field.name, field.value))
    if len(given) != 1:
        raise Malformed(N_("%(name)s: exactly one", name=field.name))
    return some(values, field)[0]


def some(values: Values, field: Amendable) -> list[str]:
    """The values of a field; as they are now when nothing is said. Raises Invalid for what cannot be chosen."""
    given = [str(value) for value in values.get(field.name, field.value)]
    known = {option.id for option in field.options}
    if known and not set(given) <= known:
        raise Malformed(N_("%(name)s: only what can be chosen", name=field.name))
    return given


def words(names: Sequence[str]) -> tuple[Option, ...]:
    """Options that are words of ours."""
    return tuple(Option(name) for name in names)


def texts(rows: Sequence[Mapping[str, Any]]) -> tuple[Option, ...]:
    """Options that are authored."""
    return tuple(Option(row["id"], row["text"]) for row in rows)
