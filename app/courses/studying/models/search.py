"""The plain text of every section, for search."""

import uuid

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.core.types import Serial


class SectionText(Base):
    """A section of a module revision in one language as a reader sees it; immutable like its revision.

    The full-text index beside it (``section_search`` on SQLite) is made by the migration.
    """

    __tablename__ = "section_texts"
    __table_args__ = (UniqueConstraint("module_revision_id", "lesson_key", "section_key", "language"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    module_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_revisions.id"))
    lesson_key: Mapped[str]
    section_key: Mapped[str]
    #: ``zh`` or ``en``.
    language: Mapped[str]
    title: Mapped[str]
    #: The running text, without marks, citations and questions.
    text: Mapped[str] = mapped_column(Text)
    #: Everything it is found by, as ``core.text.search_text`` writes it.
    words: Mapped[str] = mapped_column(Text)
