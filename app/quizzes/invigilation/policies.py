"""Who may invigilate whom; nobody her own paper.

There is no role of its own: an invigilator decides about a candidate's time and attempt, which only those may who
answer for her training (instructors and administrators of her organisation) or for the examination itself (the
national authority). Somebody who merely sits in the room tells one of them.
"""

import uuid
from typing import Final

from sqlalchemy import ColumnElement

from app.accounts.models import Person
from app.core.access import Actor, Role
from app.quizzes.models import Attempt

INVIGILATORS: Final = (Role.INSTRUCTOR, Role.CERTIFIER, Role.ADMINISTRATOR)


def reach(actor: Actor) -> frozenset[uuid.UUID] | None:
    """The organisations whose candidates she invigilates; None: all (national staff)."""
    if actor.organisations(*INVIGILATORS) is None:
        return None
    return actor.organisations(Role.INSTRUCTOR, Role.ADMINISTRATOR)


def within_reach(actor: Actor) -> list[ColumnElement[bool]]:
    """The attempts she may decide about, as conditions on attempts joined with their candidates."""
    where: list[ColumnElement[bool]] = [Attempt.candidate_id != actor.person_id]
    organisations = reach(actor)
    if organisations is not None:
        where.append(Person.organisation_id.in_(organisations))
    return where
