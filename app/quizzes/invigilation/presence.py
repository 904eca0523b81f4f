"""Signs of life, gathered in the process's memory and written down together.

2,000 pages that tell every 20 seconds that they are there would be 100 durable writes a second, each in line with
the answers. So a process notes them here, and the first request after ten seconds writes all of them in one
transaction. A process that dies takes at most ten seconds of signs with it; the next ones come by themselves.
"""

import threading
import uuid
from datetime import datetime, timedelta
from typing import Final

WRITE_EVERY: Final = timedelta(seconds=10)


class PresenceBook:
    """What this process has heard since it last wrote; shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[uuid.UUID, datetime] = {}
        self._written_at: datetime | None = None

    def note(self, attempt_id: uuid.UUID, now: datetime) -> dict[uuid.UUID, datetime]:
        """Note a sign of life; returns what is to be written now (by this caller alone), mostly nothing."""
        with self._lock:
            self._seen[attempt_id] = now
            if self._written_at is not None and timedelta(0) <= now - self._written_at < WRITE_EVERY:
                return {}
            self._written_at = now
            due, self._seen = self._seen, {}
            return due
