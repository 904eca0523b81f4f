"""Processes whose clock a test can set: libfaketime in front of the real one."""

import subprocess
from datetime import timedelta
from pathlib import Path

from tests.support.processes import Site


class ProcessClock:
    """The clock of every process that the site starts from now on; they look at it at each call."""

    def __init__(self, site: Site) -> None:
        library = next(Path("/usr/lib").glob("**/faketime/libfaketimeMT.so.1"), None)
        assert library is not None, "the package faketime is missing: script/setup --test installs it"
        self._file = site.folder / "clock"
        self.set(timedelta())
        site.environment |= {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # what measures durations goes on, as it does on a real machine
            "NO_FAKE_STAT": "1",
        }

    def set(self, ahead: timedelta) -> None:
        """Step so far ahead of the real time, or behind it."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{ahead.total_seconds():+.0f}\n")
        new.replace(self._file)


def forget_clock(process: subprocess.Popen[str]) -> None:
    """Remove what the library leaves in shared memory of a process that was killed."""
    for path in Path("/dev/shm").glob(f"*faketime_*_{process.pid}"):  # noqa: S108 - where the library puts it
        path.unlink()
