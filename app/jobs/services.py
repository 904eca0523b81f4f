"""Enqueue, claim and run jobs."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update

from app.core import clock
from app.core.access import Actor
from app.core.database import after_commit, db, transaction
from app.jobs.models import Job, JobState
from app.jobs.registry import Assignment, kind_named

LEASE = timedelta(seconds=60)
BACKOFF = (5, 30, 120, 600)  # seconds before the next try

log = structlog.get_logger()

_send: Callable[[uuid.UUID], None] | None = None


def send_through(sender: Callable[[uuid.UUID], None] | None) -> None:
    """Where a committed job's id goes at once; without a queue the worker's sweep finds it."""
    global _send  # noqa: PLW0603 - set once, when the process starts
    _send = sender


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
    after_commit(lambda: _send(job_id) if _send else None)
    return job


def due_jobs(now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Jobs that wait, or whose worker let the lease run out; oldest first."""
    statement = (
        select(Job.id)
        .where(
            or_(
                (Job.state == JobState.QUEUED) & (Job.run_after <= now),
                (Job.state == JobState.RUNNING) & (Job.lease_until < now),
            )
        )
        .order_by(Job.run_after)
        .limit(limit)
    )
    return list(db.session.scalars(statement))


def _claim(job_id: uuid.UUID, now: datetime) -> Job | None:
    with transaction() as session:
        claimed = session.execute(
            update(Job)
            .where(
                Job.id == job_id,
                or_(
                    (Job.state == JobState.QUEUED) & (Job.run_after <= now),
                    (Job.state == JobState.RUNNING) & (Job.lease_until < now),
                ),
            )
            .values(state=JobState.RUNNING, lease_until=now + LEASE, attempts=Job.attempts + 1, error="")
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount == 0:  # type: ignore[attr-defined]
            return None
        return session.get(Job, job_id, populate_existing=True)


def _report(job_id: uuid.UUID, attempt: int) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        with transaction() as session:
            session.execute(
                update(Job)
                .where(Job.id == job_id, Job.attempts == attempt)
                .values(done=done, total=total, lease_until=clock.now() + LEASE)
                .execution_options(synchronize_session=False)
            )

    return report


def _finish(job: Job, **values: Any) -> None:
    with transaction() as session:
        session.execute(
            update(Job)
            .where(Job.id == job.id, Job.attempts == job.attempts)
            .values(lease_until=None, **values)
            .execution_options(synchronize_session=False)
        )


def run_job(job_id: uuid.UUID) -> bool:
    """Claim and run one job; False when somebody else has it or it is not due.

    A handler's exception is recorded and the job is tried again later, up to its kind's limit.
    """
    job = _claim(job_id, clock.now())
    if job is None:
        return False
    kind = kind_named(job.kind)
    try:
        kind.handler(Assignment(job.id, job.payload, _report(job.id, job.attempts)))
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is recorded with its job
        db.session.rollback()
        log.warning("job failed", job=str(job.id), kind=job.kind, attempt=job.attempts, error=repr(error))
        if job.attempts >= kind.max_attempts:
            _finish(job, state=JobState.FAILED, error=repr(error), finished_at=clock.now())
        else:
            wait = BACKOFF[min(job.attempts, len(BACKOFF)) - 1]
            _finish(
                job,
                state=JobState.QUEUED,
                error=repr(error),
                run_after=clock.now() + timedelta(seconds=wait),
            )
        return True
    _finish(job, state=JobState.DONE, finished_at=clock.now())
    return True


def run_due_jobs(limit: int = 1000) -> int:
    """Run everything due, one after the other, in this process (commands, the demonstration, tests)."""
    count = 0
    while count < limit:
        ids = due_jobs(clock.now())
        db.session.rollback()
        ran = [run_job(job_id) for job_id in ids]
        count += sum(ran)
        if not any(ran):
            return count
    return count
