"""Calculated questions in QTI: a template draws the numbers, and the correct answer follows from them."""

import ast
import copy
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.grading.numeric import DECIMALS
from app.quizzes.interchange import calculations
from app.quizzes.interchange.answers import number_of, plain_number, whole_number
from app.quizzes.interchange.model import CannotGo, CannotTake, Raw
from app.quizzes.interchange.qti.reading import Reading, drop
from app.quizzes.interchange.qti.writing import Writing
from app.quizzes.interchange.running import gap_mark, pieces, put_names
from app.quizzes.interchange.safe_xml import child, children, descendants, name_of, text_of

ANSWER: Final = "ANSWER"
#: How finely a range without steps is divided.
_STEPS: Final = 1000


def is_calculated(reading: Reading) -> bool:
    """Does a template draw its values?"""
    return bool(children(reading.root, "templateDeclaration"))


# --- reading -----------------------------------------------------------------------------------------------


def read(reading: Reading) -> Raw:
    """One number that follows from drawn ones. Raises CannotTake."""
    if name_of(reading.interaction) != "textEntryInteraction" or len(reading.interactions) > 1:
        raise CannotTake(N_("its values are drawn by a template"))
    processing = child(reading.root, "templateProcessing")
    rules = list(processing) if processing is not None else []
    if any(name_of(rule) not in {"setTemplateValue", "setCorrectResponse"} for rule in rules):
        raise CannotTake(N_("its template does more than draw numbers"))
    drawn = {rule.get("identifier", ""): _drawn(rule[0]) for rule in rules if len(rule) and _is_drawn(rule)}
    names = calculations.legal_names(list(drawn))
    trees = _Trees(names)
    for rule in (rule for rule in rules if len(rule) and not _is_drawn(rule)):
        trees.known[rule.get("identifier", "")] = trees.of(rule[0])
    if reading.response not in trees.known:
        raise CannotTake(N_("it does not say which one answer is right"))
    tree, decimals = calculations.unrounded(trees.known[reading.response])
    raw: Raw = {
        "type": "calculated",
        "prompt": _prompt(reading, names),
        "parameters": {names[name]: parameter for name, parameter in drawn.items()},
        "formula": calculations.as_text(tree),
    }
    raw |= _tolerance(reading, raw)
    needed = 1 - Decimal(raw["tolerance"]).adjusted() if Decimal(raw["tolerance"]) else 2
    raw["decimals"] = min(max(needed, 0) if decimals is None else decimals, DECIMALS)
    unit = reading.unit()
    return raw | ({"unit": unit} if unit else {})


def _is_drawn(rule: etree._Element) -> bool:
    return name_of(rule) == "setTemplateValue" and any(
        name_of(found) in {"randomInteger", "randomFloat"} for found in rule.iter()
    )


