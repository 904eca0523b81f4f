"""A number, with tolerance and unit."""

import random
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.quizzes.grading import base

LIMIT = Decimal(10) ** 15
MAX_LENGTH = 60
_PLAIN = re.compile(r"[+-]?(\d{1,16}|\d{1,3}(,\d{3})+)(\.\d{1,10})?")
_MINUS = str.maketrans({"−": "-", "–": "-", "﹣": "-"})


class Numeric(base.QuestionType):
    """A number within a tolerance. Response: ``{"value": "12.5"}``; full-width digits, digit groups and the
    unit behind the number are accepted."""

    name = "numeric"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        tolerance = base.number(raw.get("tolerance") or 0, "tolerance")
        if tolerance < 0:
            raise Invalid("tolerance: not below 0", code="question")
        body: base.Body = {"answer": str(base.number(raw.get("answer"), "answer")), "tolerance": str(tolerance)}
        if raw.get("unit"):
            body["unit"] = base.bilingual(raw["unit"], "unit")
        return body

    def layout(self, body: base.Body, rng: random.Random | None) -> base.Layout:
        return {"units": sorted(set(body["unit"].values()))} if body.get("unit") else {}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        if set(response) != {"value"}:
            raise base.wrong_shape()
        value = response["value"]
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise base.wrong_shape()
        if isinstance(value, int) and abs(value) > LIMIT:
            raise _not_a_number()
        text = value if isinstance(value, str) else format(Decimal(repr(value)), "f")
        if len(text) > MAX_LENGTH:
            raise _not_a_number()
        text = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
        for unit in layout.get("units", ()):
            text = text.removesuffix(unicodedata.normalize("NFKC", unit)).rstrip()
        if not text:
            return {}
        if not _PLAIN.fullmatch(text) or abs(Decimal(text.replace(",", ""))) > LIMIT:
            raise _not_a_number()
        plain = format(Decimal(text.replace(",", "")).normalize(), "f")
        return {"value": "0" if plain == "-0" else plain}

    def grade(self, body: base.Body, response: base.Response) -> base.Graded:
        distance = abs(Decimal(response["value"]) - Decimal(body["answer"]))
        return base.Graded(base.ONE if distance <= Decimal(body["tolerance"]) else base.ZERO)

    def perfect(self, body: base.Body) -> base.Response:
        return {"value": format(Decimal(body["answer"]).normalize(), "f")}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"value": posted.get(name, "")}


def _not_a_number() -> Invalid:
    return Invalid(_("Write a number in digits, for example 12.5. Your last number still counts."), code="number")
