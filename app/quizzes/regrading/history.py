"""What became of the result of one sitting: run by run."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import or_, select

from app.accounts.models import Person
from app.core.database import db
from app.quizzes.models import Attempt, AttemptItem, AttemptResult, GradeRun
from app.quizzes.regrading.models import Regrade, RegradeChange
from app.quizzes.results import Outcome


@dataclass(frozen=True, slots=True)
class AppliedRun:
    """A grade run of one sitting: when, why, by whom, and what came of it."""

    run_id: uuid.UUID
    at: datetime
    cause: str
    outcome: Outcome
    counts: bool
    #: None: the machine.
    actor: str | None
    regrade: Regrade | None
    question: int | None
    reason: str

    @property
    def taken_back(self) -> bool:
        """Is it what counted before a regrade that was given up?"""
        return self.regrade is not None and self.run_id == self.regrade.back_run_id


def runs_of(attempt_id: uuid.UUID) -> list[AppliedRun]:
    """Every run that gave a sitting a result, the first to the last. One statement."""
    rows = db.session.execute(
        select(AttemptResult, GradeRun, Person.name, Regrade, AttemptItem.position, Attempt.grade_run_id)
        .join(GradeRun, GradeRun.id == AttemptResult.run_id)
        .join(Attempt, Attempt.id == AttemptResult.attempt_id)
        .outerjoin(Person, Person.id == GradeRun.actor_id)
        .outerjoin(Regrade, or_(Regrade.run_id == GradeRun.id, Regrade.back_run_id == GradeRun.id))
        .outerjoin(
            AttemptItem,
            (AttemptItem.attempt_id == AttemptResult.attempt_id)
            & (AttemptItem.question_revision_id == Regrade.question_revision_id),
        )
        .where(AttemptResult.attempt_id == attempt_id)
        .order_by(AttemptResult.created_at, AttemptResult.id)
    )
    return [
        AppliedRun(
            run_id=row.GradeRun.id,
            at=row.AttemptResult.created_at,
            cause=row.GradeRun.cause,
            outcome=Outcome.of(row.AttemptResult),
            counts=row.GradeRun.id == row.grade_run_id,
            actor=row.name,
            regrade=row.Regrade,
            question=row.position,
            reason=row.GradeRun.reason,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Recomputation:
    """A regrade as the candidate reads of it."""

    at: datetime
    #: Its words for the candidates; empty where it was taken back.
    notice: str
    question: int | None
    before: Outcome
    after: Outcome


def recomputations(attempt_id: uuid.UUID) -> list[Recomputation]:
    """The regrades of a sitting since its first result, the newest first. One statement."""
    runs = runs_of(attempt_id)
    found = [
        Recomputation(
            run.at, "" if run.taken_back else run.regrade.notice, run.question, before.outcome, run.outcome
        )
        for before, run in pairwise(runs)
        if run.regrade is not None
    ]
    return found[::-1]


def find_by_run(run_id: uuid.UUID) -> Regrade | None:
    """The regrade whose grades a run holds, or takes back. One statement."""
    return db.session.scalar(select(Regrade).where(or_(Regrade.run_id == run_id, Regrade.back_run_id == run_id)))


def find_change(regrade_id: uuid.UUID, attempt_id: uuid.UUID) -> RegradeChange | None:
    """What the dry run saw of one sitting. One statement."""
    return db.session.scalar(select(RegradeChange).filter_by(regrade_id=regrade_id, attempt_id=attempt_id))


def outcomes_of(
    attempt_id: uuid.UUID, run_id: uuid.UUID | None
) -> tuple[AttemptResult | None, AttemptResult | None]:
    """The result of a sitting before a run, and by it. One statement."""
    rows = db.session.scalars(
        select(AttemptResult)
        .where(AttemptResult.attempt_id == attempt_id)
        .order_by(AttemptResult.created_at, AttemptResult.id)
    ).all()
    at = next((at for at, row in enumerate(rows) if row.run_id == run_id), None)
    if at is None:
        return None, None
    return (rows[at - 1] if at else None), rows[at]
