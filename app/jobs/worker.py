"""The worker: processes that take identifiers from the queue, and one that sweeps.

huey's consumer restarts a process that died. Each process leaves when its parent is gone, so that killing the
consumer leaves nobody behind.
"""

import gc
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from flask import Flask
from huey.consumer import Consumer, Scheduler, Worker, WorkerRecycle
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings
from app.core import clock
from app.core.database import db
from app.jobs import services
from app.jobs.queries import due_jobs
from app.jobs.queue import JobQueue
from app.jobs.registry import kind_named, sweeps

#: The signals that stop the worker.
STOPPING = (signal.SIGINT, signal.SIGTERM)

#: Messages in the queue beyond which the sweep sends no more; workers have enough to do.
BACKLOG = 200

log = structlog.get_logger()


def resend_due_jobs(queue: JobQueue) -> None:
    """Send what is due and may have been lost: waiting jobs, and those whose worker died."""
    room = BACKLOG - queue.length()
    if room > 0:
        for job_id in due_jobs(clock.now(), limit=room):
            queue.send(job_id)


@contextmanager
def kept_lease(app: Flask, claim: services.Claim) -> Iterator[None]:
    """Renew a claim's lease from a thread while the block runs, up to the time limit of its kind."""
    settings: Settings = app.extensions["academy.settings"]
    finished = threading.Event()
    until = time.monotonic() + kind_named(claim.kind).time_limit

    def renew() -> None:
        while not finished.wait(settings.job_lease_seconds / 3) and time.monotonic() < until:
            with app.app_context():
                try:
                    services.renew_lease(claim)
                except SQLAlchemyError as error:  # a busy database: the next beat tries again
                    log.warning("lease not renewed", job=str(claim.job_id), error=repr(error))

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


class FaithfulWorker(Worker):  # type: ignore[misc] # huey has no types
    """Leaves with its parent; between two jobs, never during one."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.parent = os.getpid()

    def initialize(self) -> None:
        super().initialize()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def loop(self, now: datetime | None = None) -> None:
        if os.getppid() != self.parent:
            raise WorkerRecycle
        super().loop(now)


class Sweeper(Scheduler):  # type: ignore[misc] # huey has no types
    """Stands where huey has its scheduler: runs the registered sweeps, each at its own interval."""

    process_name = "Sweeper"

    def __init__(self, app: Flask, queue: JobQueue, **options: object) -> None:
        super().__init__(**options)
        self.app, self.queue = app, queue
        self.parent = os.getpid()
        self.due: dict[str, float] = {}

    def initialize(self) -> None:
        super().initialize()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def loop(self, now: datetime | None = None) -> None:
        if os.getppid() != self.parent:
            raise WorkerRecycle
        settings: Settings = self.app.extensions["academy.settings"]
        self._run("jobs.resend", settings.job_sweep_seconds, lambda: resend_due_jobs(self.queue))
        for name, (seconds, sweep) in sweeps().items():
            self._run(name, seconds, sweep)
        self.stop_flag.wait(min(settings.job_sweep_seconds, 1.0))

    def _run(self, name: str, seconds: float, sweep: Callable[[], None]) -> None:
        if time.monotonic() < self.due.get(name, 0):
            return
        self.due[name] = time.monotonic() + seconds
        with self.app.app_context():
            try:
                sweep()
            except Exception as error:  # noqa: BLE001 - one failing sweep must not stop the others
                db.session.rollback()
                log.error("sweep failed", sweep=name, error=repr(error))


class JobConsumer(Consumer):  # type: ignore[misc] # huey has no types
    """huey's consumer with our worker and sweeper."""

    worker_class = FaithfulWorker

    def __init__(self, app: Flask, queue: JobQueue, workers: int) -> None:
        self.app, self.queue = app, queue
        super().__init__(
            queue.open(),
            workers=workers,
            worker_type="process",
            max_delay=0.5,
            health_check_interval=0.5,
            shutdown_timeout=20,
        )

    def start(self) -> None:
        """Start the processes; a signal that comes meanwhile waits until huey can act on it.

        Without the mask it would end this process between two forks, and leave it waiting for ever for
        children that nobody told to stop.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        gc.collect()
        gc.freeze()  # what was imported stays in pages that the processes share: no collection touches it
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)

    def _create_scheduler(self) -> Sweeper:
        return Sweeper(self.app, self.queue, huey=self.huey, stop_flag=self.stop_flag, interval=1, periodic=False)


def work(app: Flask, queue: JobQueue, workers: int) -> None:
    """Run jobs until told to stop. SIGINT lets running jobs end; SIGTERM puts them back into the queue."""

    def run(job_id: uuid.UUID) -> None:
        with app.app_context():
            services.run_job(job_id, lambda claim: kept_lease(app, claim))

    queue.run = run
    with app.app_context():
        db.engine.dispose()  # the processes to come must not share a connection
    JobConsumer(app, queue, workers).run()
