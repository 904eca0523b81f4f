"""Three-way merge by lines. Pure.

Both sides are compared with their common base; where only one side changed, its lines are taken, where both made
the same change, it is taken once. Changes that touch one another are a conflict: a machine does not know whether
two edits of neighbouring lines agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Clash:
    """Lines that both sides changed differently. ``line`` counts from 1 in ours."""

    line: int
    base: tuple[str, ...]
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of two texts. ``parts`` in order: text that is settled, or a clash."""

    parts: tuple[str | Clash, ...]

    @property
    def clashes(self) -> tuple[Clash, ...]:
        return tuple(part for part in self.parts if isinstance(part, Clash))

    @property
    def text(self) -> str | None:
        """The merged text; None while there is a clash."""
        if self.clashes:
            return None
        return "".join(part for part in self.parts if isinstance(part, str))


def lines_of(text: str) -> list[str]:
    """Lines with their ends; joined they are the text again."""
    return _LINES.findall(text)


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Bring both changes of ``base`` together."""
    if ours in (theirs, base):
        return Merged((theirs,))
    if theirs == base:
        return Merged((ours,))
    b, o, t = lines_of(base), lines_of(ours), lines_of(theirs)
    parts: list[str | Clash] = []
    at_b = at_o = at_t = 0
    for anchor in _anchors(b, o, t):
        part = _settled(b[at_b : anchor.base], o[at_o : anchor.ours], t[at_t : anchor.theirs], at_o)
        parts += [part, "".join(b[anchor.base : anchor.base + anchor.size])]
        at_b, at_o, at_t = (place + anchor.size for place in (anchor.base, anchor.ours, anchor.theirs))
    return Merged(tuple(part for part in parts if part))


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Lines that are the same in all three."""

    base: int
    ours: int
    theirs: int
    size: int


def _anchors(base: list[str], ours: list[str], theirs: list[str]) -> Iterator[_Anchor]:
    """Where all three agree, in order; last the ends of the three texts."""
    in_ours = SequenceMatcher(None, base, ours, autojunk=False).get_matching_blocks()
    in_theirs = SequenceMatcher(None, base, theirs, autojunk=False).get_matching_blocks()
    i = j = 0
    while i < len(in_ours) and j < len(in_theirs):
        one, other = in_ours[i], in_theirs[j]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield _Anchor(start, one.b + start - one.a, other.b + start - other.a, end - start)
        if one.a + one.size < other.a + other.size:
            i += 1
        else:
            j += 1
    yield _Anchor(len(base), len(ours), len(theirs), 0)


def _settled(base: list[str], ours: list[str], theirs: list[str], line: int) -> str | Clash:
    if ours in (theirs, base):
        return "".join(theirs)
    if theirs == base:
        return "".join(ours)
    return Clash(line + 1, tuple(base), tuple(ours), tuple(theirs))
