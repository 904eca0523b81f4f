"""What was granted to whom, and what was withdrawn; both are appended and never changed."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json


class Accommodation(Identified, Base):
    """An allowance for one person, or for every member of a group; the database refuses changes."""

    __tablename__ = "accommodations"
    __table_args__ = (
        CheckConstraint("(person_id is null) <> (group_id is null)", name="whom"),
        CheckConstraint("(group_kind is null) = (group_id is null)", name="group"),
        Index("ix_accommodations_group", "group_kind", "group_id"),
    )

    #: The organisation whose people it concerns and manage it; None: of nobody's but the national authority's.
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    #: A kind of ``registry.context_groups``, such as cohorts.
    group_kind: Mapped[str | None]
    group_id: Mapped[uuid.UUID | None]
    #: None: every examination.
    quiz_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("quizzes.id"))
    #: ``rules.Allowance`` as JSON.
    allowance: Mapped[dict[str, Any]] = mapped_column(Json)
    #: What it rests on; the candidates read it.
    reason: Mapped[str]
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))


class AccommodationWithdrawal(Identified, Base):
    """From now on an accommodation holds for no attempt that begins; those under way keep it."""

    __tablename__ = "accommodation_withdrawals"
    __table_args__ = (UniqueConstraint("accommodation_id"),)

    accommodation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accommodations.id"))
    reason: Mapped[str]
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
