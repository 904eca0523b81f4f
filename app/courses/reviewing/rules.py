"""What changed between two texts, and where a remark about a text stands now. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from app.core.markdown import Document, Section

#: Unchanged lines shown around a change.
CONTEXT: Final = 2
#: Lines longer than this are shown as wholly changed: comparing them word by word would cost more than it tells.
MAX_COMPARED: Final = 4_000
#: A Latin word or number, or one character of any other kind.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)


class RowKind(StrEnum):
    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Part:
    """A run of a line; ``changed`` when the other text has something else there."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a comparison with its number (from 1) in the old and the new text."""

    kind: RowKind
    old: int | None
    new: int | None
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Hunk:
    """Changes that stand close together, with what surrounds them."""

    rows: tuple[Row, ...]


def compare(old: str, new: str) -> list[Hunk]:
    """The changes from one text to the other, line by line and within changed lines word by word."""
    before, after = old.splitlines(), new.splitlines()
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT)
    return [Hunk(tuple(row for step in group for row in _rows(step, before, after))) for group in groups]


def _rows(step: tuple[str, int, int, int, int], before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    kind, a, b, c, d = step
    if kind == "equal":
        for old, new in zip(range(a, b), range(c, d), strict=True):
            yield Row(RowKind.SAME, old + 1, new + 1, (Part(before[old]),))
        return
    pairs = [_words(before[a + index], after[c + index]) for index in range(min(b - a, d - c))]
    for index in range(a, b):
        parts = pairs[index - a][0] if index - a < len(pairs) else (Part(before[index], True),)
        yield Row(RowKind.REMOVED, index + 1, None, parts)
    for index in range(c, d):
        parts = pairs[index - c][1] if index - c < len(pairs) else (Part(after[index], True),)
        yield Row(RowKind.ADDED, None, index + 1, parts)


def _words(old: str, new: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Two lines with the words in which they differ."""
    if len(old) + len(new) > MAX_COMPARED:
        return (Part(old, True),), (Part(new, True),)
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    left: list[Part] = []
    right: list[Part] = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if a2 > a1:
            left.append(Part("".join(a[a1:a2]), kind != "equal"))
        if b2 > b1:
            right.append(Part("".join(b[b1:b2]), kind != "equal"))
    return tuple(left), tuple(right)


@dataclass(frozen=True, slots=True)
class SectionPair:
    """A section before and after; None where it did not exist."""

    key: str
    before: Section | None
    after: Section | None

    @property
    def title(self) -> str:
        """The heading as it is now, or as it was."""
        section = self.after or self.before
        return section.title if section else ""


def changed_sections(old: Document, new: Document, sources: tuple[str, str]) -> list[SectionPair]:
    """Sections whose source differs, in the order of the new text; those taken out at the end."""
    was, now = (_sources(document, source) for document, source in zip((old, new), sources, strict=True))
    before = {section.key: section for section in old.sections}
    after = {section.key: section for section in new.sections}
    keys = [*after, *(key for key in before if key not in after)]
    return [SectionPair(key, before.get(key), after.get(key)) for key in keys if was.get(key) != now.get(key)]


def _sources(document: Document, source: str) -> dict[str, list[str]]:
    """The lines of each section."""
    lines = source.splitlines()
    starts = [section.line - 1 for section in document.sections]
    ends = [*starts[1:], len(lines)][: len(starts)]  # a lesson that is new, or goes, had or has no section
    return {
        section.key: lines[start:end] for section, start, end in zip(document.sections, starts, ends, strict=True)
    }


def place_of(quote: str, line: int, text: str) -> int | None:
    """The line (from 1) where quoted words stand now, the nearest to where they stood; None when they are gone."""
    first = quote.strip().splitlines()[0] if quote.strip() else ""
    if not first:
        return None
    found = [number for number, each in enumerate(text.splitlines(), 1) if first in each]
    return min(found, key=lambda number: abs(number - line), default=None)


def suggested(text: str, quote: str, line: int, replacement: str) -> str | None:
    """The text with the quoted words (at or nearest to a line) replaced; None when they are gone."""
    starts = [match.start() for match in re.finditer(re.escape(quote), text)] if quote else []
    if not starts:
        return None
    start = min(starts, key=lambda at: abs(text.count("\n", 0, at) + 1 - line))
    return text[:start] + replacement + text[start + len(quote) :]
