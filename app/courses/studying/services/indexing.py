"""Keep the text of new module revisions for search."""

import uuid
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, text

from app.core import markdown
from app.core.database import db, serialise
from app.core.plain_text import plain_text
from app.core.text import search_text
from app.courses.models import ModuleRevision
from app.courses.studying import queries
from app.courses.studying.models import SectionText
from app.jobs import services as jobs

#: The kind of the job that indexes whatever is not indexed.
INDEX: Final = "studying.index"


def request_indexing(now: datetime) -> None:
    """Let a worker index what is missing, if anything is: parsing a course takes longer than a sync should."""
    if queries.unindexed_modules():
        jobs.enqueue(INDEX, {}, unique_key=f"{INDEX}:{now.isoformat()}")


def index_module(revision_id: uuid.UUID) -> int:
    """Keep every section of a module revision in both languages; returns how many. Doing it again does nothing."""
    serialise(f"{INDEX}:{revision_id}")
    if not queries.unindexed_modules([revision_id]):
        return 0
    content = db.session.scalars(select(ModuleRevision.content).where(ModuleRevision.id == revision_id)).one()
    rows = [
        {
            "module_revision_id": revision_id,
            "lesson_key": lesson_key,
            "section_key": section.key,
            "language": language,
            "title": section.title,
            "text": (words := plain_text(section)),
            "words": search_text(f"{section.title} {words}"),
        }
        for lesson_key, texts in content["lessons"].items()
        for language in ("zh", "en")
        for section in markdown.parse(texts[language]).sections
    ]
    if not rows:
        return 0
    kept = db.session.execute(insert(SectionText).returning(SectionText.id, SectionText.words), rows).all()
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(
            text("INSERT INTO section_search (rowid, words) VALUES (:id, :words)"),
            [{"id": row.id, "words": row.words} for row in kept],
        )
    return len(kept)
