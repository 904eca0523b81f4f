import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.certificates.credentials.rules import Places
from app.core.database import Base


class Credential(Base):
    """The credential of an issued certificate: named when it is issued, signed before its file is drawn.

    Its places in the status lists are random, so that neighbours in a list have nothing to do with each other.
    """

    __tablename__ = "certificate_credentials"
    __table_args__ = (
        UniqueConstraint("list_number", "revocation_index"),
        UniqueConstraint("list_number", "suspension_index"),
        CheckConstraint(
            "(document IS NULL) = (digest IS NULL) AND (document IS NULL) = (secured_at IS NULL)", name="secured"
        ),
    )

    certificate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    #: Random; ``urn:uuid:`` before it is the credential's public identifier.
    identity: Mapped[uuid.UUID] = mapped_column(unique=True)
    list_number: Mapped[int]
    revocation_index: Mapped[int]
    suspension_index: Mapped[int]
    #: The file ``credential.json``, byte for byte, and its SHA-256; both never change (triggers refuse it).
    document: Mapped[str | None]
    digest: Mapped[str | None]
    secured_at: Mapped[datetime | None]

    @property
    def places(self) -> Places:
        """Where the status lists speak of it."""
        return Places(self.list_number, self.revocation_index, self.suspension_index)

    @property
    def urn(self) -> str:
        return f"urn:uuid:{self.identity}"


class PublishedList(Base):
    """The status list that is served now: signed anew after each event, and before it runs out."""

    __tablename__ = "certificate_status_lists"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: The signed credential as it is served.
    document: Mapped[str]
    made_at: Mapped[datetime]
    valid_until: Mapped[datetime]
