"""A lesson's source as its author works on it: outline, advice while writing, sections in two languages. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from app.core import markdown
from app.core.digests import digest_of

_HANZI: Final = re.compile(r"[㐀-鿿]")
_LETTER: Final = re.compile(r"[A-Za-z]")
_LESSON_FILE: Final = re.compile(r"^(?P<module>[^/]+)/\d\d-(?P<lesson>[a-z0-9-]+)\.(?P<language>zh|en)\.md$")


@dataclass(frozen=True, slots=True)
class Advice:
    """Something worth a look that is no fault. ``kind`` names it; ``detail`` is what it is about."""

    kind: str
    line: int
    column: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline; ``key`` is empty where the author gave no id."""

    level: int
    title: str
    key: str
    line: int


@dataclass(frozen=True, slots=True)
class LessonPath:
    """Where a lesson's text lies."""

    module: str
    lesson: str
    language: str


def lesson_of(path: str) -> LessonPath | None:
    """What a path holds, if it is a lesson's text."""
    found = _LESSON_FILE.match(path)
    return LessonPath(found["module"], found["lesson"], found["language"]) if found else None


def find_path(paths: Sequence[str] | Mapping[str, object], module: str, lesson: str, language: str) -> str | None:
    """The path of a lesson's text, whatever its number."""
    wanted = LessonPath(module, lesson, language)
    return next((path for path in paths if lesson_of(path) == wanted), None)


def paths_elsewhere(paths: Iterable[str], place: LessonPath) -> list[str]:
    """Texts of lessons with this id in other modules."""
    found = ((path, lesson_of(path)) for path in paths)
    return [path for path, at in found if at is not None and replace(at, module=place.module) == place]


def outline_of(document: markdown.Document) -> list[Heading]:
    """Every heading, in order."""
    headings = []
    for section in (document.opening, *document.sections):
        for index, token in enumerate(section.tokens):
            if token.type == "heading_open":
                title = section.tokens[index + 1].content.strip()
                line = token.map[0] + 1 if token.map else section.line
                headings.append(Heading(int(token.tag[1]), title, str(token.attrs.get("id", "")), line))
    return headings


def advice_on(document: markdown.Document, language: str) -> list[Advice]:
    """Heading jumps, statements not yet compared, links that lead nowhere, untranslated parts."""
    found = [*_heading_jumps(outline_of(document)), *_dead_links(document)]
    found += [
        Advice("unreviewed", citation.line, citation.column, f"{citation.key} {citation.pin}".strip())
        for citation in document.citations
        if not citation.reviewed
    ]
    if language == "en":
        found += [
            Advice("untranslated", section.line, 1, section.key)
            for section in document.sections
            if is_untranslated(section)
        ]
    return sorted(found, key=lambda one: (one.line, one.column))


def _heading_jumps(headings: Sequence[Heading]) -> list[Advice]:
    found, level = [], 2
    for heading in headings:
        if heading.level == 1:
            found.append(Advice("heading_one", heading.line, 1, heading.title))
        elif heading.level > level + 1:
            found.append(Advice("heading_jump", heading.line, 1, heading.title))
        level = max(2, heading.level)
    return found


def _dead_links(document: markdown.Document) -> list[Advice]:
    ids = {heading.key for heading in outline_of(document)}
    found = []
    for section in (document.opening, *document.sections):
        line = section.line
        for token in section.tokens:
            line = token.map[0] + 1 if token.map else line
            for child in token.children or ():
                target = str(child.attrs.get("href", "")) if child.type == "link_open" else ""
                if child.type == "link_open" and not _leads_somewhere(target, ids):
                    found.append(Advice("dead_link", line, 1, target))
    return found


def _leads_somewhere(target: str, ids: set[str]) -> bool:
    if target.startswith("#"):
        return target[1:] in ids
    return target.startswith(("https://", "http://", "mailto:", "/"))


def is_untranslated(section: markdown.Section) -> bool:
    """Is the English of a section still mostly Chinese?"""
    words = "".join(token.content for token in section.tokens if token.type == "inline")
    return len(_HANZI.findall(words)) * 4 > max(8, len(_LETTER.findall(words)))


def count_words(source: str) -> int:
    """字数: each hanzi one, each run of letters or digits one."""
    return len(_HANZI.findall(source)) + len(re.findall(r"[A-Za-z0-9]+(?:['’][A-Za-z]+)?", source))


# --- two languages -----------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def section_digests(source: str) -> Mapping[str, str]:
    """Section id → digest of its text, without regard to blank space."""
    lines = source.splitlines()
    starts = [(found[1], number) for number, line in enumerate(lines) if (found := _SECTION.match(line))]
    ends = [number for _key, number in starts[1:]] + [len(lines)]
    return {
        key: digest_of(" ".join("\n".join(lines[start:end]).split()))
        for (key, start), end in zip(starts, ends, strict=True)
    }


_SECTION: Final = re.compile(r"^## .*\{#([a-z0-9-]+)\}\s*$")


@dataclass(frozen=True, slots=True)
class Version:
    """A text that a file had, from one moment (seconds since 1970) on."""

    since: float
    sections: Mapping[str, str]


def out_of_date(chinese: Sequence[Version], english: Sequence[Version]) -> set[str]:
    """Sections whose Chinese is no longer what it was when their English was last touched.

    Both histories begin with the oldest version and end with the present one.
    """
    if not chinese or not english:
        return set()
    now = chinese[-1].sections
    stale = set()
    for key, digest in english[-1].sections.items():
        touched = _last_change(english, key, digest)
        then = next((one.sections for one in reversed(chinese) if one.since <= touched), chinese[0].sections)
        if key in now and key in then and then[key] != now[key]:
            stale.add(key)
    return stale


def _last_change(history: Sequence[Version], key: str, digest: str) -> float:
    since = history[-1].since
    for version in reversed(history):
        if version.sections.get(key) != digest:
            break
        since = version.since
    return since
