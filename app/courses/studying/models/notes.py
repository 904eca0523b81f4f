"""What a reader marks and writes for herself; nobody else reads it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.courses.studying.models.passages import AtPassage


class Note(AtPassage, Identified, Base):
    """A note (words of her own), a highlight (words of the text) or a bookmark (neither), at a section."""

    __tablename__ = "study_notes"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        Index("ix_study_notes_place", "person_id", "course_key", "module_key", "lesson_key"),
        CheckConstraint("language in ('zh','en')", name="language"),
        CheckConstraint("version > 0", name="version"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: Her own words.
    text: Mapped[str] = mapped_column(Text)
    #: 1, and one more each time the words change.
    version: Mapped[int]
    updated_at: Mapped[datetime]
