"""Who lets results out: certifiers and administrators of the national authority."""

from typing import Final

from app.core.access import Actor, Role

RELEASERS: Final = (Role.CERTIFIER, Role.ADMINISTRATOR)


def can_release(actor: Actor) -> bool:
    """May she release the results of an examination, and see how its markers compare?"""
    return actor.organisations(*RELEASERS) is None
