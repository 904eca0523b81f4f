"""Whose answers somebody may mark; never her own (``queries``)."""

import uuid
from typing import Final

from app.core.access import Actor, Role

MARKERS: Final = (Role.INSTRUCTOR, Role.CERTIFIER, Role.ADMINISTRATOR)


def reach(actor: Actor) -> frozenset[uuid.UUID] | None:
    """The organisations whose candidates she marks: those where she teaches. None: all (national staff)."""
    return None if actor.organisations(*MARKERS) is None else actor.organisations(Role.INSTRUCTOR)
