"""Calculated questions in Moodle XML: a formula with wildcards and their sets of values."""

import random
import re
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from app.core.messages import N_
from app.quizzes import grading
from app.quizzes.grading.numeric import DECIMALS
from app.quizzes.interchange import calculations
from app.quizzes.interchange.answers import FULL, Answer, gather_feedback, number_of, plain_number, whole_number
from app.quizzes.interchange.model import CannotTake, Raw
from app.quizzes.interchange.moodle.reading import Reading, read_units
from app.quizzes.interchange.moodle.writing import Writing, write_units
from app.quizzes.interchange.running import gap_mark, put_names, without_marks
from app.quizzes.interchange.safe_xml import child, descendants, path_text, text_of

_SETS: Final = 20
_WILDCARD: Final = re.compile(r"(?<!\{)\{([A-Za-z][^{}<>\"'= ]{0,39})\}(?!\})")


def read(reading: Reading, raw: Raw) -> Raw:
    """One formula over wildcards. Raises CannotTake."""
    definitions = descendants(reading.element, "dataset_definition")
    names = calculations.legal_names([path_text(found, "name", "text") for found in definitions])
    if not names or len(names) != len(definitions):
        raise CannotTake(N_("the definitions of its values are missing"))
    parameters = {
        name: _parameter(reading, found) for name, found in zip(names.values(), definitions, strict=True)
    }
    reading.note(N_("Its values are drawn anew between the same bounds; its sets of values are not kept."))
    right = [answer for answer, weight in reading.answers() if weight == FULL]
    if len(right) != 1:
        raise CannotTake(N_("it does not say which one answer is right"))
    part: Raw = {"type": "calculated", "prompt": _prompt(reading, names), "parameters": parameters}
    part |= _formula(reading, right[0], part, names) | read_units(reading)
    gather_feedback(raw, [Answer({}, weight, reading.said(a)) for a, weight in reading.answers()], reading.notes)
    return part | ({"feedback": raw["feedback"]} if raw.get("feedback") else {})


def _prompt(reading: Reading, names: dict[str, str]) -> dict[str, str]:
    """The question, each wildcard under our name."""
    holder = child(reading.element, "questiontext")
    written = without_marks(text_of(child(holder, "text") if holder is not None else None))
    if found := re.search(r"\{=[^{}]*", written):
        raise CannotTake(N_("its text calculates values: “%(text)s”", text=found[0]))
    order = list(names)
    marked = _WILDCARD.sub(lambda f: gap_mark(order.index(f[1]) + 1) if f[1] in names else f[0], written)
    reading.take_files(holder)
    texts = reading.convert(marked, holder.get("format", "") if holder is not None else "")
    return {tag: put_names(text, list(names.values())) for tag, text in texts.items()}


def _parameter(reading: Reading, definition: etree._Element) -> Raw:
    """Bounds and step of a wildcard. Raises CannotTake."""
    decimals = whole_number(path_text(definition, "decimals", "text"), DECIMALS)
    step = Decimal(1).scaleb(-decimals)
    least, most = (
        (calculations.bound(path_text(definition, name, "text")) / step).to_integral_value() * step
        for name in ("minimum", "maximum")
    )
    if path_text(definition, "distribution", "text") not in {"", "uniform"}:
        reading.note(N_("Its values are drawn evenly between the bounds."))
    return {"from": plain_number(least), "to": plain_number(most), "step": plain_number(step)}


def _formula(reading: Reading, answer: etree._Element, part: Raw, names: dict[str, str]) -> Raw:
    """The formula, how far it is rounded, and the tolerance. Raises CannotTake."""
    length = whole_number(path_text(answer, "correctanswerlength"), 9)
    figures = path_text(answer, "correctanswerformat") == "2"
    tree, decimals = calculations.unrounded(calculations.from_moodle(path_text(answer, "text"), names), length)
    said = {"parameters": part["parameters"], "formula": calculations.as_text(tree)}
    tolerance = number_of(path_text(answer, "tolerance") or "0")
    if path_text(answer, "tolerancetype") != "2":
        tolerance = calculations.tolerance_by_share(said, tolerance, reading.notes)
    if decimals is None:
        # Moodle compares with what is not rounded: here enough decimals that it makes no difference.
        needed = 1 - tolerance.adjusted() if tolerance else 0
        decimals = min(max(0 if figures else length, needed), DECIMALS)
    return {"formula": said["formula"], "decimals": decimals, "tolerance": plain_number(tolerance)}


def write(writing: Writing, raw: Raw) -> None:
    """The rounded formula, and sets of values as we would draw them."""
    inner = writing.prompt[0]
    inner.text = re.sub(
        r"\{\{\s*([a-z][a-z0-9]*)\s*\}\}",
        lambda found: f"{{{found[1]}}}" if found[1] in raw["parameters"] else found[0],
        str(inner.text),
    )
    decimals = int(raw["decimals"]) if raw.get("decimals") is not None else 2
    formula = calculations.as_moodle(str(raw["formula"]), raw["parameters"])
    answer = writing.answer("100", f"round({formula}, {decimals})")
    tolerance = Decimal(str(raw.get("tolerance") or 0))
    for name, value in (
        ("tolerance", plain_number(tolerance)),
        ("tolerancetype", "2"),
        ("correctanswerformat", "1"),
        ("correctanswerlength", str(min(decimals, 9))),
    ):
        writing.add(answer, name, value)
    write_units(writing, raw)
    drawn = _drawn(raw)
    definitions = writing.add(writing.element, "dataset_definitions")
    for name, parameter in raw["parameters"].items():
        _write_definition(writing, definitions, name, parameter, [values[name] for values in drawn])


def _drawn(raw: Raw) -> list[dict[str, str]]:
    """Different sets of values, the same for the same question."""
    body = grading.validate("q", raw)
    rng = random.Random(str(sorted(body["parameters"].items())))  # noqa: S311 - the same every time, not a secret
    found: list[dict[str, str]] = []
    for _attempt in range(3 * _SETS):
        values = grading.lay_out(body, rng)["parameters"]
        if values not in found and len(found) < _SETS:
            found.append(values)
    return found


def _write_definition(
    writing: Writing, parent: etree._Element, name: str, parameter: Any, values: list[str]
) -> None:
    step = 1 if parameter.get("step") is None else parameter["step"]
    numbers = {word: Decimal(str(value)) for word, value in (parameter | {"step": step}).items()}
    places = max(0, *(-int(value.normalize().as_tuple().exponent) for value in numbers.values()))
    definition = writing.add(parent, "dataset_definition")
    writing.text(definition, "status", "private")
    writing.text(definition, "name", name)
    writing.add(definition, "type", "calculated")
    writing.text(definition, "distribution", "uniform")
    writing.text(definition, "minimum", plain_number(numbers["from"]))
    writing.text(definition, "maximum", plain_number(numbers["to"]))
    writing.text(definition, "decimals", str(places))
    writing.add(definition, "itemcount", str(len(values)))
    items = writing.add(definition, "dataset_items")
    for number, value in enumerate(values, start=1):
        item = writing.add(items, "dataset_item")
        writing.add(item, "number", str(number))
        writing.add(item, "value", value)
    writing.add(definition, "number_of_items", str(len(values)))
