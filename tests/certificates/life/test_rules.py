from datetime import date, timedelta

import pytest

from app.certificates.life.rules import reminder_due, renewal_opens

pytestmark = pytest.mark.no_database

LAST = date(2029, 11, 20)


@pytest.mark.parametrize(
    ("left", "sent", "due"),
    [
        (91, (), None),
        (90, (), 90),
        (60, (90,), None),
        (30, (90,), 30),
        (29, (), 30),
        (7, (90, 30), 7),
        (0, (90, 30), 7),
        (3, (7,), None),
        (-1, (), None),
    ],
)
def test_one_reminder_at_each_mark(left: int, sent: tuple[int, ...], due: int | None) -> None:
    assert reminder_due(LAST, sent, LAST - timedelta(days=left)) == due


def test_every_day_of_the_last_quarter_sends_three_in_all() -> None:
    sent: list[int] = []
    for left in range(120, -10, -1):
        due = reminder_due(LAST, sent, LAST - timedelta(days=left))
        if due is not None:
            sent.append(due)
    assert sent == [90, 30, 7]


def test_the_window_opens_before_the_last_day() -> None:
    assert renewal_opens(LAST, 90) == date(2029, 8, 22)
