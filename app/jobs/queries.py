"""Which jobs there are, and which are due."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from app.core.database import db
from app.jobs.models import Job, JobState


def is_due(now: datetime) -> ColumnElement[bool]:
    """A job that waits, or whose worker let the lease run out."""
    return or_(
        (Job.state == JobState.QUEUED) & (Job.run_after <= now),
        (Job.state == JobState.RUNNING) & (Job.lease_until < now),
    )


def due_jobs(now: datetime, limit: int = 100) -> list[uuid.UUID]:
    """Jobs somebody should run now, oldest first."""
    return list(db.session.scalars(select(Job.id).where(is_due(now)).order_by(Job.run_after).limit(limit)))


def list_jobs(*states: JobState, limit: int = 50) -> Sequence[Job]:
    """The newest jobs, of the given states only if there are any."""
    statement = select(Job).order_by(Job.created_at.desc()).limit(limit)
    if states:
        statement = statement.where(Job.state.in_(states))
    return db.session.scalars(statement).all()
