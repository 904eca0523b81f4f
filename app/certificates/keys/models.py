from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.certificates.keys.rules import Purpose
from app.core.database import Base, Identified


class SigningKey(Identified, Base):
    """A key of the academy. Never deleted: what it signed must stay verifiable."""

    __tablename__ = "certificate_keys"
    __table_args__ = (
        CheckConstraint("purpose in ('document','credential','checkpoint')", name="purpose"),
        CheckConstraint("retired_at IS NULL OR activated_at IS NOT NULL", name="activated_before_retired"),
        CheckConstraint(
            "purpose <> 'document' OR certificate IS NOT NULL OR activated_at IS NULL", name="certified"
        ),
        # what signs a document of a purpose is never a question
        Index(
            "uq_certificate_keys_active",
            "purpose",
            unique=True,
            sqlite_where=text("activated_at IS NOT NULL AND retired_at IS NULL"),
            postgresql_where=text("activated_at IS NOT NULL AND retired_at IS NULL"),
        ),
    )

    #: ``rules.name_of``: stands in DID documents and the log's checkpoints.
    name: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[Purpose]
    public: Mapped[bytes] = mapped_column(LargeBinary)
    #: Who holds the private half (``custody.SEALED`` or the value of KEY_CUSTODY), and how it is found there.
    custody: Mapped[str]
    handle: Mapped[str]
    #: The DER X.509 certificate of a document key, and those above it, PEM, nearest first.
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)
    chain: Mapped[str] = mapped_column(default="")
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    @property
    def state(self) -> str:
        """``prepared``, ``active`` or ``retired``."""
        if self.retired_at:
            return "retired"
        return "active" if self.activated_at else "prepared"
