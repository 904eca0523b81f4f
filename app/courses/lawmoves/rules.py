"""What of a course rests on an instrument. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from app.core import markdown
from app.core.text import Bilingual
from app.courses.rules import ModuleOutline


class Kind(StrEnum):
    SECTION = "section"
    QUESTION = "question"


class TaskState(StrEnum):
    """How far a passage is that rests on law which has moved."""

    OPEN = "open"
    #: Somebody read it against the new law: it still holds.
    UNAFFECTED = "unaffected"
    #: A later revision says what the law is now.
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Passage:
    """A section (``path``: module/lesson/section) or question (its key) that rests on an instrument."""

    kind: Kind
    path: str
    module_key: str
    title: Bilingual
    pins: tuple[str, ...]


def sections_citing(
    module: ModuleOutline, lessons: Mapping[str, Mapping[str, str]], instrument_key: str
) -> Iterator[Passage]:
    """The sections of a module (its lesson sources by key and language) that cite an instrument, with the pins."""
    for lesson in module.lessons:
        sources = lessons[lesson.key]
        both = (markdown.parse(sources[language]).sections for language in ("zh", "en"))
        for chinese, english in zip(*both, strict=True):
            cited = [citation for citation in chinese.citations if citation.key == instrument_key]
            if cited:
                yield Passage(
                    Kind.SECTION,
                    f"{lesson.path}/{chinese.key}",
                    module.key,
                    {"zh": chinese.title, "en": english.title},
                    _pins(cited),
                )


def question_pins(body: Mapping[str, Any], instrument_key: str) -> tuple[str, ...] | None:
    """The provisions of an instrument on which a question rests; None when it does not rest on it."""
    cited = [
        citation
        for text in body.get("law") or ()
        if (citation := markdown.parse_citation(text)).key == instrument_key
    ]
    return _pins(cited) if cited else None


def _pins(citations: Sequence[markdown.Citation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(citation.pin for citation in citations if citation.pin))


def is_older(as_of: date, changed_on: date) -> bool:
    """Was it written for the law before the change?"""
    return as_of < changed_on
