"""Who may do what with the library."""

from app.core.access import Actor, Role

#: Those who follow the law for others.
KEEPERS = (Role.INSTRUCTOR, Role.ADMINISTRATOR)


def can_record_change(actor: Actor) -> bool:
    """Instructors and administrators of any organisation: a change of law concerns everybody."""
    return actor.has(*KEEPERS)
