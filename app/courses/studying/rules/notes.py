"""Notes: what one is, how two versions meet, how they are written out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_TEXT: Final = 5000
#: Notes one person keeps at most.
MAX_NOTES: Final = 5000
_BETWEEN: Final = "\n\n———\n\n"


class Kind(StrEnum):
    NOTE = "note"
    HIGHLIGHT = "highlight"
    BOOKMARK = "bookmark"


def kind_of(quote: str, text: str) -> Kind:
    """Her own words make a note, the text's words alone a highlight, neither a bookmark."""
    return Kind.NOTE if text else Kind.HIGHLIGHT if quote else Kind.BOOKMARK


def combine(kept: str, sent: str, *, is_based_on_kept: bool) -> str:
    """The text to keep when ``sent`` arrives: what was written elsewhere meanwhile is never overwritten."""
    if is_based_on_kept or not kept or kept in sent:
        return sent
    if sent in kept:
        return kept
    return f"{kept}{_BETWEEN}{sent}"


@dataclass(frozen=True, slots=True)
class Line:
    """A note as the export writes it."""

    course: str
    lesson: str
    section: str
    url: str
    day: str
    quote: str
    text: str
    #: Empty while the place stands.
    remark: str


def as_markdown(title: str, lines: Iterable[Line]) -> str:
    """All of somebody's notes as a Markdown text, by course and lesson in the order given."""
    parts = [f"# {title}"]
    course = lesson = ""
    for line in lines:
        if line.course != course:
            parts.append(f"## {line.course}")
            course, lesson = line.course, ""
        if line.lesson != lesson:
            parts.append(f"### {line.lesson}")
            lesson = line.lesson
        parts.append(f"[{line.section}]({line.url}) · {line.day}" + (f" · {line.remark}" if line.remark else ""))
        if line.quote:
            parts.append("> " + line.quote.replace("\n", "\n> "))
        if line.text:
            parts.append(line.text)
    return "\n\n".join(parts) + "\n"
