"""What the library announces to the packages above."""

import uuid
from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class LawChanged(Event):
    """Somebody recorded that an instrument changed."""

    change_id: uuid.UUID
