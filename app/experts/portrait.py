"""The part of a person's own data that the expert pool keeps."""

import uuid
from typing import Any

from app.experts import queries


def portrait(person_id: uuid.UUID) -> dict[str, Any]:
    """Applications with their decisions, and appointments, as JSON values."""
    return {
        "applications": [
            {
                "state": one.state.value,
                "submitted_at": one.submitted_at and one.submitted_at.isoformat(),
                "profile": one.profile,
                "decision_reason": one.decision_reason,
                "evidence": one.evidence,
            }
            for one in queries.applications_of(person_id)
        ],
        "appointments": [
            {
                "starts_on": one.starts_on.isoformat(),
                "ends_on": one.ends_on.isoformat(),
                "ended_at": one.ended_at and one.ended_at.isoformat(),
                "end_reason": one.end_reason,
            }
            for one in queries.appointments_of(person_id)
        ],
    }
