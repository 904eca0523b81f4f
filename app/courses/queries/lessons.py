"""A lesson's text as a page shows it. Texts are immutable, so each process renders a lesson once a language."""

import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import gettext as _
from markdown_it.token import Token
from markupsafe import Markup
from sqlalchemy import select

from app.core import markdown
from app.core.database import db
from app.core.errors import NotFound
from app.core.terms import Glossary
from app.courses.models import Figure
from app.courses.queries.catalogue import get_module_content
from app.courses.rules import CourseOutline, LessonOutline, ModuleOutline
from app.library.queries import Library, instrument_path, term_path
from app.library.rules import InstrumentNote
from app.quizzes import queries as quizzes
from app.quizzes.models import QuestionRevision


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
    blocks: tuple[markdown.Html | markdown.QuestionSlot, ...]
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

    def cited(self) -> dict[str, list[str]]:
        """The instruments that each section cites."""
        return {section.key: [one.note.key for one in section.cited] for section in self.sections}


_Key = tuple[uuid.UUID, str, str, str]
_texts: "OrderedDict[_Key, LessonText]" = OrderedDict()
KEPT_TEXTS = 512
_contents: "OrderedDict[uuid.UUID, dict[str, Any]]" = OrderedDict()
KEPT_CONTENTS = 32
_questions: "OrderedDict[uuid.UUID, QuestionRevision]" = OrderedDict()
KEPT_QUESTIONS = 1024


def _content(revision_id: uuid.UUID) -> dict[str, Any]:
    if revision_id not in _contents:
        _contents[revision_id] = get_module_content(revision_id)
        if len(_contents) > KEPT_CONTENTS:
            _contents.popitem(last=False)
    return _contents[revision_id]


def _module_revision(outline: CourseOutline, lesson: LessonOutline) -> uuid.UUID:
    module = outline.find_module(lesson.module_key)
    assert module is not None  # noqa: S101 - the lesson came from this outline
    return module.revision_id


def lesson_text(outline: CourseOutline, lesson: LessonOutline, locale: str, books: Library) -> LessonText:
    """The lesson for a reader of this language. No statement when the process has it."""
    revision_id = _module_revision(outline, lesson)
    key = (revision_id, lesson.key, locale, books.digest)
    if key not in _texts:
        _texts[key] = _render(_content(revision_id), lesson, locale, books)
        if len(_texts) > KEPT_TEXTS:
            _texts.popitem(last=False)
    return _texts[key]


def _render(content: dict[str, Any], lesson: LessonOutline, locale: str, books: Library) -> LessonText:
    language = "en" if locale.startswith("en") else "zh"
    known = {
        row.digest: row
        for row in db.session.scalars(select(Figure).where(Figure.digest.in_(content["figures"].values())))
    }

    def draw(source: str) -> markdown.FigureFile | None:
        figure = known.get(content["figures"].get(source.removeprefix("../figures/"), ""))
        return (
            markdown.FigureFile(f"/courses/figures/{figure.digest}", figure.width, figure.height)
            if figure
            else None
        )

    document = markdown.parse(content["lessons"][lesson.key][language])
    return render_text(document, f"{lesson.module_key}/{lesson.key}", locale, books, draw=draw)


def render_text(
    document: markdown.Document, path: str, locale: str, books: Library, *, draw: markdown.Draw, doc_id: str = ""
) -> LessonText:
    """A parsed lesson for a reader of this language; ``doc_id`` keeps its footnotes apart on a page."""
    language = "en" if locale.startswith("en") else "zh"
    cite = books.cite(locale)
    labels = {
        "note": _("Note"),
        "warning": _("Warning"),
        "deadline": _("Time limit"),
        "example": _("Example"),
        "practice": _("In practice"),
    }
    notes = {"docId": doc_id} if doc_id else {}
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
                markdown.render_section(
                    document,
                    section,
                    cite=cite,
                    draw=draw,
                    mark=partial(mark, seen=set()),
                    callout_labels=labels,
                    **notes,
                )
            ),
            cited=_cited(section.citations, books, locale),
            terms=_terms(section, books, language),
        )
        for section in document.sections
    )
    return LessonText(
        sections=sections,
        footnotes=markdown.render_footnotes(document, cite=cite, **notes),
        glossary=tuple(term for term in books.terms if term["id"] in marked),
        has_unreviewed=any(not citation.reviewed for citation in document.citations),
    )


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


def check_revisions(outline: CourseOutline, lesson: LessonOutline) -> dict[str, uuid.UUID]:
    """The revisions of a lesson's check questions that belong to this course revision."""
    checks = _content(_module_revision(outline, lesson))["checks"]
    return {key: uuid.UUID(checks[key]) for key in lesson.checks}


def check_questions(outline: CourseOutline, lesson: LessonOutline) -> dict[str, QuestionRevision]:
    """A lesson's check questions by key; no statement for those this process has seen."""
    ids = check_revisions(outline, lesson) if lesson.checks else {}
    missing = [revision_id for revision_id in ids.values() if revision_id not in _questions]
    if missing:
        found = quizzes.question_revisions(missing)
        for revision in found.values():
            db.session.expunge(revision)  # else the next rollback would empty what the process keeps
        _questions.update(found)
    kept = {key: _questions[revision_id] for key, revision_id in ids.items()}
    while len(_questions) > KEPT_QUESTIONS:
        _questions.popitem(last=False)
    return kept


def get_figure(digest: str) -> Figure:
    """Raises NotFound for anything in the file store that is no figure."""
    figure = db.session.get(Figure, digest)
    if figure is None:
        raise NotFound
    return figure


def figures_of(revision_id: uuid.UUID) -> list[Figure]:
    """The figures of a module revision."""
    digests = _content(revision_id)["figures"].values()
    return list(db.session.scalars(select(Figure).where(Figure.digest.in_(digests))))


@dataclass(frozen=True, slots=True)
class Moved:
    """An instrument whose law changed after a module was written."""

    note: InstrumentNote
    url: str
    status: str


def moved_law(module: ModuleOutline, books: Library) -> list[Moved]:
    """The module's instruments that were amended, repealed or came into force after its as-of date."""
    moved = []
    for key in module.data["law"]:
        note = books.instruments.get(key)
        if note is None:
            continue
        dates = note.data.get("dates", {})
        late = any(str(day) > module.as_of.isoformat() for day in dates.values() if day)
        if late or note.data["status"] in {"amended", "repealed"}:
            moved.append(Moved(note, instrument_path(key), str(note.data["status"])))
    return moved
