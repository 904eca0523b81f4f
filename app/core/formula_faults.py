"""Why a formula cannot be shown, in words for its author."""

from collections.abc import Callable
from typing import Final

from app.core.messages import N_, Message


class FormulaFault(ValueError):
    """A formula that cannot be shown: what is wrong at which character (from 0), and the mend."""

    def __init__(self, wrong: Message, mend: Message, offset: int = 0) -> None:
        super().__init__(str(wrong))
        self.wrong, self.mend, self.offset = wrong, mend, offset


_CORRECT: Final = N_("correct the TeX; docs/content-format.md says what is understood")
_INCOMPLETE: Final = N_("the formula cannot be read: something is missing after a command, ^ or _")
_DOUBLE: Final = N_("the formula cannot be read: a second ^ or _ stands at the same place")
_CLOSE: Final = N_("close every { with }, every \\left with \\right, every \\begin{…} with \\end{…}")


#: By how the converter's sentence begins, which has no other name for a fault: what is wrong, where ``what`` is
#: what it quotes of the formula, and the mend.
_PROBLEMS: Final[tuple[tuple[str, Callable[[str], Message], Message], ...]] = (
    (
        "Unknown command",
        lambda what: N_("the formula cannot be read: there is no command %(what)s", what=what),
        N_("write a command that docs/content-format.md names, or words as \\text{…}"),
    ),
    (
        "Unknown environment",
        lambda what: N_("the formula cannot be read: there is no environment %(what)s", what=what),
        _CORRECT,
    ),
    (
        "Expected closing token",
        lambda what: N_("the formula cannot be read: %(what)s is missing at its end", what=what),
        _CLOSE,
    ),
    (
        "Unmatched closing token",
        lambda what: N_("the formula cannot be read: %(what)s closes what was never opened", what=what),
        _CLOSE,
    ),
    ("Expected argument but got closing token", lambda _: _INCOMPLETE, _CLOSE),
    (
        "Expected argument",
        lambda _: _INCOMPLETE,
        N_("write what the command or the ^ or _ needs, in braces: x^{2}"),
    ),
    (
        'Found "&"',
        lambda what: N_("the formula cannot be read: %(what)s cannot stand here", what=what),
        N_("write \\& for the character, or put the formula in \\begin{aligned} … \\end{aligned}"),
    ),
    ("Found", lambda what: N_("the formula cannot be read: %(what)s cannot stand here", what=what), _CORRECT),
    ("'^' or '_'", lambda _: _DOUBLE, _CORRECT),
    ("Duplicate", lambda _: _DOUBLE, _CORRECT),
    ("Math mode within text mode", lambda _: N_("a formula stands inside \\text"), _CORRECT),
    ("Too many expansions", lambda _: N_("the formula's own commands unfold too often"), _CORRECT),
    ("Not valid in", lambda _: N_("the formula cannot be read: this cannot stand here"), _CORRECT),
    ("", lambda _: N_("the formula cannot be read"), _CORRECT),
)


def misread(words: str, offset: int) -> FormulaFault:
    """What the converter says that it could not read at this character, in its own words for who reads English."""
    quoted = words.split('"')
    what = quoted[1] if len(quoted) > 2 else "…"
    wrong, mend = next((wrong, mend) for begin, wrong, mend in _PROBLEMS if words.startswith(begin))
    return FormulaFault(wrong(what).worded(f"the formula cannot be read: {words.rstrip('.')}"), mend, offset)
