"""Bodies that arrive slowly, one at a time in a process: each holds a thread of the web server meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: Whoever has sent nothing whole for so long is not waited for any more.
STALE_SECONDS: Final = 120.0


class Turn:
    """Lets one in; the others come again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: object | None = None
        self._since = 0.0

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """True for the one who may go on."""
        mine = object()
        with self._lock:
            free = self._holder is None or time.monotonic() - self._since > STALE_SECONDS
            if free:
                self._holder, self._since = mine, time.monotonic()
        try:
            yield free
        finally:
            with self._lock:
                if self._holder is mine:
                    self._holder = None
