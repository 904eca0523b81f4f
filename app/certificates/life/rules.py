"""When a result that runs out is announced, and from when it can be renewed. Pure."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

#: Holders are reminded so many days before the last day (issue of the platform's certificates: 90, 30 and 7).
REMINDERS: Final = (90, 30, 7)
#: How far the worklist looks ahead and back, in days.
HORIZON: Final = 180


def reminder_due(expires_on: date, sent: Collection[int], today: date) -> int | None:
    """The reminder to send today, if any: the nearest that is due and was not sent. None after the last day.

    A holder whose certificate was issued late gets one reminder, not all that she missed.
    """
    left = (expires_on - today).days
    due = [days for days in REMINDERS if left <= days]
    if left < 0 or not due or min(due) in sent:
        return None
    return min(due)


def renewal_opens(expires_on: date, opens_days: int) -> date:
    """The first day on which the next cycle may begin."""
    return expires_on - timedelta(days=opens_days)
