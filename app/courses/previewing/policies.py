"""Who may look at a course through a trainee's eyes."""

import uuid

from app.core.access import Actor
from app.courses.authoring import policies as authoring
from app.courses.policies import can_preview


def can_preview_draft(actor: Actor, organisation_id: uuid.UUID) -> bool:
    """Its authors: nobody else sees what is in work."""
    return authoring.can_edit(actor, organisation_id)


def can_preview_published(actor: Actor) -> bool:
    """Whoever reads every course without being enrolled."""
    return can_preview(actor)
