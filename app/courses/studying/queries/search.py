"""Find sections of a course revision by words, in both languages."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Text, cast, column, func, literal_column, select, table
from sqlalchemy.sql.elements import ColumnElement

from app.core.database import db
from app.core.text import language_of
from app.courses.models import ModuleRevision
from app.courses.rules import CourseOutline, LessonOutline, ModuleOutline
from app.courses.studying.models import SectionText
from app.courses.studying.rules.searching import Piece, asked_words, snippet, whole, worth

#: SQLite's full-text table; its rows have the identifiers of ``SectionText``.
_search: Final = table("section_search", column("rowid"), column("words"))
#: Sections a page shows at most; a course has about a hundred.
SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A section that holds every word searched for; in ``language``, the reader's where that one does."""

    module: ModuleOutline
    lesson: LessonOutline
    section_key: str
    language: str
    title: list[Piece]
    snippet: list[Piece]


@dataclass(frozen=True, slots=True)
class Results:
    """The best of ``total`` sections; ``is_complete`` is false while some text is not yet in the index."""

    found: list[Found]
    total: int
    is_complete: bool


def search(outline: CourseOutline, query: str, locale: str) -> Results:
    """Sections of the revision that hold every word of the query, the best first. Two statements."""
    revisions = {module.revision_id: module for module in outline.modules}
    phrases = asked_words(query)
    is_complete = not unindexed_modules(revisions)
    if not phrases:
        return Results([], 0, is_complete)
    statement = select(SectionText).where(
        SectionText.module_revision_id.in_(revisions), *(_holds(phrase) for phrase in phrases)
    )
    own = language_of(locale)
    best: dict[tuple[uuid.UUID, str, str], SectionText] = {}
    for row in db.session.scalars(statement):
        place = (row.module_revision_id, row.lesson_key, row.section_key)
        if place not in best or row.language == own:
            best[place] = row
    order = {path: index for index, path in enumerate(outline.section_paths)}

    def rank(row: SectionText) -> tuple[int, int]:
        lesson = outline.find_lesson(revisions[row.module_revision_id].key, row.lesson_key)
        path = f"{lesson.path}/{row.section_key}" if lesson else ""
        return -worth(phrases, row.title, row.text), order.get(path, len(order))

    rows = sorted(best.values(), key=rank)
    found = [_found(outline, revisions[row.module_revision_id], row, phrases) for row in rows[:SHOWN]]
    return Results([one for one in found if one is not None], len(rows), is_complete)


def _found(
    outline: CourseOutline, module: ModuleOutline, row: SectionText, phrases: Sequence[str]
) -> Found | None:
    lesson = outline.find_lesson(module.key, row.lesson_key)
    if lesson is None:
        return None
    title = whole(phrases, row.title)
    return Found(module, lesson, row.section_key, row.language, title, snippet(phrases, row.text))


def _holds(phrase: str) -> ColumnElement[bool]:
    """The condition that a section's words hold a phrase; its last word may go on (injunct → injunction)."""
    if db.session.get_bind().dialect.name == "sqlite":
        quoted = '"' + phrase.replace('"', " ") + '" *'
        return SectionText.id.in_(select(_search.c.rowid).where(_search.c.words.op("MATCH")(quoted)))
    simple: ColumnElement[str] = literal_column("'simple'")
    asked = func.nullif(cast(func.phraseto_tsquery(simple, phrase), Text), "").concat(":*")
    return func.to_tsvector(simple, SectionText.words).op("@@")(func.to_tsquery(simple, asked))


def unindexed_modules(revision_ids: Collection[uuid.UUID] | None = None) -> list[uuid.UUID]:
    """Module revisions (of those given, or of all) whose text is not in the index yet. One statement."""
    known = select(SectionText.id).where(SectionText.module_revision_id == ModuleRevision.id).exists()
    statement = select(ModuleRevision.id).where(~known)
    if revision_ids is not None:
        statement = statement.where(ModuleRevision.id.in_(revision_ids))
    return list(db.session.scalars(statement.order_by(ModuleRevision.id)))
