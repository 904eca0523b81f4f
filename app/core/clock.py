"""The only source of the present time; everything stored is UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

#: Where the days of certificates, terms, cohorts and records begin and end.
ZONE: Final = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present moment in UTC, aware."""
    return _frozen.get() or datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The day in China on which this moment falls: from four in the afternoon UTC the next one."""
    return moment.astimezone(ZONE).date()


@contextmanager
def frozen_at(moment: datetime) -> Iterator[datetime]:
    """Hold the clock at a moment: for tests and for replaying history when the demonstration is made."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _frozen.reset(token)
