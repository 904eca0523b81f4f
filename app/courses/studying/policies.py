"""Who studies, who reads along, who answers."""

from typing import Final

from app.core.access import Actor, Role
from app.courses.policies import can_preview
from app.courses.studying.models import PassageQuestion

__all__ = ["ANSWERERS", "can_answer", "can_preview"]

#: Who answers trainees: instructors of their organisation, and its administrators.
ANSWERERS: Final = (Role.INSTRUCTOR, Role.ADMINISTRATOR)


def can_answer(actor: Actor, question: PassageQuestion) -> bool:
    """Is it asked at an organisation where she teaches? Without one national staff answer; never the asker."""
    if question.person_id == actor.person_id:
        return False
    if question.organisation_id is None:
        return actor.has(*ANSWERERS) and actor.organisations(*ANSWERERS) is None
    return actor.has_at(question.organisation_id, *ANSWERERS)
