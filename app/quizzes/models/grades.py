"""Grades are appended, run by run; the result that counts is the attempt's last applied run."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json
from app.quizzes.models.attempts import Attempt
from app.quizzes.results import Treatment


class GradeRun(Identified, Base):
    """One pass of a grader: at submission over one attempt, at a regrade over many."""

    __tablename__ = "grade_runs"

    #: ``submission``; ``late_answers`` (an invigilator let some count); ``marking`` (people's marks joined to the
    #: machine's grades); ``release`` (the same, held until then); ``regrade``.
    cause: Mapped[str]
    grader_version: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    #: None where answers waited for a person or results are held: a ``marking`` or ``release`` run follows then.
    applied_at: Mapped[datetime | None]


class Grade(Identified, Base):
    """What one question of one attempt earned in one run, and from which event."""

    __tablename__ = "grades"
    __table_args__ = (
        UniqueConstraint("run_id", "item_id"),
        CheckConstraint("fraction between 0 and 100000", name="fraction"),
        CheckConstraint("certainty_mark between -6 and 3", name="certainty_mark"),
        CheckConstraint("treatment in ('graded','dropped','full_marks')", name="treatment"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grade_runs.id"))
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"), index=True)
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt_items.id"))
    #: The revision it was graded by: the one on the paper, or the one that a regrade corrected.
    question_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revisions.id"), index=True)
    treatment: Mapped[Treatment] = mapped_column(default=Treatment.GRADED, server_default=Treatment.GRADED.value)
    #: None: nothing was answered.
    event_ordinal: Mapped[int | None]
    #: Between 0 and 1.
    fraction: Mapped[Decimal]
    marks: Mapped[Decimal]
    #: Per part (``grading.Graded.parts``).
    parts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: What her certainty earned; None where none was asked. Never part of ``marks``.
    certainty_mark: Mapped[int | None]
    #: Parts a person has to mark → share of the question (``grading.NeedsMarking``); the run is not applied then.
    waiting: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class AttemptResult(Identified, Base):
    """The sum of an attempt in one run."""

    __tablename__ = "attempt_results"
    __table_args__ = (
        UniqueConstraint("run_id", "attempt_id"),
        Index("ix_attempt_results_attempt", "attempt_id"),
        CheckConstraint("percent between 0 and 10000000", name="percent"),
    )

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grade_runs.id"))
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"))
    earned: Mapped[Decimal]
    possible: Mapped[Decimal]
    percent: Mapped[Decimal]
    passed: Mapped[bool]


#: Joins a sitting and its result that counts now, and a sitting and its grades that count.
RESULT_COUNTS: Final = (AttemptResult.attempt_id == Attempt.id) & (AttemptResult.run_id == Attempt.grade_run_id)
GRADE_COUNTS: Final = (Grade.attempt_id == Attempt.id) & (Grade.run_id == Attempt.grade_run_id)
