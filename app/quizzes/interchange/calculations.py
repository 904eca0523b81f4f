"""Formulas of calculated questions, as Moodle and QTI write them."""

import ast
import itertools
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from keyword import iskeyword
from typing import Final

from app.core.errors import Invalid
from app.core.messages import N_, Message
from app.quizzes.grading import arithmetic
from app.quizzes.grading.numeric import LIMIT
from app.quizzes.interchange.answers import number_of, plain_number
from app.quizzes.interchange.model import CannotGo, CannotTake, Raw

_LEGAL: Final = re.compile(r"[a-z][a-z0-9]{0,19}")
_NAMED: Final = re.compile(r"\{([A-Za-z][^{}<>\"'= ]{0,39})\}")
#: What is said where a stranger's tolerance grows with the answer.
SHARE: Final = N_("Its tolerance was a share of the answer; it is now that share of the smallest answer.")


def tree_of(formula: str) -> ast.expr:
    """The parsed formula, each number a name that is written as the number was. Raises CannotTake."""
    try:
        arithmetic.names_in(formula)
        tree = ast.parse(formula.strip(), mode="eval").body
        return _Numbers(formula.strip()).visit(tree)  # type: ignore[no-any-return]
    except (Invalid, SyntaxError, ValueError, RecursionError, MemoryError):
        raise CannotTake(N_("its formula cannot be read: “%(text)s”", text=formula)) from None


class _Numbers(ast.NodeTransformer):
    """Numbers as they were written: a float would not be exact."""

    def __init__(self, source: str) -> None:
        self.source = source

    def visit_Constant(self, node: ast.Constant) -> ast.Name:
        text = ast.get_source_segment(self.source, node) or ""
        return ast.Name(id=plain_number(number_of(text)))


def as_text(tree: ast.expr) -> str:
    """A formula of ours. Raises CannotTake when it is too long."""
    try:
        return ast.unparse(tree)
    except RecursionError:
        raise CannotTake(N_("its formula is too long")) from None


def bound(text: str) -> Decimal:
    """A number between which others are drawn. Raises CannotTake."""
    value = number_of(text)
    if abs(value) > LIMIT:
        raise CannotTake(N_("“%(text)s” is not a number", text=text))
    return value


def legal_names(names: Sequence[str]) -> dict[str, str]:
    """Names of parameters as we may have them, by those of another system."""
    found: dict[str, str] = {}
    free = (f"v{number}" for number in itertools.count(1))
    for name in names:
        plain = name.lower()
        fine = _LEGAL.fullmatch(plain) and not iskeyword(plain) and plain not in found.values()
        found[name] = plain if fine else next(each for each in free if each not in {*found.values(), *names})
    return found


def tolerance_by_share(raw: Raw, share: Decimal, notes: list[Message]) -> Decimal:
    """An absolute tolerance for a relative one. Raises CannotTake where the formula yields nothing."""
    if not share:
        return share
    if not 0 < share <= 1:
        raise CannotTake(N_("its tolerance cannot be read"))
    corners = itertools.product(*((each["from"], each["to"]) for each in raw["parameters"].values()))
    names, formula = list(raw["parameters"]), str(raw["formula"])
    drawn = [dict(zip(names, map(Decimal, corner), strict=True)) for corner in itertools.islice(corners, 256)]
    try:
        values = [abs(arithmetic.evaluate(formula, each)) for each in drawn]
    except Invalid:
        raise CannotTake(N_("its formula cannot be read: “%(text)s”", text=raw["formula"])) from None
    notes.append(SHARE)
    return round(min(values) * share, 10)


# --- Moodle ------------------------------------------------------------------------------------------------


def from_moodle(text: str, names: Mapping[str, str]) -> ast.expr:
    """Moodle's formula with our names. Raises CannotTake."""
    formula = _NAMED.sub(lambda found: names.get(found[1], found[0]), text)
    return _Powers().visit(tree_of(formula))  # type: ignore[no-any-return]


class _Powers(ast.NodeTransformer):
    """``pow(a, b)`` as ``a ** b``."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "pow" and len(node.args) == 2:
            return ast.BinOp(node.args[0], ast.Pow(), node.args[1])
        return node


def as_moodle(formula: str, parameters: Mapping[str, object]) -> str:
    """A formula of ours in Moodle's notation."""
    return ast.unparse(_Braces(parameters).visit(tree_of(formula)))


class _Braces(ast.NodeTransformer):
    """``{name}`` for parameters, ``pow`` for powers."""

    def __init__(self, parameters: Mapping[str, object]) -> None:
        self.parameters = parameters

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(id=f"{{{node.id}}}") if node.id in self.parameters else node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Pow):
            return ast.Call(ast.Name(id="pow"), [node.left, node.right], [])
        return node


def unrounded(tree: ast.expr, places: int | None = None) -> tuple[ast.expr, int | None]:
    """What is rounded, and to how many decimals, where the whole is rounded (to ``places``, if given)."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "round":
        last = tree.args[1] if len(tree.args) == 2 else ast.Name(id="0")
        if isinstance(last, ast.Name) and last.id.isdigit() and places in {None, int(last.id)}:
            return tree.args[0], int(last.id)
    return tree, None


def call(name: str, *arguments: ast.expr) -> ast.expr:
    """A call of one of our functions."""
    return ast.Call(ast.Name(id=name), list(arguments), [])


def number(text: str) -> ast.expr:
    """A number. Raises CannotTake."""
    value = number_of(text)
    name = ast.Name(id=plain_number(abs(value)))
    return ast.UnaryOp(ast.USub(), name) if value < 0 else name


def places_of(arguments: Sequence[ast.expr]) -> int:
    """To how many decimals a call of ``round`` rounds. Raises CannotGo for what only we can say."""
    if len(arguments) == 1:
        return 0
    if isinstance(arguments[1], ast.Name) and arguments[1].id.isdigit():
        return int(arguments[1].id)
    raise CannotGo(N_("the format cannot round to tens or to a calculated number of decimals"))
