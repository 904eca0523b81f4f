"""Who may see and change whom. A national administrator reaches everybody."""

import uuid
from collections.abc import Collection

from app.accounts.models import Person
from app.core.access import Actor, Role

#: Who works with people: administrators with their roles, registrars with their trainees.
STAFF = (Role.ADMINISTRATOR, Role.REGISTRAR)


def can_administer_at(actor: Actor, organisation_id: uuid.UUID | None) -> bool:
    """May she grant and end roles at the organisation? People of no organisation belong to national ones."""
    if organisation_id is None:
        return actor.organisations(Role.ADMINISTRATOR) is None
    return actor.has_at(organisation_id, Role.ADMINISTRATOR)


def can_invite(actor: Actor, organisation_id: uuid.UUID, roles: Collection[Role]) -> bool:
    """Administrators invite into any role at their organisation, registrars trainees."""
    if actor.has_at(organisation_id, Role.ADMINISTRATOR):
        return True
    return set(roles) <= {Role.TRAINEE} and actor.has_at(organisation_id, Role.REGISTRAR)


def can_see_person(actor: Actor, person: Person, places: Collection[uuid.UUID]) -> bool:
    """``places``: where the person holds roles. Herself, and staff of her organisation or of those places."""
    if actor.person_id == person.id:
        return True
    reached = actor.organisations(*STAFF)
    if reached is None:
        return True
    return person.organisation_id in reached or any(place in reached for place in places)


def can_suspend(actor: Actor, person: Person, *, is_national_administrator: bool) -> bool:
    """Administrators of the person's own organisation; nobody herself; national ones only by national ones."""
    if actor.person_id == person.id:
        return False
    if is_national_administrator and actor.organisations(Role.ADMINISTRATOR) is not None:
        return False
    return can_administer_at(actor, person.organisation_id)


def can_send_link(actor: Actor, person: Person, *, is_staff: bool) -> bool:
    """A new set-password link: administrators of her organisation; registrars for those who only study."""
    if actor.person_id == person.id:
        return False
    if can_administer_at(actor, person.organisation_id):
        return True
    return (
        not is_staff
        and person.organisation_id is not None
        and actor.has_at(person.organisation_id, Role.REGISTRAR)
    )
