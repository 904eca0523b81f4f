"""Questions of trainees at a passage, and what instructors answer."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.database import Base, Identified
from app.courses.studying.models.passages import AtPassage


class PassageQuestion(AtPassage, Identified, Base):
    """A question at a section or at quoted words of it; the asker and those who teach her read it.

    Published, everybody who studies the course reads question and answer, without the asker's name and in words
    the instructor has gone over.
    """

    __tablename__ = "passage_questions"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        Index("ix_passage_questions_place", "course_key", "module_key", "lesson_key"),
        Index("ix_passage_questions_open", "organisation_id", "answered_at"),
        CheckConstraint("language in ('zh','en')", name="language"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL) AND (answered_at IS NULL) = (answer = '')",
            name="answered",
        ),
        CheckConstraint(
            "published_at IS NULL OR (answered_at IS NOT NULL AND public_text <> '')", name="published"
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: Whose instructors answer: the asker's organisation, else the course's; None: national staff alone.
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    #: The question as everybody reads it.
    public_text: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]

    asker: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    answerer: Mapped[Person | None] = relationship(foreign_keys=[answered_by], lazy="raise")
