"""What an invigilator is told of an attempt, each sign at its bound; who is shown, in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.quizzes.invigilation.rules import (
    CLOCK_APART,
    QUIET,
    SILENT_AFTER,
    Flag,
    Signs,
    attention,
    count_of,
    flags_of,
    is_silent,
)

pytestmark = pytest.mark.no_database

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
TICK, MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
QUIETLY = Signs(
    state="in_progress",
    started_at=NOON - 10 * MINUTE,
    deadline_at=NOON + 20 * MINUTE,
    paused_at=None,
    saved_at=NOON - MINUTE,
    seen_at=NOON,
    late=0,
    superseded=0,
    devices=1,
    device_clock=None,
)


def clock(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("signs", "flags"),
    [
        ({}, []),
        ({"saved_at": None, "devices": 0}, []),
        ({"state": "waiting", "seen_at": None}, [Flag.WAITING]),
        ({"seen_at": NOON - SILENT_AFTER}, []),
        ({"seen_at": NOON - SILENT_AFTER - TICK}, [Flag.SILENT]),
        ({"seen_at": NOON - SILENT_AFTER - TICK, "state": "paused"}, []),
        ({"seen_at": None}, [Flag.SILENT]),
        # Let in a moment ago: what was heard of her before does not count against her.
        ({"seen_at": NOON - 9 * MINUTE, "started_at": NOON - SILENT_AFTER}, []),
        ({"late": 1}, [Flag.LATE]),
        ({"superseded": 1}, [Flag.SUPERSEDED]),
        ({"devices": 2}, [Flag.DEVICES]),
        ({"saved_at": NOON + CLOCK_APART}, []),
        ({"saved_at": NOON + CLOCK_APART + TICK}, [Flag.CLOCK]),
        ({"device_clock": clock(NOON - MINUTE + CLOCK_APART)}, []),
        ({"device_clock": clock(NOON - MINUTE + CLOCK_APART) + 1}, [Flag.CLOCK]),
        ({"device_clock": clock(NOON - MINUTE - CLOCK_APART)}, []),
        ({"device_clock": clock(NOON - MINUTE - CLOCK_APART) - 1}, [Flag.CLOCK]),
        ({"device_clock": 7}, []),
        ({"device_clock": 10**15}, []),
        ({"device_clock": 10**15 + 1}, [Flag.CLOCK]),
        ({"state": "paused", "paused_at": NOON - MINUTE}, []),
        ({"state": "paused", "paused_at": NOON - MINUTE - TICK}, [Flag.PAUSED_SAVE]),
        ({"state": "paused", "paused_at": NOON, "saved_at": None}, []),
        ({"own_pause": True, "granted_seconds": 450}, [Flag.OWN_PAUSE, Flag.MORE_TIME]),
        (
            {"seen_at": None, "late": 2, "superseded": 1, "devices": 3, "device_clock": 10**15 + 1},
            [Flag.SILENT, Flag.LATE, Flag.SUPERSEDED, Flag.DEVICES, Flag.CLOCK],
        ),
    ],
)
def test_what_there_is_to_know_of_an_attempt(signs: dict[str, object], flags: list[Flag]) -> None:
    assert flags_of(replace(QUIETLY, **signs), NOON) == flags  # type: ignore[arg-type]


def test_an_attempt_never_heard_of_is_silent_from_its_start() -> None:
    signs = replace(QUIETLY, seen_at=None, started_at=NOON)
    assert [is_silent(signs, NOON + SILENT_AFTER + late) for late in (timedelta(0), TICK)] == [False, True]


def test_flags_count_what_can_be_counted() -> None:
    signs = replace(QUIETLY, late=2, superseded=3, devices=4, granted_seconds=450)
    found = {flag: count_of(flag, signs) for flag in Flag}
    assert {flag: count for flag, count in found.items() if count != 1} == {
        Flag.LATE: 2,
        Flag.SUPERSEDED: 3,
        Flag.DEVICES: 4,
        Flag.MORE_TIME: 8,
    }


@pytest.mark.parametrize(
    ("state", "flags", "needed"),
    [
        ("waiting", [Flag.WAITING], 4),
        ("in_progress", [Flag.SILENT, Flag.LATE], 3),
        ("in_progress", [Flag.LATE, Flag.MORE_TIME], 2),
        ("paused", [Flag.PAUSED_SAVE], 2),
        ("paused", sorted(QUIET), 1),
        ("in_progress", [], 1),
        ("submitted", [Flag.LATE], 0),
        ("voided", [], 0),
    ],
)
def test_who_needs_somebody_comes_first(state: str, flags: list[Flag], needed: int) -> None:
    assert attention(state, flags) == needed
