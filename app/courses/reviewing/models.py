"""What readers of a draft say about its text."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class RemarkState(StrEnum):
    OPEN = "open"
    #: Dealt with, or answered.
    RESOLVED = "resolved"
    #: The suggested words were taken over.
    TAKEN = "taken"


class ReviewRemark(Identified, Base):
    """A comment on words of a file, perhaps with other words for them; or an answer to a comment."""

    __tablename__ = "review_remarks"
    __table_args__ = (
        Index("ix_review_remarks_draft", "draft_id", "path"),
        CheckConstraint("parent_id IS NULL OR suggestion IS NULL", name="answers_suggest_nothing"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("suggestion IS NULL OR suggestion <> quote", name="suggests_something"),
    )

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"))
    path: Mapped[str]
    #: The file when it was written.
    digest: Mapped[str | None]
    #: Where the words stood, from 1.
    line: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    suggestion: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review_remarks.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    state: Mapped[RemarkState] = mapped_column(default=RemarkState.OPEN)
    settled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    settled_at: Mapped[datetime | None]
