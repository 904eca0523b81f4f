"""Read the audit trail."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import db


def list_entries(subject_type: str, subject_id: uuid.UUID, limit: int = 50) -> Sequence[AuditEntry]:
    """What was done to one thing, latest first."""
    return db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_type == subject_type, AuditEntry.subject_id == subject_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    ).all()