def _drawn(expression: etree._Element) -> Raw:
    """What is drawn: a whole number, a number, or steps from a number on. Raises CannotTake."""
    kind = name_of(expression)
    if kind in {"randomInteger", "randomFloat"}:
        least, most = (calculations.bound(expression.get(name, "0")) for name in ("min", "max"))
        step = (
            calculations.bound(expression.get("step", "1")) if kind == "randomInteger" else (most - least) / _STEPS
        )
        if step < Decimal("1e-9"):
            raise CannotTake(N_("its template does more than draw numbers"))
        return _range(least, least + (most - least) // step * step, step)
    values = descendants(expression, "baseValue")
    draws = descendants(expression, "randomInteger")
    shape = [name_of(found) for found in expression.iter() if name_of(found) != "integerToFloat"]
    if shape != ["sum", "baseValue", "product", "baseValue", "randomInteger"] or draws[0].get("min", "0") != "0":
        raise CannotTake(N_("its template does more than draw numbers"))
    least, step = (calculations.bound(text_of(value)) for value in values)
    return _range(least, least + step * whole_number(draws[0].get("max", ""), 10**6), step)


def _range(least: Decimal, most: Decimal, step: Decimal) -> Raw:
    return {"from": plain_number(least), "to": plain_number(most), "step": plain_number(step)}


class _Trees:
    """Expressions as formulas of ours, with what each value is made of put in its place."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.known: dict[str, ast.expr] = {name: ast.Name(id=ours) for name, ours in names.items()}
        #: Values made of values grow quickly.
        self.left = 1_000

    def of(self, element: etree._Element) -> ast.expr:
        """An expression. Raises CannotTake."""
        name = name_of(element)
        if name == "baseValue":
            return self._counted(calculations.number(text_of(element)))
        if name in {"variable", "correct"}:
            if element.get("identifier", "") not in self.known:
                raise CannotTake(N_("its template does more than draw numbers"))
            return copy.deepcopy(self._counted(self.known[element.get("identifier", "")]))
        inner = [self.of(found) for found in element]
        if name in _OPERATORS and len(inner) >= 2:
            whole = inner[0]
            for operand in inner[1:]:
                whole = ast.BinOp(whole, _OPERATORS[name](), operand)
            return whole
        function = _FUNCTIONS.get(element.get("name", "") if name == "mathOperator" else name)
        if function is None or not inner:
            raise CannotTake(_unknown(element.get("name", name)))
        return function(element, inner)

    def _counted(self, tree: ast.expr) -> ast.expr:
        self.left -= sum(1 for _node in ast.walk(tree))
        if self.left < 0:
            raise CannotTake(N_("its formula is too long"))
        return tree


_OPERATORS: Final[dict[str, Callable[[], ast.operator]]] = {
    "sum": ast.Add,
    "subtract": ast.Sub,
    "product": ast.Mult,
    "divide": ast.Div,
    "power": ast.Pow,
}


def _unknown(name: str) -> Message:
    return N_("its formula uses “%(name)s”, which formulas here do not have", name=name)


def _rounded(element: etree._Element, inner: Sequence[ast.expr]) -> ast.expr:
    if element.get("roundingMode") != "decimalPlaces":
        raise CannotTake(_unknown("significantFigures"))
    return calculations.call("round", inner[0], calculations.number(element.get("figures", "0")))


def _called(name: str) -> Callable[[etree._Element, Sequence[ast.expr]], ast.expr]:
    return lambda _element, inner: calculations.call(name, *inner)


_FUNCTIONS: Final[dict[str, Callable[[etree._Element, Sequence[ast.expr]], ast.expr]]] = {
    **{name: _called(name) for name in ("abs", "ceil", "floor", "max", "min", "round")},
    "roundTo": _rounded,
    "integerToFloat": lambda _element, inner: inner[0],
}


def _prompt(reading: Reading, names: Mapping[str, str]) -> dict[str, str]:
    """The question with the names of what is printed in it. Raises CannotTake."""
    order = list(names)
    root = copy.deepcopy(reading.body)
    for found in descendants(root, "printedVariable"):
        if found.get("identifier", "") not in names:
            raise CannotTake(N_("its template does more than draw numbers"))
        found.tail = f"{gap_mark(order.index(found.get('identifier', '')) + 1)}{found.tail or ''}"
        drop(found)
    field = next(found for found in root.iter(etree.Element) if name_of(found) == "textEntryInteraction")
    return {tag: put_names(text, list(names.values())) for tag, text in reading.prompt_of(root, field).items()}


def _tolerance(reading: Reading, raw: Raw) -> Raw:
    for equal in reading.processed_by("equal"):
        bounds = [number_of(part) for part in equal.get("tolerance", "0").split()] or [Decimal(0)]
        if equal.get("toleranceMode", "exact") == "exact":
            return {"tolerance": "0"}
        if len(set(bounds)) > 1 or bounds[0] < 0:
            raise CannotTake(N_("its tolerance is not the same above and below"))
        if equal.get("toleranceMode") == "absolute":
            return {"tolerance": plain_number(bounds[0])}
        return {"tolerance": plain_number(calculations.tolerance_by_share(raw, bounds[0] / 100, reading.notes))}
    return {"tolerance": "0"}


# --- writing -----------------------------------------------------------------------------------------------


def write(writing: Writing, raw: Raw) -> None:
    """The drawing of each number, the formula, and the numbers in the question. Raises CannotGo."""
    answer = writing.answer()
    answer.declare("single", "float")
    answer.score_when_equal(Decimal(str(raw.get("tolerance") or 0)))
    template = writing.template()
    places: dict[str, int] = {}
    for name, parameter in raw["parameters"].items():
        places[name] = _write_drawing(writing, template, name, parameter)
    decimals = int(raw["decimals"]) if raw.get("decimals") is not None else 2
    writing.declare_template(ANSWER, "float")
    target = writing.add(template, "setTemplateValue", identifier=ANSWER)
    rounded = writing.add(target, "roundTo", roundingMode="decimalPlaces", figures=str(decimals))
    rounded.append(_expression(writing, calculations.tree_of(str(raw["formula"]))))
    correct = writing.add(template, "setCorrectResponse", identifier=answer.identifier)
    writing.add(correct, "variable", identifier=ANSWER)
    _print(writing, writing.body, places)
    line = writing.add(writing.body, "p")
    writing.add(line, "textEntryInteraction", responseIdentifier=answer.identifier, expectedLength="20")
    line.extend(writing.units(raw))


def _write_drawing(writing: Writing, template: etree._Element, name: str, parameter: Raw) -> int:
    """How a number is drawn; returns its decimals."""
    least, most = (Decimal(str(parameter[word])) for word in ("from", "to"))
    step = Decimal(str(1 if parameter.get("step") is None else parameter["step"]))
    whole = all(value == int(value) for value in (least, most, step))
    writing.declare_template(name, "integer" if whole else "float")
    target = writing.add(template, "setTemplateValue", identifier=name)
    if whole:
        bounds = {"min": str(int(least)), "max": str(int(most)), "step": str(int(step))}
        writing.add(target, "randomInteger", **bounds)
        return 0
    total = writing.add(target, "sum")
    writing.add(total, "baseValue", plain_number(least), baseType="float")
    product = writing.add(total, "product")
    writing.add(product, "baseValue", plain_number(step), baseType="float")
    drawn = writing.add(product, "integerToFloat")
    writing.add(drawn, "randomInteger", min="0", max=str(int((most - least) / step)))
    return max(0, *(-int(value.normalize().as_tuple().exponent) for value in (least, step)))


def _expression(writing: Writing, tree: ast.expr) -> etree._Element:
    """A formula as an expression. Raises CannotGo."""
    if isinstance(tree, ast.Name):
        if tree.id[0].isdigit():
            value = writing.loose("baseValue", baseType="float")
            value.text = tree.id
            return value
        return writing.loose("variable", identifier=tree.id)
    if isinstance(tree, ast.UnaryOp):
        zero = ast.Name(id="0")
        return (
            _expression(writing, ast.BinOp(zero, ast.Sub(), tree.operand))
            if _negates(tree)
            else _expression(writing, tree.operand)
        )
    if isinstance(tree, ast.BinOp):
        name = next(name for name, operator in _OPERATORS.items() if isinstance(tree.op, type(operator())))
        return _with(writing, writing.loose(name), tree.left, tree.right)
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in _CALLS:
        return _CALLS[tree.func.id](writing, tree.args)
    raise CannotGo(N_("QTI cannot express its formula"))


def _negates(tree: ast.UnaryOp) -> bool:
    return isinstance(tree.op, ast.USub)


def _with(writing: Writing, element: etree._Element, *inner: ast.expr) -> etree._Element:
    element.extend(_expression(writing, tree) for tree in inner)
    return element


def _round(writing: Writing, arguments: Sequence[ast.expr]) -> etree._Element:
    figures = str(calculations.places_of(arguments))
    return _with(writing, writing.loose("roundTo", roundingMode="decimalPlaces", figures=figures), arguments[0])


_CALLS: Final[dict[str, Callable[[Writing, Sequence[ast.expr]], etree._Element]]] = {
    "abs": lambda writing, inner: _with(writing, writing.loose("mathOperator", name="abs"), *inner),
    "ceil": lambda writing, inner: _with(writing, writing.loose("mathOperator", name="ceil"), *inner),
    "floor": lambda writing, inner: _with(writing, writing.loose("mathOperator", name="floor"), *inner),
    "max": lambda writing, inner: _with(writing, writing.loose("max"), *inner),
    "min": lambda writing, inner: _with(writing, writing.loose("min"), *inner),
    "sqrt": lambda writing, inner: _with(writing, writing.loose("power"), *inner, ast.Name(id="0.5")),
    "round": _round,
}


def _print(writing: Writing, root: etree._Element, places: Mapping[str, int]) -> None:
    """The drawn numbers in place of their names."""
    for element in list(root.iter(etree.Element)):
        words, names = pieces(element.text or "")
        if names:
            element.text = words[0]
            for position, found in enumerate(_printed(writing, words, names, places)):
                element.insert(position, found)
        words, names = pieces(element.tail or "")
        parent = element.getparent()
        if names and parent is not None:
            element.tail = words[0]
            for found in reversed(_printed(writing, words, names, places)):
                element.addnext(found)


def _printed(
    writing: Writing, words: Sequence[str], names: Sequence[str], places: Mapping[str, int]
) -> list[etree._Element]:
    found = []
    for name, after in zip(names, words[1:], strict=True):
        if name not in places:
            raise CannotGo(N_("its text names a gap that is not there"))
        attributes = {"format": f"%.{places[name]}f"} if places[name] else {}
        printed = writing.loose("printedVariable", identifier=name, **attributes)
        printed.tail = after
        found.append(printed)
    return found
