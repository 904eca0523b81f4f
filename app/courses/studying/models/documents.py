"""Study documents: a module as a PDF, for reading without a network."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class StudyDocument(Identified, Base):
    """A module revision as a PDF in one language; shared by all who study that revision.

    ``edition`` names what else it rests on: the library that citations are written out from, and our layout.
    """

    __tablename__ = "study_documents"
    __table_args__ = (
        UniqueConstraint("module_revision_id", "language", "edition"),
        CheckConstraint("language in ('zh','en')", name="language"),
        CheckConstraint("(digest IS NULL) = (made_at IS NULL)", name="made"),
    )

    module_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_revisions.id"))
    language: Mapped[str]
    edition: Mapped[str]
    #: The file by its SHA-256; None until it is made.
    digest: Mapped[str | None]
    size: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None]
