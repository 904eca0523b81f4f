"""Enqueue, claim and run jobs."""

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update

from app.core import clock
from app.core.access import Actor
from app.core.database import after_commit, db, release, transaction
from app.core.errors import Conflict, NotFound
from app.jobs.models import Job, JobState
from app.jobs.queries import due_jobs, is_due
from app.jobs.registry import Assignment, Hopeless, kind_named

BACKOFF = (5, 30, 120, 600)  # seconds before the next try
#: The error of a job whose every try ended with its worker.
WORKERS_DIED = "its worker died every time"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this process has taken; a plain value, which no rollback of a handler expires."""

    job_id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempt: int


#: Keeps a claim's lease alive while its handler runs; the worker gives one with a thread of its own.
Keeper = Callable[[Claim], AbstractContextManager[object]]

_send: Callable[[uuid.UUID], None] | None = None
_lease = timedelta(seconds=60)


def send_through(sender: Callable[[uuid.UUID], None] | None) -> None:
    """Where a committed job's id goes at once; without a queue the worker's sweep finds it."""
    global _send  # noqa: PLW0603 - set once, when the process starts
    _send = sender


def sender() -> Callable[[uuid.UUID], None] | None:
    """What send_through() was last given."""
    return _send


def lease_for(seconds: float) -> None:
    """How long a worker may be silent before its job runs again elsewhere."""
    global _lease  # noqa: PLW0603 - set once, when the process starts
    _lease = timedelta(seconds=seconds)


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    unique_key: str | None = None,
    run_after: datetime | None = None,
    actor: Actor | None = None,
) -> Job:
    """Ask for work in the present transaction; it leaves after the commit.

    With a ``unique_key`` already known the first job is returned unchanged.
    """
    if unique_key is not None:
        known = db.session.scalar(select(Job).where(Job.unique_key == unique_key))
        if known is not None:
            return known
    job = Job(
        kind=kind,
        payload=payload,
        unique_key=unique_key,
        run_after=run_after or clock.now(),
        requested_by=actor.person_id if actor else None,
    )
    db.session.add(job)
    db.session.flush()
    job_id = job.id
    if job.run_after <= clock.now():
        after_commit(lambda: _send(job_id) if _send else None)
    return job


def enqueue_all(kind: str, work: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Ask for much work of a kind at once, as (unique key, payload); the keys are new."""
    now = clock.now()
    found = [Job(kind=kind, payload=payload, unique_key=key, run_after=now) for key, payload in work]
    db.session.add_all(found)
    db.session.flush()
    ids = [job.id for job in found]

    def send() -> None:
        if _send is not None:
            for job_id in ids:
                _send(job_id)

    after_commit(send)


def _claim(job_id: uuid.UUID, now: datetime) -> Claim | None:
    with transaction() as session:
        row = session.execute(
            update(Job)
            .where(Job.id == job_id, is_due(now))
            .values(state=JobState.RUNNING, lease_until=now + _lease, attempts=Job.attempts + 1, error="")
            .returning(Job.kind, Job.payload, Job.attempts)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    return Claim(job_id, row.kind, row.payload, row.attempts) if row else None


def _update(claim: Claim, **values: Any) -> None:
    """Change the job's row; does nothing once another worker has taken the job."""
    with transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == claim.job_id, Job.attempts == claim.attempt, Job.state == JobState.RUNNING)
            .values(**values)
            .execution_options(synchronize_session=False)
        )


def renew_lease(claim: Claim) -> None:
    """Say that the job's worker is alive."""
    _update(claim, lease_until=clock.now() + _lease)


def _put_back(claim: Claim, error: BaseException, max_attempts: int) -> None:
    log.warning("job failed", job=str(claim.job_id), kind=claim.kind, attempt=claim.attempt, error=repr(error))
    if claim.attempt >= max_attempts:
        _update(claim, state=JobState.FAILED, lease_until=None, error=repr(error), finished_at=clock.now())
        return
    wait = timedelta(seconds=BACKOFF[min(claim.attempt, len(BACKOFF)) - 1])
    _update(claim, state=JobState.QUEUED, lease_until=None, error=repr(error), run_after=clock.now() + wait)


def run_job(job_id: uuid.UUID, keeper: Keeper = nullcontext) -> bool:
    """Claim and run one job; False when somebody else has it or it is not due.

    A handler's exception is recorded and the job is tried again later, up to its kind's limit (``Hopeless``: no
    more). When the process is told to stop, the job goes back to the queue at once.
    """
    claim = _claim(job_id, clock.now())
    if claim is None:
        return False
    try:
        kind = kind_named(claim.kind)
    except KeyError as error:
        _put_back(claim, error, max_attempts=len(BACKOFF))
        return True
    if claim.attempt > kind.max_attempts:  # every try ended with a dead worker
        _update(claim, state=JobState.FAILED, lease_until=None, error=WORKERS_DIED, finished_at=clock.now())
        return True

    def report(done: int, total: int) -> None:
        _update(claim, done=done, total=total, lease_until=clock.now() + _lease)

    try:
        with keeper(claim):
            kind.handler(Assignment(job_id, claim.payload, report))
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is recorded with its job
        db.session.rollback()
        _put_back(claim, error, 0 if isinstance(error, Hopeless) else kind.max_attempts)
        return True
    except BaseException:
        db.session.rollback()
        _update(claim, state=JobState.QUEUED, lease_until=None, run_after=clock.now())
        raise
    release()  # what a handler merely read must not stand in the way
    _update(claim, state=JobState.DONE, lease_until=None, finished_at=clock.now())
    return True


def retry_job(job_id: uuid.UUID, now: datetime) -> Job:
    """Let a failed job run again from the start. Raises NotFound, and Conflict when it has not failed."""
    job = db.session.get(Job, job_id)
    if job is None:
        raise NotFound(f"no job has the identifier {job_id}")
    if job.state is not JobState.FAILED:
        raise Conflict(f"the job is {job.state.value}; only a failed one can be tried again")
    job.state, job.attempts, job.run_after, job.finished_at, job.error = JobState.QUEUED, 0, now, None, ""
    after_commit(lambda: _send(job_id) if _send else None)
    return job


def run_due_jobs(limit: int = 1000) -> int:
    """Run everything due, one after the other, in this process (commands, the demonstration, tests)."""
    count = 0
    while count < limit:
        ids = due_jobs(clock.now())
        release()
        ran = [run_job(job_id) for job_id in ids]
        count += sum(ran)
        if not any(ran):
            return count
    return count
