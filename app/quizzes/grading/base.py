"""What every question type offers: one interface, one file a type.

``body``     the published question, as ``validate`` returned it. Holds the key: never sent to a browser.
``layout``   type and options in the order shown to one candidate; part of her frozen paper.
``response`` what was answered, as ``normalise`` returned it. ``{}`` is "not answered".
"""

import random
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, ClassVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.core.identifiers import content_id
from app.core.messages import N_
from app.quizzes.grading.amending import Amendable, Values
from app.quizzes.grading.malformed import Malformed

Body = dict[str, Any]
Layout = dict[str, Any]
Response = dict[str, Any]
#: The fields of a posted form.
Posted = MultiDict[str, str]

ONE = Decimal(1)
ZERO = Decimal(0)
PLACES = Decimal("0.00001")
#: Of authored numbers: beyond it, arithmetic would take all time and memory there are.
MAX_PLACES = 30
#: A response of another form than the question's: nothing that a person typed.
WRONG_SHAPE = "shape"


@dataclass(frozen=True, slots=True)
class Graded:
    """How right an answer is: a fraction between 0 and 1, and which parts of it were right."""

    fraction: Decimal
    #: Identifier of a choice, pair or place → right?
    parts: dict[str, bool] = field(default_factory=dict)
    #: What a certainty of 1 to 3 earned, -6 to 3; None where none was asked (see ``certainty``).
    certainty_mark: int | None = None

    @property
    def correct(self) -> bool:
        return self.fraction == ONE

    @property
    def waiting(self) -> dict[str, Decimal]:
        return {}


@dataclass(frozen=True, slots=True)
class NeedsMarking:
    """A person has to mark all or part of an answer; the machine's share is done."""

    #: Part (``""``: the whole question) → its share of the question, above 0. With ``fraction`` at most 1.
    waiting: dict[str, Decimal]
    #: What the parts graded by machine have earned, as a fraction of the whole question.
    fraction: Decimal = ZERO
    parts: dict[str, bool] = field(default_factory=dict)
    certainty_mark: None = None

    @property
    def correct(self) -> bool:
        return False

    def with_marks(self, given: Mapping[str, Decimal]) -> Graded:
        """The grade once people have given each waiting part a fraction between 0 and 1. Raises Invalid."""
        if set(given) != set(self.waiting) or not all(ZERO <= fraction <= ONE for fraction in given.values()):
            raise Invalid(_("Give each part that waits a mark within its bounds."), code="marks")
        marked = sum((share * given[part] for part, share in self.waiting.items()), self.fraction)
        return Graded(min(marked.quantize(PLACES, ROUND_HALF_UP), ONE), self.parts)


Result = Graded | NeedsMarking


class PartsRefused(Invalid):
    """Some parts of an answer cannot be taken; what the others say must not be lost with them."""

    def __init__(self, refused: Mapping[str, str], kept: Response) -> None:
        super().__init__(" ".join(dict.fromkeys(refused.values())), code="parts", details={"parts": refused})
        #: Where a part stands in the response (``gaps/<id>``) → what to do about it.
        self.refused = dict(refused)
        #: The rest, normalised.
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Drawing:
    """How one paper is drawn: where chance comes from, and whether options are shuffled."""

    rng: random.Random
    shuffles: bool

    def order(self, items: Iterable[str]) -> list[str]:
        """A new list, shuffled where the paper is."""
        found = list(items)
        if self.shuffles:
            self.rng.shuffle(found)
        return found


class QuestionType(ABC):
    """A kind of question. Pure: no database, no clock, no request."""

    name: ClassVar[str]

    @abstractmethod
    def validate(self, key: str, raw: Mapping[str, Any]) -> Body:
        """The type's own part of the body, with choice ids derived from the key. Raises Invalid."""

    @abstractmethod
    def layout(self, body: Body, draw: Drawing) -> Layout:
        """What one candidate gets: the options in the order shown, the numbers drawn. Never the key."""

    @abstractmethod
    def normalise(self, response: Mapping[str, Any], layout: Layout) -> Response:
        """The response in its one form. Raises Invalid with what to do when it does not fit the layout."""

    @abstractmethod
    def grade(self, body: Body, response: Response, layout: Layout) -> Result:
        """Grade a normalised, non-empty response to this layout."""

    @abstractmethod
    def perfect(self, body: Body, layout: Layout) -> Response:
        """A response that earns full marks; shown as the solution where the policy allows."""

    def view(self, body: Body, layout: Layout) -> dict[str, Any]:
        """What a page needs to show the question, beyond prompt and marks. Never the key."""
        return {}

    def is_complete(self, response: Response, layout: Layout) -> bool:
        """Does a normalised, non-empty response say something of everything that is asked?"""
        return True

    def all_or_nothing(self, body: Body) -> bool:
        """Is every answer simply right or wrong? Only then can a certainty be asked."""
        return False

    def amendable(self, body: Body) -> list[Amendable]:
        """The fields that a regrade may change; none where people mark."""
        return []

    def amend(self, body: Body, values: Values) -> Body:
        """A copy of the body with new values in fields that are amendable. Raises Invalid."""
        return dict(body)

    def authored(self, body: Body) -> dict[str, Any]:
        """The body as ``validate`` reads it, identifiers in place of the author's names."""
        return dict(body)

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
        raise Malformed(N_("%(where)s: needs text in zh and en", where=where))
    return {tag: str(raw[tag]) for tag in ("zh", "en")}


