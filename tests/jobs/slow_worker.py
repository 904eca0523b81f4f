"""A worker with kinds of job for tests: ``python -m tests.jobs.slow_worker``.

Each handler writes a line to DATA_DIR/ran when it begins and one when it ends; in between it waits for the
file DATA_DIR/gate. With STOP_AT_FORK the worker is sent SIGINT between the starts of its processes.
"""

import os
import signal
import threading
from pathlib import Path

from app.factory import create_app
from app.jobs.registry import Assignment, every, handles
from app.jobs.worker import work


def note(app_folder: Path, line: str) -> None:
    """Append a line, whole, whoever else writes."""
    handle = os.open(app_folder / "ran", os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(handle, f"{line} {os.getpid()}\n".encode())
    os.close(handle)


def main() -> None:
    app = create_app()
    folder: Path = app.extensions["academy.settings"].data_dir

    @handles("test.wait")
    def wait(job: Assignment) -> None:
        note(folder, f"begin {job.payload['name']}")
        pause = threading.Event()
        while not (folder / "gate").exists():
            pause.wait(0.01)
        note(folder, f"end {job.payload['name']}")

    @handles("test.fail", max_attempts=1)
    def fail(job: Assignment) -> None:
        note(folder, f"begin {job.payload['name']}")
        raise RuntimeError("this always fails")

    @every("test.sweep", 1)
    def sweep() -> None:
        note(folder, "sweep")
        raise RuntimeError("a sweep that fails stops no other")

    if "STOP_AT_FORK" in os.environ:
        os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
    work(app, app.extensions["academy.job_queue"], workers=2)


if __name__ == "__main__":
    main()
