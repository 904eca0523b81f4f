"""A number, with tolerance and units."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.core.identifiers import content_id
from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, one
from app.quizzes.grading.malformed import Malformed

LIMIT = Decimal(10) ** 15
DECIMALS = 10
MAX_LENGTH = 60
#: What is copied from a calculator has more of them than an author writes.
TYPED_DECIMALS = 20
_PLAIN = re.compile(r"[+-]? ?(?:[0-9]{1,16}|[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+)?(?:\.[0-9]{0,20})?")
_PIECES = re.compile(
    r"(?P<number>[-+0-9., ]*)"
    r"(?:(?:(?<=[0-9.])[eE]|(?<=[0-9. ])[×xX*] ?10 ?\^ ?)(?P<power>[-+]?[0-9]{1,2})(?![0-9.,]))?"
    r"(?P<behind>.*)",
    re.S,
)
_TIMES = re.compile(r"(?:[百千万萬]?[亿億]|[百千]?[万萬])?")
_POWERS = {"百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}
#: What a keyboard, an input method or a copied text puts for the characters of a number: full-width forms, minus
#: signs, the Chinese full stop, hard and narrow spaces. Nothing else is folded: ² is no 2.
_AS_TYPED = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | str.maketrans({"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "﹣": "-", "﹢": "+", "。": "."})
    | dict.fromkeys(map(ord, "\u3000\u00a0\u2007\u2009\u202f"), " ")
    | dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff"), None)
)


class Numeric(base.QuestionType):
    """A number within a tolerance. Response: ``{"value": "12.5"}``, with ``"unit": id`` where it matters.

    Full-width digits, digit groups, powers of ten (1.5e3, 1.5×10^3), 万 and 亿, and a unit behind the number are
    accepted. ``unit`` is the unit of
    the answer and of the tolerance; ``units`` are further ones, each with the factor that turns its numbers into
    that unit. Without ``unit_required`` a number alone is in ``unit``; with it, a number alone earns nothing, and
    so does another unit: what is written is kept as ``"text"`` whatever it is, for to refuse it would tell which
    units are right.
    """

    name = "numeric"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        answer = base.number(raw.get("answer"), "answer")
        if abs(answer) > LIMIT or answer.as_tuple().exponent < -DECIMALS:  # type: ignore[operator]
            raise Malformed(
                N_(
                    "answer: at most %(limit)s, at most %(decimals)s decimals",
                    limit=f"{LIMIT:f}",
                    decimals=DECIMALS,
                )
            )
        return {"answer": str(answer)} | quantity(key, raw)

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        spellings = {unit["id"]: sorted(set(unit["text"].values())) for unit in units_of(body)}
        if not spellings:
            return {}
        # By id, so that the order does not tell which unit the answer has.
        layout: base.Layout = {"units": dict(sorted(spellings.items())), "names_unit": _names_unit(body)}
        return layout | ({"unit_required": True} if body.get("unit_required") else {})

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        if not set(response) <= {"value", "unit", "text"}:
            raise base.wrong_shape()
        units = layout.get("units", {})
        chosen = response.get("unit") or None
        if chosen is not None and (not isinstance(chosen, str) or chosen not in units):
            raise base.wrong_shape()
        text = _as_text(response.get("value", ""))
        if "text" in response:
            if not layout.get("unit_required"):
                raise base.wrong_shape()
            text = f"{text} {_as_text(response['text'])}"
        if not text:
            return {}
        value, behind = _split(text)
        if behind and layout.get("unit_required"):
            return {"value": plain(value), "text": behind}
        power, written, rest = _measure(behind, units)
        if rest:
            raise _not_this_unit(rest, units)
        if abs(value := value.scaleb(power)) > LIMIT:
            raise _not_a_number()
        if chosen and written and chosen != written:
            raise Invalid(_("The unit you wrote and the unit you chose differ. Keep one."), code="unit")
        unit = chosen or written
        return {"value": plain(value)} | ({"unit": unit} if unit and layout.get("names_unit") else {})

    def is_complete(self, response: base.Response, layout: base.Layout) -> bool:
        return not layout.get("unit_required") or "unit" in response or "text" in response

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        value, unit = said(response, layout.get("units", {}))
        if body.get("unit_required") and unit is None:
            return base.Graded(base.ZERO)
        factors = {each["id"]: Decimal(each["factor"]) for each in units_of(body)}
        distance = abs(value * factors.get(unit or "", base.ONE) - self.answer(body, layout))
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
        raise Malformed(N_("tolerance: not below 0"))
    body: base.Body = {"tolerance": str(tolerance)}
    if raw.get("unit"):
        body |= {"unit": _unit_text(raw["unit"]), "unit_id": str(content_id(key, "unit"))}
    elif raw.get("units") or raw.get("unit_required"):
        raise Malformed(N_("unit: needed where other units are accepted or one is required"))
    if raw.get("units"):
        body["units"] = _further_units(key, raw["units"])
        spellings = [text for unit in units_of(body) for text in set(unit["text"].values())]
        if len(set(spellings)) != len(spellings):
            raise Malformed(N_("units: two are written the same"))
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
    if not isinstance(raw, Sequence) or not all(isinstance(unit, Mapping) for unit in raw):
        raise Malformed(N_("units: a list of unit and factor"))
    units = []
    for number, unit in enumerate(raw, start=1):
        factor = base.number(unit.get("factor"), "units: factor")
        if not 0 < factor <= LIMIT or factor.adjusted() < -15:
            raise Malformed(N_("units: a factor above 0"))
        identifier = str(content_id(key, f"unit-{number}"))
        units.append({"id": identifier, "text": _unit_text(unit.get("unit")), "factor": str(factor)})
    return units


def _unit_text(raw: Any) -> dict[str, str]:
    text = {tag: " ".join(words.split()) for tag, words in base.bilingual(raw, "unit").items()}
    if any(words[0] in "0123456789+-., " for words in text.values()):
        raise Malformed(N_("unit: begins with no digit and no sign of a number"))
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
    return base.clean_text(text, MAX_LENGTH).translate(_AS_TYPED).strip()


def said(response: Mapping[str, Any], units: Mapping[str, Sequence[str]]) -> tuple[Decimal, str | None]:
    """The number of a normalised response and the unit it names; None for none, or none of ``units`` (identifier →
    spellings)."""
    value = Decimal(response["value"])
    if "text" not in response:
        return value, response.get("unit")
    power, unit, _rest = _measure(response["text"], units)
    return value.scaleb(power), unit


def _split(text: str) -> tuple[Decimal, str]:
    """The number and what is written behind it. Raises Invalid where no number stands in front."""
    number, power, behind = _PIECES.fullmatch(text).group("number", "power", "behind")  # type: ignore[union-attr]
    number, behind = number.strip(), " ".join(behind.split())
    if not _PLAIN.fullmatch(number) or not number.strip("+-. ") or len(behind) > MAX_LENGTH:
        raise _not_a_number()
    value = Decimal(number.replace(",", "").replace(" ", "")).scaleb(int(power or 0)).normalize()
    if abs(value) > LIMIT or value.as_tuple().exponent < -TYPED_DECIMALS:  # type: ignore[operator]
        raise _not_a_number()
    return value, behind


def _measure(behind: str, units: Mapping[str, Sequence[str]]) -> tuple[int, str | None, str]:
    """What stands behind a number: the power of ten of 万 and 亿 (unless 万元 is a unit), the unit, the rest."""
    if unit := _unit_named(behind, units):
        return 0, unit, ""
    times, rest = _TIMES.match(behind)[0], _TIMES.sub("", behind, count=1).strip()  # type: ignore[index]
    unit = _unit_named(rest, units)
    return sum(_POWERS[each] for each in times), unit, "" if unit else rest


def _unit_named(text: str, units: Mapping[str, Sequence[str]]) -> str | None:
    """The unit of this name: as it is spelt, else without regard to capitals where that leaves one."""
    for fold in (_spelling, lambda name: _spelling(name).casefold()):
        named = {unit for unit, names in units.items() if fold(text) in map(fold, names)}
        if len(named) == 1:
            return named.pop()
    return None


def _spelling(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


def _not_a_number() -> Invalid:
    return Invalid(_("Not saved: write a number in digits, for example 12.5 or 1,000."), code="number")


def _not_this_unit(written: str, units: Mapping[str, Sequence[str]]) -> Invalid:
    """For questions that show their units: names them."""
    names = ", ".join(name for spellings in units.values() for name in spellings)
    if not names:
        return Invalid(_("Not saved: write the number alone, without “%(text)s”.", text=written), code="number")
    return Invalid(
        _(
            "Not saved: “%(text)s” is no unit of this question. Write the number alone or with one of these:"
            " %(names)s.",
            text=written,
            names=names,
        ),
        code="unit",
    )
