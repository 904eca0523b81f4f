"""Who follows up changes of law."""

from typing import Final

from app.core.access import Actor, Role

#: Those who teach what rests on it.
FOLLOWERS: Final = (Role.INSTRUCTOR, Role.ADMINISTRATOR)


def can_settle(actor: Actor) -> bool:
    """Instructors and administrators, as they record changes."""
    return actor.has(*FOLLOWERS)
