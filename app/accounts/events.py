"""What happens to people that packages above may want to hear."""

import uuid
from dataclasses import dataclass

from app.core.events import Event


@dataclass(frozen=True, slots=True)
class NamesConfirmed(Event):
    """A person has confirmed her names as certificates shall show them."""

    person_id: uuid.UUID
