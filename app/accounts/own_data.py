"""The copy of one's own data: every package that keeps some registers a function that gives it."""

import uuid
from collections.abc import Callable
from typing import Any

#: Gives JSON values about one person; called in a reading transaction.
Giver = Callable[[uuid.UUID], Any]

_givers: dict[str, Giver] = {}


def register(name: str, giver: Giver) -> None:
    """Add a part to everybody's copy under ``name``; registering again replaces it."""
    _givers[name] = giver


def collect(person_id: uuid.UUID) -> dict[str, Any]:
    """Every part that packages keep about a person, in the order of their names."""
    return {name: _givers[name](person_id) for name in sorted(_givers)}
