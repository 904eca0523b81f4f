"""Who may grant and withdraw accommodations; nobody her own.

Those who teach at the candidate's organisation or administer her training there (its instructors, registrars and
administrators), and the national authority. Unlike a decision of an invigilator it is often prepared long before
the day, by the registrar's office.
"""

import uuid
from typing import Final

from sqlalchemy import ColumnElement

from app.accounts.models import Person
from app.core.access import Actor, Role
from app.quizzes.accommodations.models import Accommodation

GRANTERS: Final = (Role.INSTRUCTOR, Role.REGISTRAR, Role.ADMINISTRATOR)


def can_grant_to(actor: Actor, candidate_id: uuid.UUID | None, organisation_id: uuid.UUID | None) -> bool:
    """May she grant something to this candidate (None: to a group) of the organisation, or withdraw it?"""
    places = actor.organisations(*GRANTERS)
    return actor.person_id != candidate_id and (places is None or organisation_id in places)


def people_within_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """The same as conditions on people."""
    return [Person.id != actor.person_id, *_of(Person.organisation_id, actor)]


def within_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """The same as conditions on accommodations, those of her own left out."""
    return [Accommodation.person_id.is_distinct_from(actor.person_id), *_of(Accommodation.organisation_id, actor)]


def _of(column: object, actor: Actor) -> list[ColumnElement[bool]]:
    places = actor.organisations(*GRANTERS)
    return [] if places is None else [column.in_(places)]  # type: ignore[attr-defined]
