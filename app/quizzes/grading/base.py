"""What every question type offers: one interface, one file a type.

``body``     the published question, as ``validate`` returned it. Holds the key: never sent to a browser.
``layout``   type and options in the order shown to one candidate; part of her frozen paper.
``response`` what was answered, as ``normalise`` returned it. ``{}`` is "not answered".
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar, Protocol

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.core.identifiers import content_id

Body = dict[str, Any]
Layout = dict[str, Any]
Response = dict[str, Any]

ONE = Decimal(1)
ZERO = Decimal(0)
PLACES = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class Graded:
    """How right an answer is: a fraction between 0 and 1, and which parts of it were right."""

    fraction: Decimal
    #: Identifier of a choice, pair or place → right?
    parts: dict[str, bool] = field(default_factory=dict)

    @property
    def correct(self) -> bool:
        return self.fraction == ONE


class Posted(Protocol):
    """The fields of a posted form."""

    def get(self, name: str, default: str = "", /) -> str: ...
    def getlist(self, name: str, /) -> list[str]: ...


class QuestionType(ABC):
    """A kind of question. Pure: no database, no clock, no request."""

    name: ClassVar[str]

    @abstractmethod
    def validate(self, key: str, raw: Mapping[str, Any]) -> Body:
        """The type's own part of the body, with choice ids derived from the key. Raises Invalid."""

    @abstractmethod
    def layout(self, body: Body, rng: random.Random | None) -> Layout:
        """The options in the order shown; shuffled by ``rng``, as authored without one."""

    @abstractmethod
    def normalise(self, response: Mapping[str, Any], layout: Layout) -> Response:
        """The response in its one form. Raises Invalid with what to do when it does not fit the layout."""

    @abstractmethod
    def grade(self, body: Body, response: Response) -> Graded:
        """Grade a normalised, non-empty response."""

    @abstractmethod
    def perfect(self, body: Body) -> Response:
        """A response that earns full marks; shown as the solution where the policy allows."""

    @abstractmethod
    def read_form(self, posted: Posted, name: str, layout: Layout) -> Mapping[str, Any]:
        """The response in a posted form whose fields begin with ``name`` (pages without JavaScript)."""


def fraction_of(part: int, whole: int) -> Decimal:
    """``part / whole`` to five places, within [0, 1]."""
    if whole <= 0:
        return ZERO
    share = (Decimal(part) / Decimal(whole)).quantize(PLACES, ROUND_HALF_UP)
    return min(max(share, ZERO), ONE)


def bilingual(raw: Any, where: str) -> dict[str, str]:
    """Both languages, neither empty. Raises Invalid."""
    if not isinstance(raw, Mapping) or not all(str(raw.get(tag) or "").strip() for tag in ("zh", "en")):
        raise Invalid(f"{where}: needs text in zh and en", code="question")
    return {tag: str(raw[tag]) for tag in ("zh", "en")}


def options(key: str, raw: Any, where: str, minimum: int) -> list[tuple[str, Mapping[str, Any]]]:
    """Authored options with the identifiers derived from their keys. Raises Invalid."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) < minimum:
        raise Invalid(f"{where}: needs at least {minimum}", code="question")
    found = {str(option["id"]): option for option in raw}
    if len(found) != len(raw):
        raise Invalid(f"{where}: an id occurs twice", code="question")
    return [(str(content_id(key, name)), option) for name, option in found.items()]


def number(raw: Any, where: str) -> Decimal:
    """An authored number, exactly. Raises Invalid."""
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        value = Decimal("NaN")
    if isinstance(raw, bool) or not value.is_finite():
        raise Invalid(f"{where}: not a number", code="question")
    return value


def shuffled(items: Iterable[str], rng: random.Random | None) -> list[str]:
    """A new list, shuffled when there is a generator."""
    found = list(items)
    if rng is not None:
        rng.shuffle(found)
    return found


def wrong_shape() -> Invalid:
    """The answer to a response that is not of this question's form."""
    return Invalid(_("This answer does not fit the question. Reload the page and answer again."), code="shape")


def only(response: Mapping[str, Any], name: str, kind: type) -> Any:
    """The one value of a response. Raises Invalid when there is anything else."""
    if set(response) != {name} or not isinstance(response[name], kind):
        raise wrong_shape()
    return response[name]
