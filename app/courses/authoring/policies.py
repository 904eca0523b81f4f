"""Who may write courses."""

import uuid

from flask_babel import gettext as _

from app.core.access import Actor, Role
from app.core.errors import NotAllowed

#: Who writes: instructors for their organisation, administrators of it.
AUTHORS = (Role.INSTRUCTOR, Role.ADMINISTRATOR)


def can_edit(actor: Actor, organisation_id: uuid.UUID) -> bool:
    """May she see and change drafts of the organisation's courses?"""
    return actor.has_at(organisation_id, *AUTHORS)


def can_review(actor: Actor, organisation_id: uuid.UUID, authors: frozenset[uuid.UUID]) -> bool:
    """Another author of the organisation, who wrote nothing of the draft."""
    return can_edit(actor, organisation_id) and actor.person_id not in authors


def check_reviewer(actor: Actor, organisation_id: uuid.UUID, authors: frozenset[uuid.UUID]) -> None:
    """Raises NotAllowed."""
    if not can_review(actor, organisation_id, authors):
        raise NotAllowed(_("Somebody who wrote none of it has to review this draft."))
