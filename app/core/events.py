"""Typed events: a lower package announces, an upper one listens, in the announcer's transaction."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; subclasses carry identifiers, not rows."""


E = TypeVar("E", bound=Event)
_handlers: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(event_type: type[E], handler: Callable[[E], None]) -> None:
    """Call ``handler`` whenever an event of this type is announced; subscribing twice counts once."""
    if handler not in _handlers[event_type]:
        _handlers[event_type].append(handler)


def announce(event: Event) -> None:
    """Tell every subscriber, in the order of subscription; an exception rolls the transaction back."""
    for handler in _handlers[type(event)]:
        handler(event)
