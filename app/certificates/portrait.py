"""The part of a person's own data that certificates keep."""

import uuid
from typing import Any

from app.certificates import queries


def portrait(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """Every certificate with what it states and what happened to it, as JSON values."""
    return [
        {
            "number": held.certificate.number,
            "verification_code": held.certificate.code,
            "state": held.certificate.state.value,
            "states": held.certificate.snapshot or held.certificate.draft,
            "file_sha256": held.certificate.file_digest,
            "history": [
                {"at": event.at.isoformat(), "event": event.kind.value, "reason": event.reason}
                for event in queries.history(held.certificate.id)
            ],
        }
        for held in queries.certificates_of(person_id)
    ]
