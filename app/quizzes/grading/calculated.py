"""A number calculated from parameters that each paper draws for itself."""

import itertools
import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from app.core.messages import N_
from app.quizzes.grading import arithmetic, base, gapped
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values
from app.quizzes.grading.malformed import Malformed
from app.quizzes.grading.numeric import DECIMALS, LIMIT, Numeric, plain, quantity

MAX_PARAMETERS: Final = 6
MAX_STEPS: Final = 10**6
_NAME = re.compile(r"[a-z][a-z0-9]{0,19}")


class Calculated(Numeric):
    """A numeric question whose numbers are drawn. Response: as for ``numeric``.

    ``parameters`` have ``from``, ``to`` and ``step``; the prompt names them as ``{{name}}``. The values drawn are
    part of the frozen layout; the answer is ``formula`` over them, rounded half up to ``decimals``.
    """

    name = "calculated"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        parameters = _read_parameters(raw.get("parameters"))
        formula = str(raw.get("formula") or "")
        if unknown := arithmetic.names_in(formula) - set(parameters):
            raise Malformed(N_("formula: no parameter %(known)s", known=", ".join(sorted(unknown))))
        prompt = base.bilingual(raw.get("prompt"), "prompt")
        if any(gapped.names_in(text) != set(parameters) for text in prompt.values()):
            raise Malformed(N_("prompt: name each parameter as {{name}} in both languages"))
        decimals = base.number(2 if raw.get("decimals") is None else raw["decimals"], "decimals")
        if decimals not in range(DECIMALS + 1):
            raise Malformed(N_("decimals: 0 to %(decimals)s", decimals=DECIMALS))
        body = {"parameters": parameters, "formula": formula, "decimals": int(decimals)} | quantity(key, raw)
        for corner in itertools.product(*((each["from"], each["to"]) for each in parameters.values())):
            _answer(body, dict(zip(parameters, corner, strict=True)))
        return body

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        drawn = {name: self._draw(each, draw) for name, each in body["parameters"].items()}
        for _attempt in range(100):
            try:
                _answer(body, drawn)
                break
            except Malformed:  # the formula has no value here, such as a division by zero
                drawn = {name: self._draw(each, draw) for name, each in body["parameters"].items()}
        else:
            # Checked when the question was kept.
            drawn = {name: each["from"] for name, each in body["parameters"].items()}
        return super().layout(body, draw) | {"parameters": drawn}

    def answer(self, body: base.Body, layout: base.Layout) -> Decimal:
        return _answer(body, layout["parameters"])

    def amendable(self, body: base.Body) -> list[Amendable]:
        return [
            Amendable("formula", Topic.FORMULA, Shape.TEXT, (body["formula"],)),
            Amendable("decimals", Topic.DECIMALS, Shape.NUMBER, (str(body["decimals"]),)),
            Amendable("tolerance", Topic.TOLERANCE, Shape.NUMBER, (body["tolerance"],)),
        ]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        amended = super().amend(body, values)
        return amended | {"decimals": int(base.number(amended["decimals"], "decimals"))}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        prompt = {tag: gapped.filled(text, layout["parameters"]) for tag, text in body["prompt"].items()}
        return super().view(body, layout) | {"prompt": prompt}

    @staticmethod
    def _draw(parameter: Mapping[str, str], draw: base.Drawing) -> str:
        start, end, step = (Decimal(parameter[name]) for name in ("from", "to", "step"))
        return plain(start + step * draw.rng.randint(0, int((end - start) / step)))


def _answer(body: base.Body, drawn: Mapping[str, str]) -> Decimal:
    """The answer over drawn values. Raises Invalid where there is none within bounds."""
    value = arithmetic.evaluate(body["formula"], {name: Decimal(text) for name, text in drawn.items()})
    if abs(value) >= LIMIT:
        raise Malformed(N_("formula: a result of at most %(limit)s", limit=f"{LIMIT:f}"))
    return value.quantize(Decimal(1).scaleb(-body["decimals"]), ROUND_HALF_UP)


def _read_parameters(raw: Any) -> dict[str, dict[str, str]]:
    if not isinstance(raw, Mapping) or not 1 <= len(raw) <= MAX_PARAMETERS:
        raise Malformed(N_("parameters: one to %(number)s", number=MAX_PARAMETERS))
    parameters = {}
    for name, each in raw.items():
        if not _NAME.fullmatch(str(name)) or not isinstance(each, Mapping):
            raise Malformed(N_("parameters: %(name)s: letters and digits, with from, to and step", name=name))
        start, end = (base.number(each.get(word), f"parameters: {name}: {word}") for word in ("from", "to"))
        step = base.number(1 if each.get("step") is None else each["step"], f"parameters: {name}: step")
        if not -LIMIT <= start <= end <= LIMIT or step <= 0 or (end - start) / step > MAX_STEPS:
            raise Malformed(
                N_(
                    "parameters: %(name)s: from … to in at most %(number)s steps",
                    name=name,
                    number=MAX_STEPS,
                )
            )
        if (end - start) % step:
            raise Malformed(N_("parameters: %(name)s: whole steps from `from` to `to`", name=name))
        parameters[str(name)] = {"from": str(start), "to": str(end), "step": str(step)}
    return parameters
