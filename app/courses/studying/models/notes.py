"""What a reader marks and writes for herself; nobody else reads it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Note(Identified, Base):
    """A note (words of her own), a highlight (words of the text) or a bookmark (neither), at a section.

    The place is named by keys and by the quoted words with what stands around them, not by a revision: so it is
    found again in a later one, or shown as changed.
    """

    __tablename__ = "study_notes"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        Index("ix_study_notes_place", "person_id", "course_key", "module_key", "lesson_key"),
        CheckConstraint("language in ('zh','en')", name="language"),
        CheckConstraint("version > 0", name="version"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: Given by the browser, so that a note sent twice is kept once.
    client_id: Mapped[uuid.UUID]
    course_key: Mapped[str]
    module_key: Mapped[str]
    lesson_key: Mapped[str]
    section_key: Mapped[str]
    #: In which of the lesson's texts the words stand: ``zh`` or ``en``.
    language: Mapped[str]
    #: The words of the text, without citations, and what stands before and after them; empty for a whole section.
    quote: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str]
    suffix: Mapped[str]
    #: Her own words.
    text: Mapped[str] = mapped_column(Text)
    #: 1, and one more each time the words change.
    version: Mapped[int]
    updated_at: Mapped[datetime]
