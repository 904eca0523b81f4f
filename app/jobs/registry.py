"""Which function does which kind of job."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Hopeless(Exception):
    """A handler raises it where another try would meet the same: its job fails for good at once."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a handler is told: the job's id, its payload, and how to say how far it is (renews the lease)."""

    job_id: uuid.UUID
    payload: dict[str, Any]
    report: Callable[[int, int], None]


Handler = Callable[[Assignment], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A handler, how often it is tried, and for how many seconds its lease is renewed."""

    handler: Handler
    max_attempts: int
    time_limit: float


_kinds: dict[str, Kind] = {}
_recurring: dict[str, tuple[int, Callable[[], None]]] = {}


def handles(kind: str, *, max_attempts: int = 5, time_limit: float = 900) -> Callable[[Handler], Handler]:
    """Register a handler. It opens its own transaction()s and may be called again after a crash.

    After ``time_limit`` seconds the lease is renewed no more, so that a handler that hangs is replaced.
    """

    def register(handler: Handler) -> Handler:
        _kinds[kind] = Kind(handler, max_attempts, time_limit)
        return handler

    return register


def kind_named(name: str) -> Kind:
    """Raises KeyError for a kind nobody handles."""
    return _kinds[name]


def every(name: str, seconds: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a sweep the worker runs about every so many seconds (idempotent; several workers may)."""

    def register(sweep: Callable[[], None]) -> Callable[[], None]:
        _recurring[name] = (seconds, sweep)
        return sweep

    return register


def sweeps() -> dict[str, tuple[int, Callable[[], None]]]:
    """Every registered sweep: name → (seconds, function)."""
    return dict(_recurring)
