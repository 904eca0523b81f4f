import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core.database import Base, Identified
from app.core.types import Json
from app.organisations.models import Organisation


class Programme(Identified, Base):
    """A programme (培养方案) of an awarding organisation; what it demands stands in its revisions."""

    __tablename__ = "programmes"

    key: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    #: The revision that new cohorts take.
    current_revision_id: Mapped[uuid.UUID | None]

    current_revision: Mapped["ProgrammeRevision | None"] = relationship(
        primaryjoin="foreign(Programme.current_revision_id) == ProgrammeRevision.id", lazy="raise", viewonly=True
    )
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class ProgrammeRevision(Identified, Base):
    """The demands of a programme at one time; immutable, named by the digest of its content."""

    __tablename__ = "programme_revisions"
    __table_args__ = (UniqueConstraint("programme_id", "number"), UniqueConstraint("programme_id", "digest"))

    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programmes.id"))
    number: Mapped[int]
    digest: Mapped[str]
    #: The programme as in docs/content-format.md; read it through ``rules.Demands``.
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    #: The certification examination, None when the programme has none.
    quiz_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("quizzes.id"))
    #: The law-update test of a renewal.
    renewal_quiz_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("quizzes.id"))

    def quiz_of(self, cycle: int) -> uuid.UUID | None:
        """The examination that a member in this cycle sits."""
        return self.renewal_quiz_id if cycle > 1 and "renewal" in self.body else self.quiz_id


class Cohort(Identified, Base):
    """A training class (班次): one programme, run by an organisation, with dates. It keeps its revision."""

    __tablename__ = "cohorts"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="dates"),
        # renewals need no registrar: there is one standing class a programme and year
        Index(
            "uq_cohorts_renewal",
            "programme_id",
            "organisation_id",
            "programme_revision_id",
            "starts_on",
            unique=True,
            sqlite_where=text("is_renewal"),
            postgresql_where=text("is_renewal"),
        ),
    )

    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programmes.id"), index=True)
    programme_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme_revisions.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    #: Session number (期次), as the organisation counts.
    session_number: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    join_code: Mapped[str] = mapped_column(unique=True)
    joining_open: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    #: The standing class of those who renew.
    is_renewal: Mapped[bool] = mapped_column(default=False)

    programme: Mapped[Programme] = relationship(lazy="raise")
    programme_revision: Mapped[ProgrammeRevision] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")


class MembershipState(StrEnum):
    """Where somebody stands in a cohort. Leaving is never deletion."""

    ACTIVE = "active"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


class Membership(Identified, Base):
    """A person in a cohort, for one cycle of the programme (a renewal is a new cycle)."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("cohort_id", "person_id"),
        Index("ix_memberships_person_state", "person_id", "state"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    cycle: Mapped[int] = mapped_column(default=1)
    state: Mapped[MembershipState] = mapped_column(default=MembershipState.ACTIVE)
    #: Why the state is what it is, when a person decided it.
    reason: Mapped[str] = mapped_column(default="")
    state_since: Mapped[datetime]
    moved_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("memberships.id"))
    #: In a renewal: what was completed earlier does not count again.
    counts_from: Mapped[datetime | None]
    #: When the conduct declaration was made, and the digest of its words.
    declared_at: Mapped[datetime | None]
    declaration_digest: Mapped[str | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")


class ProgrammeCompletion(Identified, Base):
    """The fact that a person completed a programme: once a cycle, never changed."""

    __tablename__ = "programme_completions"
    __table_args__ = (UniqueConstraint("person_id", "programme_id", "cycle"),)

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id"), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    programme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programmes.id"))
    programme_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programme_revisions.id"))
    cycle: Mapped[int]
    completed_at: Mapped[datetime]
    #: 学时 of the courses it rests on.
    hours: Mapped[Decimal]
    #: Per cent of the certification examination; None when the programme has none.
    exam_percent: Mapped[Decimal | None]
    #: What it rests on: course revisions, quiz revision, grade run (``rules.Basis`` as JSON).
    basis: Mapped[dict[str, Any]] = mapped_column(Json)


class RosterImport(Identified, Base):
    """A roster as it was read and shown; confirming imports exactly these rows."""

    __tablename__ = "roster_imports"

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    uploaded_by: Mapped[uuid.UUID]
    file_name: Mapped[str]
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    confirmed_at: Mapped[datetime | None]


class RecordExport(Identified, Base):
    """A cohort's records left the platform: who took what, when and for which purpose."""

    __tablename__ = "record_exports"

    cohort_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cohorts.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    exported_by: Mapped[uuid.UUID]
    purpose: Mapped[str]
    format: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(Json)
    row_count: Mapped[int]
    #: SHA-256 of the file, so that a copy can be recognised.
    digest: Mapped[str]
