import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.certificates.models import Certificate
from app.core.database import Base, Identified
from app.core.types import Json, Serial
from app.experts.rules import ApplicationState, EndClass, Facet, Step

_OPEN = "state in ('draft','submitted','under_review','recommended')"


class CriteriaRevision(Identified, Base):
    """The criteria of admission at one time; immutable. An application keeps the revision it was begun with.

    Going back to earlier criteria makes a new revision with an old digest.
    """

    __tablename__ = "expert_criteria_revisions"

    number: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str]
    #: ``criteria.Criteria`` as JSON.
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class Application(Identified, Base):
    """An application to the pool. One person reviews it and another decides; neither is the applicant."""

    __tablename__ = "expert_applications"
    __table_args__ = (
        Index(
            "uq_expert_applications_open",
            "person_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        CheckConstraint(
            "state in ('draft','submitted','under_review','recommended','appointed','rejected','withdrawn')",
            name="state",
        ),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> person_id", name="reviewer_is_not_applicant"),
        CheckConstraint("decider_id IS NULL OR decider_id <> person_id", name="decider_is_not_applicant"),
        CheckConstraint("decider_id IS NULL OR decider_id <> reviewer_id", name="decider_is_not_reviewer"),
        CheckConstraint(
            "state not in ('appointed','rejected') OR (reviewer_id IS NOT NULL AND decider_id IS NOT NULL"
            " AND review_reason <> '' AND decision_reason <> '')",
            name="decided_with_reasons",
        ),
        Index("ix_expert_applications_state", "organisation_id", "state"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    #: The body that keeps the pool and decides.
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    criteria_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("expert_criteria_revisions.id"))
    state: Mapped[ApplicationState] = mapped_column(default=ApplicationState.DRAFT)
    #: ``rules.Profile`` as JSON.
    profile: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    submitted_at: Mapped[datetime | None]
    #: Why it was returned to the applicant for completion, until she submits again.
    returned_reason: Mapped[str] = mapped_column(default="")

    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    #: When the reviewer declared that she has no conflict of interest.
    reviewer_unbiased_at: Mapped[datetime | None]
    favourable: Mapped[bool | None]
    review_reason: Mapped[str] = mapped_column(default="")
    decider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    decider_unbiased_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    #: The evidence as it stood at the decision.
    evidence: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise")
    criteria_revision: Mapped[CriteriaRevision] = relationship(lazy="raise")


class ApplicationEvent(Base):
    """A step in the life of an application; appended, never changed."""

    __tablename__ = "expert_application_events"

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("expert_applications.id"), index=True)
    at: Mapped[datetime]
    step: Mapped[Step]
    actor_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(default="")


class Appointment(Identified, Base):
    """An expert in the pool, for a term."""

    __tablename__ = "expert_appointments"
    __table_args__ = (
        Index(
            "uq_expert_appointments_running",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("ends_on > starts_on", name="term"),
        CheckConstraint("(ended_at IS NULL) = (end_class IS NULL)", name="ended_with_reason"),
        Index("ix_expert_appointments_term", "ended_at", "ends_on"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("expert_applications.id"), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    #: The letter of appointment.
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificates.id"))
    category: Mapped[str]
    starts_on: Mapped[date]
    #: The last day of the term.
    ends_on: Mapped[date]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None]
    end_class: Mapped[EndClass | None]
    end_reason: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship(lazy="raise")
    application: Mapped[Application] = relationship(lazy="raise")
    certificate: Mapped[Certificate] = relationship(lazy="raise")


class ExpertFacet(Base):
    """What an appointed expert is found by: a field, a jurisdiction, or a language with its level."""

    __tablename__ = "expert_facets"
    __table_args__ = (
        UniqueConstraint("appointment_id", "facet", "value"),
        Index("ix_expert_facets_value", "facet", "value"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    appointment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("expert_appointments.id"), index=True)
    facet: Mapped[Facet]
    value: Mapped[str]
    level: Mapped[str] = mapped_column(default="")
