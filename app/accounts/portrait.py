"""The part of a person's own data that accounts keep."""

import uuid
from typing import Any

from app.accounts import queries
from app.audit.queries import list_entries
from app.core import clock


def portrait(person_id: uuid.UUID) -> dict[str, Any]:
    """Everything kept about an account but for the password's hash, as JSON values."""
    person = queries.get_person(person_id)
    grants = queries.grants_of([person_id]).get(person_id, [])
    return {
        "id": str(person.id),
        "created_at": person.created_at.isoformat(),
        "state": person.state.value,
        "email": person.email,
        "name": person.name,
        "latin_name": person.latin_name,
        "names_confirmed_at": person.names_confirmed_at and person.names_confirmed_at.isoformat(),
        "organisation": person.organisation and person.organisation.name,
        "student_number": person.student_number,
        "language": person.locale,
        "time_zone": person.time_zone,
        "roles": [
            {"role": held.role.value, "at": held.organisation_name, "since": held.since.isoformat()}
            for held in grants
        ],
        "consents": [
            {"version": consent.version, "at": consent.created_at.isoformat(), "language": consent.locale}
            for consent in queries.list_consents(person_id)
        ],
        "sessions": [
            {
                "device": session.agent,
                "address": session.address,
                "signed_in_at": session.created_at.isoformat(),
                "last_seen_at": session.last_seen_at.isoformat(),
            }
            for session in queries.list_sessions(person_id, clock.now())
        ],
        "record": [
            {"at": entry.at.isoformat(), "action": entry.action, "reason": entry.reason}
            for entry in list_entries("Person", person_id, limit=1000)
        ],
    }
