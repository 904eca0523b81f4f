"""Formulas of calculated questions: exact decimal arithmetic over named numbers, and nothing else."""

import ast
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, DecimalException
from typing import Final

from app.core.messages import N_, Message
from app.quizzes.grading.malformed import Malformed

MAX_LENGTH: Final = 500
#: Fifty digits whatever the thread's own context; every result is finite and of at most this magnitude.
_EXACT: Final = Context(prec=50)
_LARGEST: Final = Decimal(10) ** 30
_MAX_POWER: Final = 64

_BINARY: Final[dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: _EXACT.add,
    ast.Sub: _EXACT.subtract,
    ast.Mult: _EXACT.multiply,
    ast.Div: _EXACT.divide,
}


def _round(value: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    if places != int(places) or not -15 <= places <= 15:
        raise _wrong(N_("round: places between -15 and 15"))
    return value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP, _EXACT)


#: Name → function and the numbers of arguments it takes.
_FUNCTIONS: Final[dict[str, tuple[Callable[..., Decimal], range]]] = {
    "abs": (abs, range(1, 2)),
    "ceil": (lambda value: value.to_integral_value(ROUND_CEILING), range(1, 2)),
    "floor": (lambda value: value.to_integral_value(ROUND_FLOOR), range(1, 2)),
    "max": (max, range(2, 10)),
    "min": (min, range(2, 10)),
    "round": (_round, range(1, 3)),
    "sqrt": (_EXACT.sqrt, range(1, 2)),
}


def names_in(formula: str) -> set[str]:
    """The numbers a formula refers to. Raises Invalid for what is no formula."""
    tree = _parsed(formula)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def evaluate(formula: str, values: Mapping[str, Decimal]) -> Decimal:
    """What the formula yields: ``+ - * / **``, brackets, and abs, ceil, floor, max, min, round, sqrt.

    Raises Invalid for anything else, an unknown name, a division by zero, or a result out of bounds.
    """
    try:
        return _value(_parsed(formula).body, formula, values)
    except (DecimalException, OverflowError, RecursionError):
        raise _wrong(N_("no number comes out")) from None


def _parsed(formula: str) -> ast.Expression:
    if len(formula) > MAX_LENGTH:
        raise _wrong(N_("at most %(number)s characters", number=MAX_LENGTH))
    try:
        return ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _wrong(N_("not arithmetic")) from None


def _value(node: ast.expr, formula: str, values: Mapping[str, Decimal]) -> Decimal:
    if isinstance(node, ast.Constant):
        # As written: a float would not be exact.
        return _bounded(_EXACT.create_decimal(ast.get_source_segment(formula.strip(), node) or "NaN"))
    if isinstance(node, ast.Name):
        if node.id not in values:
            raise _wrong(N_("no parameter %(name)s", name=node.id))
        return values[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        operand = _value(node.operand, formula, values)
        return -operand if isinstance(node.op, ast.USub) else operand
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, formula, values), _value(node.right, formula, values)
        return _bounded(_power(left, right) if isinstance(node.op, ast.Pow) else _operator(node)(left, right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        function, arity = _FUNCTIONS.get(node.func.id, (None, range(0)))
        if function is None or len(node.args) not in arity:
            raise _wrong(
                N_("no function %(name)s of %(number)s numbers", name=node.func.id, number=len(node.args))
            )
        return _bounded(function(*(_value(argument, formula, values) for argument in node.args)))
    raise _wrong(N_("only numbers, parameters, + - * / ** and brackets"))


def _operator(node: ast.BinOp) -> Callable[[Decimal, Decimal], Decimal]:
    found = _BINARY.get(type(node.op))
    if found is None:
        raise _wrong(N_("only + - * / and **"))
    return found


def _power(base: Decimal, exponent: Decimal) -> Decimal:
    if abs(exponent) > _MAX_POWER:
        raise _wrong(N_("a power of at most %(number)s", number=_MAX_POWER))
    return _EXACT.power(base, exponent)


def _bounded(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > _LARGEST:
        raise _wrong(N_("a result out of bounds"))
    return value


def _wrong(why: Message) -> Malformed:
    return Malformed(N_("formula: %(why)s", why=why))
