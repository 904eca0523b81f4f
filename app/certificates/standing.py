"""Where a certificate stood on a given day, from its append-only events. Pure.

What the events say is when each change was recorded with us. So a day's answer never changes afterwards; what
became known later is told beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, Protocol

from app.certificates.rules import CertificateState, StatusKind, state_after
from app.core import clock

#: No day before is told from this one: there was no academy.
_EARLIEST: Final = date(2000, 1, 1)
_BEFORE_ISSUE: Final = {StatusKind.AWAITING_NAMES, StatusKind.BLOCKED}


class Event(Protocol):
    """What happened, and when it was recorded."""

    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> StatusKind: ...
    @property
    def reason_class(self) -> str: ...


class DayOutcome(StrEnum):
    """The answer for a day in one word."""

    #: That day has not come.
    AHEAD = "ahead"
    NOT_YET = "not_yet"
    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Change:
    """An event as the page tells it."""

    at: datetime
    kind: StatusKind
    reason_class: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a certificate stood on a day in Beijing: at its end, or now if the day is today."""

    day: date
    outcome: DayOutcome
    is_today: bool
    #: What changed on the day itself; the answer then holds for a part of it.
    changes: tuple[Change, ...]
    #: What was recorded after it.
    later: tuple[Change, ...]
    #: Was the result of the examination current? None: no result, or a result without an end.
    result_current: bool | None


def standing_on(
    day: date, events: Sequence[Event], valid_until: str | None, result_until: str | None, now: datetime
) -> Standing:
    """Answer for a day. ``events`` are all events of a certificate, first to last; the others are ISO dates."""
    today = clock.day_of(now)
    told = [Change(one.at, one.kind, one.reason_class) for one in events if one.kind not in _BEFORE_ISSUE]
    if day > today:
        return Standing(day, DayOutcome.AHEAD, False, (), (), None)
    begin = datetime.combine(max(day, _EARLIEST), time(), clock.ZONE)
    end = begin + timedelta(days=1)
    before = [one for one in told if one.at < end]
    return Standing(
        day=day,
        outcome=_outcome(day, before, valid_until),
        is_today=day == today,
        changes=tuple(one for one in before if one.at >= begin),
        later=tuple(one for one in told if one.at >= end),
        result_current=day <= date.fromisoformat(result_until) if before and result_until else None,
    )


def _outcome(day: date, before: Sequence[Change], valid_until: str | None) -> DayOutcome:
    state = state_after(one.kind for one in before)
    if state is None:
        return DayOutcome.NOT_YET
    if state is not CertificateState.VALID:
        return DayOutcome(state.value)
    over = valid_until is not None and date.fromisoformat(valid_until) < day
    return DayOutcome.EXPIRED if over else DayOutcome.VALID
