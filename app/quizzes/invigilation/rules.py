"""Pure rules of invigilation: how far time may be moved, which attempts need attention, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

#: The most that one decision adds; more takes a second decision, with its own reason.
MAX_MINUTES: Final = 480
MAX_REASON: Final = 500
#: A candidate who was let in sees it within her page's next poll: her time begins that much later.
LEAD: Final = timedelta(seconds=10)
#: A page tells that it is there every 20 seconds; three missed in a row and a half are silence.
SILENT_AFTER: Final = timedelta(seconds=70)
#: A device's clock (or answers kept offline) this far from ours is worth a look.
CLOCK_APART: Final = timedelta(minutes=2)
#: Device numbers below this are no clock readings but a form's ordinals.
FIRST_CLOCK: Final = 10**15
#: Finished attempts stay on the live page so long.
SHOWN_FOR: Final = timedelta(hours=24)


class Means(StrEnum):
    """How an invigilator saw the candidate's identity document. A person compares; no machine does."""

    IN_PERSON = "in_person"
    VIDEO = "video"


class Flag(StrEnum):
    """What an invigilator should know about an attempt; the page says each in words."""

    WAITING = "waiting"
    SILENT = "silent"
    LATE = "late"
    SUPERSEDED = "superseded"
    DEVICES = "devices"
    CLOCK = "clock"
    PAUSED_SAVE = "paused_save"
    OWN_PAUSE = "own_pause"
    MORE_TIME = "more_time"


#: Good to know, but nothing that somebody has to look at.
QUIET: Final = frozenset({Flag.OWN_PAUSE, Flag.MORE_TIME})


class Bar(StrEnum):
    """What keeps somebody who has not come from beginning; the page says each in words."""

    #: Nothing.
    NONE = "none"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    COOLING_OFF = "cooling_off"
    NONE_LEFT = "none_left"
    #: She has not done what comes before the examination.
    NOT_ADMITTED = "not_admitted"


#: Who cannot begin for these reasons is not waited for.
LOCKED: Final = frozenset({Bar.COOLING_OFF, Bar.NONE_LEFT, Bar.NOT_ADMITTED})


class Note(StrEnum):
    """What was granted to somebody who has not come, and what she has used; the page says each in words."""

    #: Another window: when it opens, when it closes.
    OPENS = "opens"
    CLOSES = "closes"
    MORE_TIME = "more_time"
    PAUSES = "pauses"
    ATTEMPTS = "attempts"
    SAT_BEFORE = "sat_before"


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one attempt at a moment."""

    state: str
    started_at: datetime
    deadline_at: datetime
    paused_at: datetime | None
    #: When the latest answer or mark arrived; None before the first.
    saved_at: datetime | None
    #: When the page was last heard of, by an answer or by its poll; None: never.
    seen_at: datetime | None
    late: int
    superseded: int
    devices: int
    #: The device's number of the latest event: microseconds since 1970 by its clock; a form's is its ordinal.
    device_clock: int | None
    #: Does the candidate take a pause of her own?
    own_pause: bool = False
    #: By how much an accommodation makes her time longer.
    granted_seconds: int = 0


def flags_of(signs: Signs, now: datetime) -> list[Flag]:
    """What there is to know, the most urgent first."""
    found = []
    if signs.state == "waiting":
        found.append(Flag.WAITING)
    if signs.state == "in_progress" and is_silent(signs, now):
        found.append(Flag.SILENT)
    if signs.late:
        found.append(Flag.LATE)
    if signs.superseded:
        found.append(Flag.SUPERSEDED)
    if signs.devices > 1:
        found.append(Flag.DEVICES)
    if _clock_apart(signs, now):
        found.append(Flag.CLOCK)
    if signs.paused_at and signs.saved_at and signs.saved_at > signs.paused_at:
        found.append(Flag.PAUSED_SAVE)
    if signs.own_pause:
        found.append(Flag.OWN_PAUSE)
    if signs.granted_seconds:
        found.append(Flag.MORE_TIME)
    return found


def count_of(flag: Flag, signs: Signs) -> int:
    """How many a flag stands for; 1 where there is nothing to count."""
    counts = {
        Flag.LATE: signs.late,
        Flag.SUPERSEDED: signs.superseded,
        Flag.DEVICES: signs.devices,
        Flag.MORE_TIME: round(signs.granted_seconds / 60),
    }
    return counts.get(flag, 1)


def is_silent(signs: Signs, now: datetime) -> bool:
    """Has nothing been heard of the page for too long?"""
    return now - max(signs.seen_at or signs.started_at, signs.started_at) > SILENT_AFTER


def _clock_apart(signs: Signs, now: datetime) -> bool:
    """Does the device's clock say something else than ours, or has ours stepped back?"""
    if signs.saved_at is None:
        return False
    if signs.saved_at - now > CLOCK_APART:
        return True
    given = signs.device_clock or 0
    saved = int(signs.saved_at.timestamp() * 1_000_000)
    return given > FIRST_CLOCK and abs(given - saved) > CLOCK_APART / timedelta(microseconds=1)


def attention(state: str, flags: list[Flag]) -> int:
    """How much an attempt needs somebody: the higher the sooner. Ended ones come last whatever they hold."""
    if Flag.WAITING in flags:
        return 4
    if Flag.SILENT in flags:
        return 3
    if state in {"in_progress", "paused"}:
        return 2 if set(flags) - QUIET else 1
    return 0
