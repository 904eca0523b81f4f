import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Identified, Base):
    """One piece of work. Handlers are idempotent: a job whose worker died runs again when its lease ends."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state in ('queued','running','done','failed','cancelled')", name="state"),
        Index("ix_jobs_state_due", "state", "run_after"),
    )

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: At most one unfinished or finished job has this key; asking again returns the first.
    unique_key: Mapped[str | None] = mapped_column(unique=True)
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    run_after: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[uuid.UUID | None]
    finished_at: Mapped[datetime | None]
