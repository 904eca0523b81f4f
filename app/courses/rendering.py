"""How a lesson's text becomes a page: of a published module, of a draft and of an old tree alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from flask_babel import force_locale
from flask_babel import gettext as _
from markdown_it.token import Token
from markupsafe import Markup

from app.core import markdown
from app.core.terms import Glossary
from app.core.text import language_of
from app.courses.recordings import MissingMedia, Show, ShownMedia
from app.courses.rules import figure_name
from app.library.queries import Library, instrument_path, term_path
from app.library.rules import InstrumentNote


@dataclass(frozen=True, slots=True)
class CitedNote:
    """An instrument that a section cites, for the margin."""

    note: InstrumentNote
    name: str
    url: str
    pins: tuple[str, ...]
    unreviewed: bool


@dataclass(frozen=True, slots=True)
class RenderedSection:
    key: str
    path: str
    title: str
    blocks: tuple[markdown.Html | markdown.QuestionSlot | ShownMedia | MissingMedia, ...]
    cited: tuple[CitedNote, ...]
    terms: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class LessonText:
    """A lesson in one language, rendered."""

    sections: tuple[RenderedSection, ...]
    footnotes: Markup
    #: The glossary's entries that the text marks, for its pop-ups.
    glossary: tuple[Mapping[str, Any], ...]
    #: Does any statement still await comparison with the official text?
    has_unreviewed: bool

    @property
    def has_recordings(self) -> bool:
        """Does the page need the player's controls?"""
        return any(getattr(block, "kind", "file") != "file" for one in self.sections for block in one.blocks)

    def cited(self) -> dict[str, list[str]]:
        """The instruments that each section cites."""
        return {section.key: [one.note.key for one in section.cited] for section in self.sections}


class Pictured(Protocol):
    """A figure that is kept somewhere: its digest and its natural size in pixels, where it has one."""

    @property
    def digest(self) -> str: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...


def drawing(
    names: Mapping[str, str], known: Mapping[str, Pictured], address: Callable[[str], str]
) -> markdown.Draw:
    """Draws the figures of a course: digests by file name, what is kept by digest, where a digest is served."""

    def draw(source: str) -> markdown.FigureFile | None:
        figure = known.get(names.get(figure_name(source), ""))
        if figure is None:
            return None
        return markdown.FigureFile(address(figure.digest), figure.width, figure.height)

    return draw


def render_lesson(
    document: markdown.Document,
    path: str,
    locale: str,
    books: Library,
    *,
    draw: markdown.Draw,
    show: Show,
    doc_id: str = "",
) -> LessonText:
    """A parsed lesson for a reader of this language; ``doc_id`` keeps its footnotes apart on a page."""
    language = language_of(locale)
    terms = Glossary([(term["id"], term[language]) for term in books.terms], term_path)
    marked: set[str] = set()

    def mark(tokens: Sequence[Token], seen: set[str]) -> Sequence[Token]:
        found = terms.mark(tokens, seen)
        marked.update(seen)
        return found

    sections = tuple(
        RenderedSection(
            key=section.key,
            path=f"{path}/{section.key}",
            title=section.title,
            blocks=tuple(
                show(block) if isinstance(block, markdown.PlacedMedia) else block
                for block in render_section(
                    document, section, locale, books, draw=draw, mark=partial(mark, seen=set()), doc_id=doc_id
                )
            ),
            cited=_cited(section.citations, books, locale),
            terms=_terms(section, books, language),
        )
        for section in document.sections
    )
    return LessonText(
        sections=sections,
        footnotes=markdown.render_footnotes(document, cite=books.cite(locale), **_apart(doc_id)),
        glossary=tuple(term for term in books.terms if term["id"] in marked),
        has_unreviewed=any(not citation.reviewed for citation in document.citations),
    )


def render_section(
    document: markdown.Document,
    section: markdown.Section,
    locale: str,
    books: Library,
    *,
    draw: markdown.Draw,
    mark: markdown.Mark | None = None,
    doc_id: str = "",
) -> tuple[markdown.Html | markdown.QuestionSlot | markdown.PlacedMedia, ...]:
    """One section's body, as ``render_lesson`` gives it."""
    return tuple(
        markdown.render_section(
            document,
            section,
            cite=books.cite(locale),
            draw=draw,
            mark=mark,
            callout_labels=_callout_labels(locale),
            **_apart(doc_id),
        )
    )


def _apart(doc_id: str) -> dict[str, str]:
    return {"docId": doc_id} if doc_id else {}


def _callout_labels(locale: str) -> dict[str, str]:
    with force_locale(locale):
        return {
            "note": _("Note"),
            "warning": _("Warning"),
            "deadline": _("Time limit"),
            "example": _("Example"),
            "practice": _("In practice"),
        }


def _cited(citations: Sequence[markdown.Citation], books: Library, locale: str) -> tuple[CitedNote, ...]:
    grouped: dict[str, list[markdown.Citation]] = {}
    for citation in citations:
        if citation.key in books.instruments:
            grouped.setdefault(citation.key, []).append(citation)
    return tuple(
        CitedNote(
            note=books.instruments[key],
            name=books.instruments[key].name(locale),
            url=instrument_path(key),
            pins=tuple(
                dict.fromkeys(books.instruments[key].pinpoint(one.pin, locale) for one in group if one.pin)
            ),
            unreviewed=any(not one.reviewed for one in group),
        )
        for key, group in grouped.items()
    )


def _terms(section: markdown.Section, books: Library, language: str) -> tuple[Mapping[str, Any], ...]:
    """Glossary terms with a meaning that occur in a section, at most five, as they appear."""
    words = "\n".join(token.content for token in section.tokens if token.type == "inline").casefold()
    found = [
        (position, term)
        for term in books.terms
        if term.get("note") and (position := words.find(str(term[language]).casefold())) >= 0
    ]
    return tuple(term for _position, term in sorted(found, key=lambda pair: pair[0])[:5])
