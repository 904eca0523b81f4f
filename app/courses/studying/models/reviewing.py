"""Spaced review: what is due when, every answer, and how much a learner wants a day."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json
from app.courses.studying.rules.spacing import DEFAULT_LIMIT, Ease


class ReviewCard(Identified, Base):
    """A question that somebody reviews, with the memory model's numbers; made by her first answer."""

    __tablename__ = "review_cards"
    __table_args__ = (
        UniqueConstraint("person_id", "question_id"),
        Index("ix_review_cards_due", "person_id", "due"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("questions.id"))
    state: Mapped[int]
    stability: Mapped[float] = mapped_column(Float)
    difficulty: Mapped[float] = mapped_column(Float)
    due: Mapped[datetime]
    last_review: Mapped[datetime]


class ReviewAnswer(Identified, Base):
    """An answer in a review; it never counts for anything else."""

    __tablename__ = "review_answers"
    __table_args__ = (
        UniqueConstraint("person_id", "client_id"),
        Index("ix_review_answers_day", "person_id", "created_at"),
        CheckConstraint("ease in ('again','hard','good','easy')", name="ease"),
        CheckConstraint("correct = (ease <> 'again')", name="correct"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review_cards.id"), index=True)
    client_id: Mapped[uuid.UUID]
    question_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revisions.id"))
    response: Mapped[dict[str, Any]] = mapped_column(Json)
    correct: Mapped[bool]
    ease: Mapped[Ease]
    #: The card's numbers before this answer (empty for the first), so that another ease can be given.
    before: Mapped[dict[str, Any]] = mapped_column(Json)


class ReviewPlan(Base):
    """How much somebody wants to review a day, and whether she wants to be reminded."""

    __tablename__ = "review_plans"
    __table_args__ = (CheckConstraint("daily_limit between 1 and 100", name="daily_limit"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    daily_limit: Mapped[int] = mapped_column(default=DEFAULT_LIMIT)
    reminders: Mapped[bool] = mapped_column(default=False)
    #: The last day (hers) on which a reminder was sent.
    reminded_on: Mapped[date | None]
