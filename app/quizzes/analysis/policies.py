"""Whose answers an analysis may count."""

import uuid

from app.core.access import Actor, Role

READERS = (Role.INSTRUCTOR, Role.CERTIFIER, Role.ADMINISTRATOR)


def reach(actor: Actor) -> frozenset[uuid.UUID] | None:
    """The organisations whose candidates the actor's figures are made of; None means all of them.

    Questions are shared content, so an instructor anywhere may analyse every examination, but over her own
    organisation's candidates; national staff over everybody.
    """
    return actor.organisations(*READERS)
