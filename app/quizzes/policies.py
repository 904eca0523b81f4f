"""Who may see a sitting. Only its candidate may answer in it."""

import uuid

from app.core.access import Actor, Role

REVIEWERS = (Role.INSTRUCTOR, Role.CERTIFIER, Role.ADMINISTRATOR)


def can_read_result(actor: Actor, candidate_id: uuid.UUID, organisation_id: uuid.UUID | None) -> bool:
    """The candidate herself, and those who teach or certify at her organisation."""
    return actor.person_id == candidate_id or can_review(actor, candidate_id, organisation_id)


def can_review(actor: Actor, candidate_id: uuid.UUID, organisation_id: uuid.UUID | None) -> bool:
    """May she see answers, keys and explanations whatever the quiz's policy says? Never of her own sitting."""
    if actor.person_id == candidate_id:
        return False
    held = actor.organisations(*REVIEWERS)
    return held is None or (organisation_id is not None and organisation_id in held)
