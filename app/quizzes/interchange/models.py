"""Files of questions that were uploaded, and the questions in them."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json


class ImportState(StrEnum):
    """An upload is looked at first; only a confirmed one has put anything into the bank."""

    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class QuestionState(StrEnum):
    """What became of a question in the file."""

    #: Waits for the confirmation.
    WAITING = "waiting"
    #: Kept, but a language is missing: in no examination until it is there.
    DRAFT = "draft"
    PUBLISHED = "published"
    #: The bank had exactly this question already.
    KNOWN = "known"
    REMOVED = "removed"


class QuestionImport(Identified, Base):
    """One uploaded file as it was understood."""

    __tablename__ = "question_imports"
    __table_args__ = (Index("ix_question_imports_organisation", "organisation_id", "created_at"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    #: None when an operator imported on the command line.
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    file_name: Mapped[str]
    format: Mapped[str]
    #: The language of texts that do not say theirs: zh or en.
    language: Mapped[str]
    #: The uploaded file, as ``files`` keeps it.
    file_digest: Mapped[str]
    state: Mapped[ImportState]
    #: ``model.Refusal`` as JSON: what was not taken, where it stands and why.
    refused: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    confirmed_at: Mapped[datetime | None]


class ImportedQuestion(Identified, Base):
    """A question of an uploaded file; the bank has it only once it is published."""

    __tablename__ = "imported_questions"
    __table_args__ = (
        UniqueConstraint("import_id", "position"),
        UniqueConstraint("key"),
        CheckConstraint("(state = 'published') = (question_id is not null)", name="published_has_question"),
    )

    import_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_imports.id"))
    position: Mapped[int]
    #: Line or file inside the upload.
    place: Mapped[str]
    #: The key it has, or will have, in the bank.
    key: Mapped[str]
    #: Its name in the file; empty when it had none.
    name: Mapped[str]
    #: The authored mapping; texts not there yet are empty.
    raw: Mapped[dict[str, Any]] = mapped_column(Json)
    #: ``Message`` as JSON: what was changed or left behind.
    notes: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    state: Mapped[QuestionState]
    question_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("questions.id"), index=True)


class QuestionPicture(Base):
    """A picture in questions, kept by ``files`` under its digest."""

    __tablename__ = "question_pictures"

    digest: Mapped[str] = mapped_column(primary_key=True)
    suffix: Mapped[str]
    size: Mapped[int]
