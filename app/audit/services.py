"""Append to the audit trail."""

import uuid
from typing import Any

from app.audit.models import AuditEntry
from app.core import clock
from app.core.access import Actor
from app.core.database import db


def record(
    actor: Actor | None,
    action: str,
    subject: object,
    *,
    reason: str = "",
    subject_type: str = "",
    **details: Any,
) -> None:
    """Note a deed in the present transaction.

    ``subject`` is the row it was done to (or its identifier, then with ``subject_type``); ``details`` are JSON
    values and hold no secrets. ``actor`` is None when the system acts by itself.
    """
    subject_id = subject if isinstance(subject, uuid.UUID) else getattr(subject, "id", None)
    db.session.add(
        AuditEntry(
            at=clock.now(),
            actor_id=actor.person_id if actor else None,
            action=action,
            subject_type=subject_type or type(subject).__name__,
            subject_id=subject_id if isinstance(subject_id, uuid.UUID) else None,
            reason=reason,
            details=details,
        )
    )
