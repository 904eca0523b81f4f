import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.access import Role
from app.core.database import Base, Identified
from app.organisations.models import Organisation


class PersonState(StrEnum):
    """Invited people have no password yet; suspended ones cannot sign in and lose their sessions."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ERASED = "erased"


class Person(Identified, Base):
    """Somebody with an account."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("organisation_id", "student_number"),)

    #: Lower case; None for people known only by organisation and student number.
    email: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    #: In Latin letters, as in the passport; for certificates.
    latin_name: Mapped[str] = mapped_column(default="")
    names_confirmed_at: Mapped[datetime | None]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    student_number: Mapped[str | None]
    password_hash: Mapped[str | None]
    state: Mapped[PersonState] = mapped_column(default=PersonState.INVITED)
    locale: Mapped[str] = mapped_column(default="zh_Hans")
    time_zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    privacy_version: Mapped[str] = mapped_column(default="")
    privacy_consented_at: Mapped[datetime | None]
    #: Made for the demonstration; labelled wherever shown.
    is_demo: Mapped[bool] = mapped_column(default=False)

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")


class RoleGrant(Identified, Base):
    """A role of a person at an organisation; ended grants stay for the record."""

    __tablename__ = "role_grants"
    __table_args__ = (
        Index(
            "uq_role_grants_open",
            "person_id",
            "role",
            "organisation_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[Role]
    granted_by: Mapped[uuid.UUID | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None]


class LoginSession(Identified, Base):
    """A signed-in browser. The cookie carries its id; ending it signs that browser out at its next request."""

    __tablename__ = "login_sessions"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    #: Shortened user agent, for the person's own list of sessions.
    agent: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")


class LinkPurpose(StrEnum):
    """What a one-time link lets its holder do."""

    INVITATION = "invitation"
    RESET = "reset"


class PersonalLink(Identified, Base):
    """A mailed one-time link. Only the token's SHA-256 is kept."""

    __tablename__ = "personal_links"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[LinkPurpose]
    token_digest: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Consent(Identified, Base):
    """A person's consent to one version of the privacy notice, at ``created_at``; never changed."""

    __tablename__ = "consents"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    version: Mapped[str]
    #: The language in which the notice was read.
    locale: Mapped[str]


class SignInFailure(Base):
    """A sign-in that has not succeeded, counted for throttling: per account first, then per address.

    The row is written before the password is checked and removed on success, so that tries sent at the
    same moment are all counted.
    """

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        Index("ix_sign_in_failures_account", "account", "at"),
        Index("ix_sign_in_failures_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    account: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
