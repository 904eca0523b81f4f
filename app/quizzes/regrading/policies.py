"""Who may regrade, and whose sittings."""

import uuid
from typing import Final

from app.core.access import Actor, Role
from app.quizzes.regrading.models import Regrade

#: Certifiers do not: they decide on the certificates that a regrade touches.
REGRADERS: Final = (Role.INSTRUCTOR, Role.ADMINISTRATOR)


def reach(actor: Actor) -> frozenset[uuid.UUID] | None:
    """The organisations whose candidates she may regrade; None: everybody. Her own sittings never."""
    return actor.organisations(*REGRADERS)


def covers(actor: Actor, regrade: Regrade) -> bool:
    """Does the actor answer for every candidate whom the regrade is about?"""
    mine, theirs = reach(actor), regrade.organisation_ids
    return mine is None or (theirs is not None and theirs <= mine)


def can_read(actor: Actor, regrade: Regrade) -> bool:
    """Those who could have made it."""
    return actor.has(*REGRADERS) and covers(actor, regrade)