def options(key: str, raw: Any, where: str, minimum: int) -> list[tuple[str, Mapping[str, Any]]]:
    """Authored options with the identifiers derived from their keys. Raises Invalid."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) < minimum:
        raise Malformed(N_("%(where)s: needs at least %(minimum)s", where=where, minimum=minimum))
    if not all(isinstance(option, Mapping) and option.get("id") for option in raw):
        raise Malformed(N_("%(where)s: each with an id", where=where))
    found = {str(option["id"]): option for option in raw}
    if len(found) != len(raw):
        raise Malformed(N_("%(where)s: an id occurs twice", where=where))
    return [(str(content_id(key, name)), option) for name, option in found.items()]


def number(raw: Any, where: str) -> Decimal:
    """An authored number, exactly. Raises Invalid."""
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        value = Decimal("NaN")
    if isinstance(raw, bool) or not value.is_finite():
        raise Malformed(N_("%(where)s: not a number", where=where))
    if value and not -MAX_PLACES <= value.as_tuple().exponent <= value.adjusted() <= MAX_PLACES:  # type: ignore[operator]
        raise Malformed(
            N_(
                "%(where)s: at most %(number)s digits before or behind the point",
                where=where,
                number=MAX_PLACES,
            )
        )
    return value


def whole(raw: Any, where: str, least: int, most: int) -> int:
    """An authored whole number within bounds. Raises Invalid."""
    value = number(raw, where)
    if value != int(value) or not least <= value <= most:
        raise Malformed(
            N_("%(where)s: a whole number from %(least)s to %(most)s", where=where, least=least, most=most)
        )
    return int(value)


def marks(raw: Any, where: str) -> str:
    """What a question or a part is worth: above 0, two decimals; 1 when nothing is said. Raises Invalid."""
    value = number(1 if raw is None else raw, where)
    if not 0 < value <= 1000 or value.as_tuple().exponent < -2:  # type: ignore[operator]
        raise Malformed(N_("%(where)s: above 0, at most 1000, two decimals", where=where))
    return format(value, "f")


def one_of(raw: Any, names: Sequence[str], where: str) -> str:
    """An authored word out of a list; the first when nothing is said. Raises Invalid."""
    word = names[0] if raw is None else raw
    if word not in names:
        raise Malformed(N_("%(where)s: one of %(known)s", where=where, known=", ".join(names)))
    return str(word)


def in_order(ids: Iterable[str], options: Iterable[Mapping[str, Any]], *fields: str) -> list[dict[str, Any]]:
    """The named fields of options, in the order of ``ids``: how a view shows a layout."""
    known = {option["id"]: option for option in options}
    return [
        {"id": name} | {field: known[name][field] for field in fields if field in known[name]}
        for name in ids
        if name in known
    ]


def wrong_shape() -> Invalid:
    """The answer to a response that is not of this question's form."""
    return Invalid(_("This answer does not fit the question. Reload the page and answer again."), code=WRONG_SHAPE)


def only(response: Mapping[str, Any], name: str, kind: type) -> Any:
    """The one value of a response. Raises Invalid when there is anything else."""
    if set(response) != {name} or not isinstance(response[name], kind):
        raise wrong_shape()
    return response[name]


def strings(raw: Any, where: str) -> list[str]:
    """An authored list of words. Raises Invalid."""
    if raw is None or isinstance(raw, str | Mapping) or not isinstance(raw, Sequence):
        raise Malformed(N_("%(where)s: a list", where=where))
    return [str(item) for item in raw]


def clean_text(text: str, longest: int) -> str:
    """Written text as it is kept: lines end with a line feed; other control characters (PostgreSQL refuses NUL)
    are nothing a person types and become spaces. Raises Invalid when it is too long or not text."""
    if len(text) > longest:
        raise Invalid(
            _("Not saved: write at most %(number)s characters.", number=longest),
            code="length",
        )
    if any(unicodedata.category(character) == "Cs" for character in text):
        raise wrong_shape()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(" " if c != "\n" and unicodedata.category(c) == "Cc" else c for c in text).strip()
