"""Regrades, and what a dry run found that each would change."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json
from app.quizzes.regrading.rules import Correction, Figures, RegradeState, Scope
from app.quizzes.results import Outcome, Treatment


class Regrade(Identified, Base):
    """A correction of how one revision of a question is graded, over a scope of sittings.

    The revision stays as it was published. What the correction makes of it is a revision of its own, by which the
    grades of ``run_id`` are made; the bank's present one only if ``corrects_bank``.
    """

    __tablename__ = "regrades"
    __table_args__ = (
        CheckConstraint(
            "state in ('trying','tried','impossible','applying','applied','giving_up','given_up','discarded')",
            name="state",
        ),
        CheckConstraint("treatment in ('graded','dropped','full_marks')", name="treatment"),
        CheckConstraint("(group_kind IS NULL) = (group_id IS NULL)", name="group"),
        CheckConstraint(
            "(state in ('applying','applied','giving_up','given_up')) = (approved_by IS NOT NULL"
            " AND approved_at IS NOT NULL AND run_id IS NOT NULL AND graded_by_id IS NOT NULL"
            " AND reason <> '' AND notice <> '')",
            name="approved",
        ),
        CheckConstraint("(state = 'applied') = (applied_at IS NOT NULL)", name="applied"),
        CheckConstraint(
            "(state in ('giving_up','given_up')) = (given_up_by IS NOT NULL AND given_up_at IS NOT NULL"
            " AND back_run_id IS NOT NULL AND giving_up_reason <> '')",
            name="given_up",
        ),
        CheckConstraint("(state = 'given_up') = (taken_back_at IS NOT NULL)", name="taken_back"),
        Index("ix_regrades_standing", "question_revision_id", "approved_at"),
    )

    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    question_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revisions.id"))
    treatment: Mapped[Treatment]
    #: ``rules.Correction.changes``.
    changes: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    corrects_bank: Mapped[bool] = mapped_column(default=False)

    quiz_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("quizzes.id"))
    group_kind: Mapped[str | None]
    group_id: Mapped[uuid.UUID | None]
    group_label: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    #: Whose candidates: the organisations where its author teaches, as hex; None: everybody's.
    organisations: Mapped[list[str] | None] = mapped_column(Json)

    state: Mapped[RegradeState] = mapped_column(default=RegradeState.TRYING)
    #: ``rules.Problem``: why it is impossible, or why applying it stopped.
    problem: Mapped[str] = mapped_column(default="")
    tried_at: Mapped[datetime | None]
    #: ``rules.Basis`` and ``rules.Figures`` of the last dry run.
    basis: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id"))

    #: For the record, and in words for the candidates.
    reason: Mapped[str] = mapped_column(default="")
    notice: Mapped[str] = mapped_column(default="")
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("grade_runs.id"), unique=True)
    graded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question_revisions.id"))
    applied_at: Mapped[datetime | None]

    #: Applying it stopped, and somebody gave it up: ``back_run_id`` holds the results as they were before it.
    given_up_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    given_up_at: Mapped[datetime | None]
    giving_up_reason: Mapped[str] = mapped_column(default="")
    back_run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("grade_runs.id"), unique=True)
    taken_back_at: Mapped[datetime | None]

    @property
    def correction(self) -> Correction:
        return Correction(self.treatment, self.changes)

    @property
    def scope(self) -> Scope:
        return Scope(self.quiz_id, self.group_kind, self.group_id, self.since, self.until)

    @property
    def counted(self) -> Figures:
        return Figures.from_json(self.figures)

    @property
    def organisation_ids(self) -> frozenset[uuid.UUID] | None:
        return None if self.organisations is None else frozenset(map(uuid.UUID, self.organisations))


class RegradeChange(Identified, Base):
    """A sitting whose result the dry run saw change; the next dry run writes these rows anew."""

    __tablename__ = "regrade_changes"
    __table_args__ = (UniqueConstraint("regrade_id", "attempt_id"),)

    regrade_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("regrades.id"))
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"))
    earned_before: Mapped[Decimal]
    possible_before: Mapped[Decimal]
    percent_before: Mapped[Decimal]
    passed_before: Mapped[bool]
    earned_after: Mapped[Decimal]
    possible_after: Mapped[Decimal]
    percent_after: Mapped[Decimal]
    passed_after: Mapped[bool]
    #: What rests on the result: ``{"kind", "subject_id", "label"}``.
    consequences: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)

    @property
    def before(self) -> Outcome:
        return Outcome(self.earned_before, self.possible_before, self.percent_before, self.passed_before)

    @property
    def after(self) -> Outcome:
        return Outcome(self.earned_after, self.possible_after, self.percent_after, self.passed_after)
