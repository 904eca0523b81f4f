"""Decisions of invigilators, appended and never changed; and when a candidate's page was last heard of."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json


class Decision(StrEnum):
    """What was decided about an attempt, by an invigilator unless it says otherwise."""

    RELEASE = "release"
    REFUSE = "refuse"
    EXTEND = "extend"
    PAUSE = "pause"
    RESUME = "resume"
    VOID = "void"
    REOPEN = "reopen"
    COUNT_LATE = "count_late"
    #: Something was granted to the candidate while she sat it.
    ACCOMMODATION = "accommodation"
    #: The candidate paused by herself, and went on (or the server let it go on).
    OWN_PAUSE = "own_pause"
    OWN_RESUME = "own_resume"


class Intervention(Identified, Base):
    """A decision about one attempt, with its reason; the database refuses changes."""

    __tablename__ = "attempt_interventions"
    __table_args__ = (
        UniqueConstraint("attempt_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"))
    #: 1, 2, 3 … within the attempt (``Attempt.decisions``).
    number: Mapped[int]
    decision: Mapped[Decision]
    actor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    #: Shown to the candidate; empty only where none is needed: a release without a note, pauses of her own.
    reason: Mapped[str]
    #: What came of it, as JSON: state and deadline from then on, and what each decision adds (minutes, means …).
    details: Mapped[dict[str, Any]] = mapped_column(Json)


class Presence(Base):
    """When a candidate's page was last heard of.

    No foreign key: a sign of life must never wait for the lock under which an answer is taken.
    """

    __tablename__ = "attempt_presences"

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
