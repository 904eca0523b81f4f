"""Releases of results, and the papers each of them took."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class ResultRelease(Identified, Base):
    """Somebody's decision to let the results of an examination out."""

    __tablename__ = "result_releases"
    __table_args__ = (CheckConstraint("papers > 0", name="papers"),)

    quiz_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quizzes.id"), index=True)
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: How many papers it took.
    papers: Mapped[int]


class ReleasedPaper(Base):
    """A paper whose result is on its way out or out; its marks are fixed."""

    __tablename__ = "released_papers"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result_releases.id"), index=True)
