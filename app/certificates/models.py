import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.certificates.rules import CertificateState, DocumentKind, StatusKind
from app.core.database import Base, Identified
from app.core.types import Json, Serial

_ISSUED = "state in ('valid','suspended','superseded','revoked','ended')"


class Certificate(Identified, Base):
    """A document of the academy, from the moment it is due. A reissue is a row of its own.

    Once issued, what it states never changes: triggers in the database refuse it. ``state`` repeats what the
    last status event says.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        # exactly one first issue a person, subject (programme, application) and cycle, whoever triggers it
        Index(
            "uq_certificates_first_issue",
            "person_id",
            "kind",
            "subject_id",
            "cycle",
            unique=True,
            sqlite_where=text("replaces_id IS NULL"),
            postgresql_where=text("replaces_id IS NULL"),
        ),
        UniqueConstraint("series", "serial"),
        CheckConstraint(
            "state in ('awaiting_names','blocked','valid','suspended','superseded','revoked','ended')",
            name="state",
        ),
        CheckConstraint(
            f"({_ISSUED}) = (number IS NOT NULL AND code IS NOT NULL AND serial IS NOT NULL"
            " AND snapshot IS NOT NULL AND snapshot_digest IS NOT NULL AND issued_at IS NOT NULL)",
            name="issued_is_complete",
        ),
        CheckConstraint(f"file_digest IS NULL OR {_ISSUED}", name="file_of_issued"),
        CheckConstraint("(file_digest IS NULL) = (rendered_at IS NULL)", name="rendered"),
        Index("ix_certificates_organisation_state", "organisation_id", "state"),
        Index("ix_certificates_expiry", "expires_on", "state"),
    )

    kind: Mapped[DocumentKind]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    #: What it is about: the programme of a completion, the application of an appointment.
    subject_id: Mapped[uuid.UUID]
    cycle: Mapped[int] = mapped_column(default=1)
    #: The body in whose name it is issued; its certifiers look after it.
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    #: The certificate this one replaces (a corrected name); replaced at most once.
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("certificates.id"), unique=True)
    state: Mapped[CertificateState]
    #: What it will state (``rules.Draft``), kept from the moment it is due.
    draft: Mapped[dict[str, Any]] = mapped_column(Json)
    #: Characters that the document fonts lack, while blocked; empty: there were no keys to sign with.
    missing_characters: Mapped[str] = mapped_column(default="")

    series: Mapped[str | None]
    serial: Mapped[int | None]
    number: Mapped[str | None] = mapped_column(unique=True)
    code: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    #: What it states (``rules.Snapshot``) and its SHA-256. Left unset until issued, so that SQL sees NULL.
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(Json)
    snapshot_digest: Mapped[str | None]
    #: ``rules.expires_on`` of the snapshot, for lists and reminders.
    expires_on: Mapped[date | None]

    render_job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id"))
    file_digest: Mapped[str | None]
    file_size: Mapped[int | None]
    rendered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class StatusEvent(Base):
    """What happened to a certificate: appended, never changed or deleted (triggers refuse it)."""

    __tablename__ = "certificate_status_events"
    __table_args__ = (UniqueConstraint("certificate_id", "ordinal"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificates.id"))
    ordinal: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[StatusKind]
    #: ``rules.RevocationClass`` for a revocation, a short stable word otherwise.
    reason_class: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    #: None when the system acted by itself.
    actor_id: Mapped[uuid.UUID | None]


class NumberSeries(Base):
    """The last serial given in a series and year; its row is locked until the certificate is committed."""

    __tablename__ = "certificate_number_series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class LookupCount(Base):
    """How often an address asked the public page within a window; old rows are swept away."""

    __tablename__ = "certificate_lookup_counts"

    #: A keyed hash of the address, so that nobody's visits can be read from the table.
    visitor: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    lookups: Mapped[int]
