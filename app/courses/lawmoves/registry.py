"""What the packages above know of a change of law: certificates that rest on the law before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.access import Actor
from app.library.models import LawChange


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something else that a change of law touches: its name, how much of it, and where it is dealt with."""

    label: Any
    #: (actor, change) → how many; None for those whom it does not concern.
    count: Callable[[Actor, LawChange], int | None]
    url: Callable[[LawChange], str]


@dataclass(frozen=True, slots=True)
class Counted:
    label: str
    count: int
    url: str


_consequences: dict[str, Consequence] = {}


def register(kind: str, consequence: Consequence) -> None:
    """Tell where else a change is dealt with; registering a kind again replaces it."""
    _consequences[kind] = consequence


def consequences_of(actor: Actor, change: LawChange) -> list[Counted]:
    """What the packages above list for this person."""
    counted = ((one, one.count(actor, change)) for one in _consequences.values())
    return [Counted(str(one.label), count, one.url(change)) for one, count in counted if count is not None]
