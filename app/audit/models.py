import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Base
from app.core.types import Json, Serial


class AuditEntry(Base):
    """One deed. ``actor_id`` is None for the system itself; there is no key to people, so erasure keeps it."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    #: ``domain.verb``: ``certificates.revoke``
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
