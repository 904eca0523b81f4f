"""A number, with tolerance and units."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.core.identifiers import content_id
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, one

LIMIT = Decimal(10) ** 15
DECIMALS = 10
MAX_LENGTH = 60
_PLAIN = re.compile(r"[+-]?([0-9]{1,16}|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,10})?")
_MINUS = str.maketrans({"−": "-", "–": "-", "﹣": "-"})


class Numeric(base.QuestionType):
    """A number within a tolerance. Response: ``{"value": "12.5"}``, with ``"unit": id`` where it matters.

    Full-width digits, digit groups and a unit behind the number are accepted. ``unit`` is the unit of the answer
    and of the tolerance; ``units`` are further ones, each with the factor that turns its numbers into that unit.
    Without ``unit_required`` a number alone is in ``unit``; with it, a number alone earns nothing.
    """

    name = "numeric"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        answer = base.number(raw.get("answer"), "answer")
        if abs(answer) > LIMIT or answer.as_tuple().exponent < -DECIMALS:  # type: ignore[operator]
            raise Invalid(f"answer: at most {LIMIT:f}, at most {DECIMALS} decimals", code="question")
        return {"answer": str(answer)} | quantity(key, raw)

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        spellings = {unit["id"]: sorted(set(unit["text"].values())) for unit in units_of(body)}
        if not spellings:
            return {}
        # By id, so that the order does not tell which unit the answer has.
        return {"units": dict(sorted(spellings.items())), "names_unit": _names_unit(body)}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        if "value" not in response or not set(response) <= {"value", "unit"}:
            raise base.wrong_shape()
        units = layout.get("units", {})
        chosen = response.get("unit") or None
        if chosen is not None and (not isinstance(chosen, str) or chosen not in units):
            raise base.wrong_shape()
        number, written = _split(_as_text(response["value"]), units)
        if chosen and written and chosen != written:
            raise Invalid(_("The unit you wrote and the unit you chose differ. Keep one."), code="unit")
        if not number:
            return {}
        if not _PLAIN.fullmatch(number) or abs(Decimal(number.replace(",", ""))) > LIMIT:
            raise _not_a_number()
        cleaned = {"value": plain(Decimal(number.replace(",", "")))}
        unit = chosen or written
        return cleaned | {"unit": unit} if unit and layout.get("names_unit") else cleaned

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        factors = {unit["id"]: Decimal(unit["factor"]) for unit in units_of(body)}
        if body.get("unit_required") and "unit" not in response:
            return base.Graded(base.ZERO)
        value = Decimal(response["value"]) * factors.get(response.get("unit", ""), base.ONE)
        distance = abs(value - self.answer(body, layout))
        return base.Graded(base.ONE if distance <= Decimal(body["tolerance"]) else base.ZERO)

    def answer(self, body: base.Body, layout: base.Layout) -> Decimal:
        """The right number, in the answer's own unit."""
        return Decimal(body["answer"])

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        response = {"value": plain(self.answer(body, layout))}
        return response | {"unit": units_of(body)[0]["id"]} if _names_unit(body) else response

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        unit = posted.get(f"{name}-unit", "")
        return {"value": posted.get(name, "")} | ({"unit": unit} if unit else {})

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        units = base.in_order(layout.get("units", ()), units_of(body), "text")
        return {"units": units, "unit_required": bool(body.get("unit_required"))}

    def all_or_nothing(self, body: base.Body) -> bool:
        return True

    def amendable(self, body: base.Body) -> list[Amendable]:
        return [
            Amendable("answer", Topic.KEY, Shape.NUMBER, (body["answer"],)),
            Amendable("tolerance", Topic.TOLERANCE, Shape.NUMBER, (body["tolerance"],)),
        ]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        return body | {field.name: one(values, field) for field in self.amendable(body)}

    def authored(self, body: base.Body) -> dict[str, Any]:
        if not body.get("units"):
            return dict(body)
        return body | {"units": [{"unit": unit["text"], "factor": unit["factor"]} for unit in body["units"]]}


def quantity(key: str, raw: Mapping[str, Any]) -> base.Body:
    """The authored tolerance and units. Raises Invalid."""
    tolerance = base.number(raw.get("tolerance") or 0, "tolerance")
    if tolerance < 0:
        raise Invalid("tolerance: not below 0", code="question")
    body: base.Body = {"tolerance": str(tolerance)}
    if raw.get("unit"):
        body |= {"unit": _unit_text(raw["unit"]), "unit_id": str(content_id(key, "unit"))}
    elif raw.get("units") or raw.get("unit_required"):
        raise Invalid("unit: needed where other units are accepted or one is required", code="question")
    if raw.get("units"):
        body["units"] = _further_units(key, raw["units"])
        spellings = [text for unit in units_of(body) for text in set(unit["text"].values())]
        if len(set(spellings)) != len(spellings):
            raise Invalid("units: two are written the same", code="question")
    return body | ({"unit_required": True} if raw.get("unit_required") else {})


def units_of(body: base.Body) -> list[dict[str, Any]]:
    """Every unit an answer may have, the answer's own first."""
    if not body.get("unit"):
        return []
    return [{"id": body["unit_id"], "text": body["unit"], "factor": "1"}, *body.get("units", ())]


def plain(value: Decimal) -> str:
    """A number in digits, without a useless zero."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def _further_units(key: str, raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise Invalid("units: a list of unit and factor", code="question")
    units = []
    for number, unit in enumerate(raw, start=1):
        factor = base.number(unit.get("factor"), "units: factor")
        if not 0 < factor <= LIMIT or factor.adjusted() < -15:
            raise Invalid("units: a factor above 0", code="question")
        identifier = str(content_id(key, f"unit-{number}"))
        units.append({"id": identifier, "text": _unit_text(unit.get("unit")), "factor": str(factor)})
    return units


def _unit_text(raw: Any) -> dict[str, str]:
    text = {tag: " ".join(words.split()) for tag, words in base.bilingual(raw, "unit").items()}
    if any(words[-1].isdigit() and not words.rstrip("0123456789") for words in text.values()):
        raise Invalid("unit: not a number", code="question")
    return text


def _names_unit(body: base.Body) -> bool:
    """Must a response say which unit it is in?"""
    return bool(body.get("units") or body.get("unit_required"))


def _as_text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise base.wrong_shape()
    if isinstance(value, int) and abs(value) > LIMIT:
        raise _not_a_number()
    text = value if isinstance(value, str) else format(Decimal(repr(value)), "f")
    if len(text) > MAX_LENGTH:
        raise _not_a_number()
    return unicodedata.normalize("NFKC", text).translate(_MINUS).strip()


def _split(text: str, units: Mapping[str, Sequence[str]]) -> tuple[str, str | None]:
    """The number and the unit written behind it: the longest spelling that fits."""
    known = [(unicodedata.normalize("NFKC", name), unit) for unit, names in units.items() for name in names]
    for spelling, unit in sorted(known, key=lambda pair: -len(pair[0])):
        if text.endswith(spelling):
            return text.removesuffix(spelling).rstrip(), unit
    return text, None


def _not_a_number() -> Invalid:
    return Invalid(_("Write a number in digits, for example 12.5. What was saved before stays."), code="number")
