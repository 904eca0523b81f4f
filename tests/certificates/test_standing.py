"""Was it valid on that day? Answered from the events alone."""

from datetime import date, datetime, timedelta

import pytest

from app.certificates.rules import StatusKind
from app.certificates.standing import Change, DayOutcome, Standing, standing_on
from app.core import clock

pytestmark = pytest.mark.no_database
NOW = datetime(2026, 12, 31, 9, tzinfo=clock.ZONE)


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=clock.ZONE)


HISTORY = [
    Change(at(11, 1), StatusKind.AWAITING_NAMES, ""),
    Change(at(11, 2, 23), StatusKind.ISSUED, ""),
    Change(at(11, 20), StatusKind.SUSPENDED, "under_investigation"),
    Change(at(11, 25, 8), StatusKind.REINSTATED, ""),
    Change(at(11, 25, 20), StatusKind.REVOKED, "false_material"),
]


def on(day: date, events: list[Change] = HISTORY, until: str | None = None, result: str | None = None) -> Standing:
    return standing_on(day, events, until, result, NOW)


@pytest.mark.parametrize(
    ("day", "outcome", "changes", "later"),
    [
        (date(1, 1, 1), DayOutcome.NOT_YET, 0, 4),
        (date(2026, 11, 1), DayOutcome.NOT_YET, 0, 4),
        (date(2026, 11, 2), DayOutcome.VALID, 1, 3),
        (date(2026, 11, 19), DayOutcome.VALID, 0, 3),
        (date(2026, 11, 20), DayOutcome.SUSPENDED, 1, 2),
        (date(2026, 11, 24), DayOutcome.SUSPENDED, 0, 2),
        (date(2026, 11, 25), DayOutcome.REVOKED, 2, 0),
        (date(2026, 12, 31), DayOutcome.REVOKED, 0, 0),
        (date(2027, 1, 1), DayOutcome.AHEAD, 0, 0),
        (date.max, DayOutcome.AHEAD, 0, 0),
    ],
)
def test_each_day_has_its_answer(day: date, outcome: DayOutcome, changes: int, later: int) -> None:
    standing = on(day)
    assert (standing.outcome, len(standing.changes), len(standing.later)) == (outcome, changes, later)
    assert standing.is_today == (day == date(2026, 12, 31))


def test_a_day_is_a_day_in_beijing() -> None:
    """Issued at 23:00 in Beijing, which is still the afternoon in London: the day is that of Beijing."""
    utc = [Change(one.at.astimezone(None), one.kind, one.reason_class) for one in HISTORY[:2]]
    assert on(date(2026, 11, 2), utc).outcome is DayOutcome.VALID
    assert on(date(2026, 11, 1), utc).outcome is DayOutcome.NOT_YET


def test_an_end_of_validity_is_the_last_day() -> None:
    alone = HISTORY[:2]
    assert on(date(2026, 12, 1), alone, "2026-12-01").outcome is DayOutcome.VALID
    assert on(date(2026, 12, 2), alone, "2026-12-01").outcome is DayOutcome.EXPIRED
    assert on(date(2026, 11, 24), until="2026-11-21").outcome is DayOutcome.SUSPENDED, "what was said weighs more"


def test_the_result_has_a_validity_of_its_own() -> None:
    assert on(date(2026, 12, 1)).result_current is None
    assert on(date(2026, 12, 1), result="2026-12-01").result_current is True
    assert on(date(2026, 12, 2), result="2026-12-01").result_current is False
    assert on(date(2026, 11, 1), result="2026-12-01").result_current is None, "nothing was stated yet"


def test_what_was_answered_once_stays_answered() -> None:
    """However much happens afterwards, the answer for a day does not change."""
    for day in (date(2026, 11, 3) + timedelta(step) for step in range(30)):
        whole = on(day)
        known_then = [one for one in HISTORY if one.at.date() <= day]
        assert on(day, known_then).outcome is whole.outcome
