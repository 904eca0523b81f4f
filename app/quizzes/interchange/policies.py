"""Whose uploads and whose questions somebody may handle."""

import uuid
from typing import Final

from app.core.access import Actor, Role
from app.core.errors import NotAllowed
from app.quizzes.interchange.models import QuestionImport

AUTHORS: Final = (Role.INSTRUCTOR, Role.ADMINISTRATOR)


def can_use(actor: Actor, upload: QuestionImport) -> bool:
    """Uploads belong to an organisation: those who teach or administer there may see and confirm them."""
    return actor.has_at(upload.organisation_id, *AUTHORS)


def reach(actor: Actor) -> frozenset[uuid.UUID] | None:
    """The organisations whose imported questions the actor may take out; None: the whole bank with its keys."""
    return actor.organisations(*AUTHORS)


def organisation_of(actor: Actor) -> uuid.UUID:
    """Whom an upload belongs to: the actor's own organisation, else one where she teaches. Raises NotAllowed."""
    if actor.organisation_id and actor.has_at(actor.organisation_id, *AUTHORS):
        return actor.organisation_id
    held = sorted(grant.organisation_id for grant in actor.grants if grant.role in AUTHORS)
    if not held:
        raise NotAllowed
    return held[0]
