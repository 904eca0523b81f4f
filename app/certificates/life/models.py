import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.cohorts.models import Cohort
from app.core.database import Base, Identified


class BatchState(StrEnum):
    """Whether a batch is being worked on."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"


class Outcome(StrEnum):
    """What became of one person's certificate in a batch."""

    WAITING = "waiting"
    ISSUED = "issued"
    #: It had been issued before the batch came to it.
    EXISTED = "existed"
    AWAITING_NAMES = "awaiting_names"
    BLOCKED = "blocked"
    FAILED = "failed"


class IssueBatch(Identified, Base):
    """A certifier's order to issue the certificates that are due in a cohort."""

    __tablename__ = "issue_batches"
    __table_args__ = (
        CheckConstraint("state in ('running','paused','finished')", name="state"),
        Index("ix_issue_batches_organisation", "organisation_id", "created_at"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    #: The awarding body, whose certifiers look after it.
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    ordered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    state: Mapped[BatchState] = mapped_column(default=BatchState.RUNNING)
    finished_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")


class IssueBatchItem(Identified, Base):
    """One completed membership of a batch."""

    __tablename__ = "issue_batch_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "membership_id"),
        CheckConstraint(
            "outcome in ('waiting','issued','existed','awaiting_names','blocked','failed')", name="outcome"
        ),
        Index("ix_issue_batch_items_outcome", "batch_id", "outcome"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("issue_batches.id"))
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.WAITING)
    certificate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("certificates.id"))
    #: Why it failed.
    message: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime | None]


class ExpiryReminder(Base):
    """A holder was reminded so many days before her result expires: once each."""

    __tablename__ = "expiry_reminders"

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sent_at: Mapped[datetime]


class DeltaAssignment(Identified, Base):
    """The holder of a certificate was asked to study a course as it is now, because its law has moved."""

    __tablename__ = "delta_assignments"
    __table_args__ = (UniqueConstraint("law_change_id", "certificate_id", "enrolment_id"),)

    law_change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("law_changes.id"))
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificates.id"), index=True)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolments.id"))
    assigned_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
