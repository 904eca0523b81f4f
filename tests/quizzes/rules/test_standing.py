"""Who may start when, what is granted to one candidate, how long she has: each rule at its bound."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.quizzes.rules import (
    Allowance,
    Pauses,
    QuizSettings,
    Refusal,
    deadline,
    granted,
    pauses,
    percent_of,
    standing,
)

pytestmark = pytest.mark.no_database

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PLAIN = QuizSettings(minutes=30, pass_mark=60)
WINDOW = replace(PLAIN, opens_at=NOON, closes_at=NOON + 8 * HOUR, cooling_off_hours=2)


@pytest.mark.parametrize(
    ("settings", "ended", "now", "refusal", "next_start"),
    [
        (PLAIN, (), NOON, None, None),
        (PLAIN, (0, 1, 2), NOON + 2 * HOUR, None, None),
        (replace(PLAIN, cooling_off_hours=2), (0,), NOON + HOUR, Refusal.COOLING_OFF, NOON + 2 * HOUR),
        (WINDOW, (), NOON - SECOND, Refusal.NOT_OPEN, NOON),
        (WINDOW, (-3,), NOON - SECOND, Refusal.NOT_OPEN, NOON),
        (WINDOW, (-1,), NOON - SECOND, Refusal.NOT_OPEN, NOON + HOUR),
        (WINDOW, (), NOON, None, None),
        (WINDOW, (), NOON + 8 * HOUR - SECOND, None, None),
        (WINDOW, (), NOON + 8 * HOUR, Refusal.CLOSED, None),
        (WINDOW, (1, 0), NOON + 3 * HOUR - SECOND, Refusal.COOLING_OFF, NOON + 3 * HOUR),
        (WINDOW, (1, 0), NOON + 3 * HOUR, None, None),
        (WINDOW, (5,), NOON + 6 * HOUR, Refusal.COOLING_OFF, NOON + 7 * HOUR),
        (WINDOW, (6,), NOON + 7 * HOUR, Refusal.CLOSED, None),
        (replace(WINDOW, attempts=2), (-9,), NOON, None, None),
        (replace(WINDOW, attempts=1), (-9,), NOON - SECOND, Refusal.NONE_LEFT, None),
        (replace(WINDOW, attempts=1), (0,), NOON + 8 * HOUR, Refusal.CLOSED, None),
    ],
)
def test_who_may_start_when(
    settings: QuizSettings, ended: tuple[int, ...], now: datetime, refusal: Refusal | None, next_start: datetime
) -> None:
    """``ended``: hours from noon."""
    found = standing(settings, [NOON + hours * HOUR for hours in ended], now)
    assert (found.refusal, found.next_start) == (refusal, next_start)
    left = settings.attempts and settings.attempts - len(ended)
    assert (found.attempts_used, found.attempts_left) == (len(ended), left)


def test_more_attempts_than_there_are_leave_none() -> None:
    """A stricter revision came between them."""
    assert standing(replace(PLAIN, attempts=1), [NOON, NOON], NOON).attempts_left == 0


def test_what_was_granted_widens_the_rules_for_one() -> None:
    more = granted(replace(WINDOW, attempts=2), Allowance(extra_attempts=3))
    assert (more.attempts, more.opens_at, more.closes_at) == (5, WINDOW.opens_at, WINDOW.closes_at)
    assert granted(PLAIN, Allowance(extra_attempts=3)).attempts is None
    earlier, later = NOON - 2 * HOUR, NOON + 9 * HOUR
    assert granted(WINDOW, Allowance(opens_at=earlier, closes_at=later)).opens_at == earlier
    # Only another end, before the general opening: from when on is left to whoever granted it.
    for closes_at in (NOON - HOUR, NOON):
        only_end = granted(WINDOW, Allowance(closes_at=closes_at))
        assert (only_end.opens_at, only_end.closes_at) == (None, closes_at)


def test_the_more_generous_of_two_grants_holds_in_every_respect() -> None:
    one = Allowance(5, Decimal("1.5"), 1, NOON, NOON + HOUR, pause_minutes=10, pauses=2)
    other = Allowance(7, Decimal("1.25"), 0, NOON - HOUR, NOON, pause_minutes=5, pauses=3)
    both = Allowance(7, Decimal("1.5"), 1, NOON - HOUR, NOON + HOUR, pause_minutes=10, pauses=3)
    assert one.joined(other) == other.joined(one) == both
    assert one.joined(Allowance(pause_minutes=1)).pauses is None
    assert one.joined(Allowance()) == Allowance().joined(one) == one
    assert Allowance.from_json(both.as_json()) == both
    assert Allowance.from_json({}) == Allowance.from_json(Allowance().as_json()) == Allowance()


def test_the_time_is_the_limit_by_the_factor_and_the_minutes_within_the_window() -> None:
    allowance = Allowance(extra_minutes=10, time_factor=Decimal("1.25"))
    assert deadline(PLAIN, Allowance(), NOON) == NOON + timedelta(minutes=30)
    assert deadline(PLAIN, allowance, NOON) == NOON + timedelta(minutes=47, seconds=30)
    shut = replace(PLAIN, closes_at=NOON + timedelta(minutes=40))
    assert deadline(shut, allowance, NOON) == shut.closes_at
    assert deadline(shut, Allowance(closes_at=NOON + HOUR), NOON) == NOON + timedelta(minutes=30)


def test_pauses_of_everybody_know_no_number_and_those_granted_may() -> None:
    everybody, hers = replace(PLAIN, pause_minutes=5), Allowance(pause_minutes=10, pauses=2)
    assert pauses(everybody, hers) == Pauses(15 * 60, None)
    assert pauses(PLAIN, hers) == Pauses(10 * 60, 2)
    assert pauses(PLAIN, Allowance()) == pauses(PLAIN, Allowance(pauses=2)) == Pauses(0, None)
    left = pauses(PLAIN, hers)
    assert left.after(1, 200) == Pauses(400, 1)
    assert left.after(2, 200) == left.after(3, 200) == Pauses(0, 0)
    assert left.after(0, 0) == left
    assert left.after(1, 600) == left.after(1, 700) == Pauses(0, 1)
    assert pauses(everybody, Allowance()).after(7, 299) == Pauses(1, None)


def test_per_cent_to_five_places() -> None:
    assert percent_of(Decimal(2), Decimal(3)) == Decimal("66.66667")
    assert percent_of(Decimal(0), Decimal(0)) == 0
