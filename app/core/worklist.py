"""What waits for a person, gathered from every package: the first thing on her desk.

A kind of work is shown to those whom its page admits and who hold one of its roles; its count is what she
herself may act on now.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for

from app.core import access
from app.core.access import Actor, Role

Count = Callable[[Actor], int]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work: its name (a lazy text), the page where it is done, and how to count it."""

    label: Any
    endpoint: str
    roles: frozenset[Role]
    count: Count
    order: int
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work that waits, as a desk shows it."""

    label: str
    url: str
    count: int


_kinds: dict[tuple[str, str], Kind] = {}


def register(
    label: Any, endpoint: str, *, roles: Collection[Role], count: Count, order: int = 50, **arguments: str
) -> None:
    """Add a kind of work; registering it again replaces it.

    ``count`` is asked each time a desk is opened: one statement. ``arguments`` narrow the page to this work.
    """
    name = (endpoint, repr(sorted(arguments.items())))
    _kinds[name] = Kind(label, endpoint, frozenset(roles), count, order, arguments)


def kinds() -> tuple[Kind, ...]:
    """Every registered kind, for the guard that checks their pages."""
    return tuple(_kinds.values())


def has_work(actor: Actor) -> bool:
    """Does any kind of work concern the person at all?"""
    return any(_concerns(kind, actor) for kind in _kinds.values())


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for a person now, in the order of the kinds; one statement a kind."""
    concerned = sorted(
        (kind for kind in _kinds.values() if _concerns(kind, actor)), key=lambda kind: (kind.order, kind.endpoint)
    )
    return [
        Waiting(str(kind.label), url_for(kind.endpoint, **kind.arguments), count)
        for kind in concerned
        if (count := kind.count(actor))
    ]


def _concerns(kind: Kind, actor: Actor) -> bool:
    rule = access.rule_of(current_app.view_functions.get(kind.endpoint))
    return actor.has(*kind.roles) and rule is not None and rule.allows(actor)
