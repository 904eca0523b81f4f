"""Regrades through the real services and jobs."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.core.identifiers import content_id
from app.jobs.models import Job
from app.jobs.registry import kind_named
from app.jobs.services import run_due_jobs
from app.quizzes.models import (
    Attempt,
    AttemptResult,
    Question,
    QuestionRevision,
    Quiz,
    QuizRevision,
    QuizRevisionItem,
)
from app.quizzes.regrading import queries, services
from app.quizzes.regrading.models import Regrade, RegradeChange
from app.quizzes.regrading.rules import Correction, Scope
from app.quizzes.results import Treatment
from tests.support.cast import Cast, as_actor

WHY = {"reason": "答案键有误", "notice": "第 1 题的答案已更正。"}


def regrader(cast: Cast, person: Person | None = None, *, national: bool = False) -> Actor:
    """An instructor of the university (the one of the cast), or one who stands for everybody."""
    where = cast.authority if national else cast.university
    return as_actor(person or cast.instructor, Grant(Role.INSTRUCTOR, where.id, national))


def questions_of(revision: QuizRevision) -> list[QuestionRevision]:
    """The questions of a quiz revision, in order."""
    return list(
        db.session.scalars(
            db.select(QuestionRevision)
            .join(QuizRevisionItem, QuizRevisionItem.question_revision_id == QuestionRevision.id)
            .where(QuizRevisionItem.quiz_revision_id == revision.id)
            .order_by(QuizRevisionItem.pool, QuizRevisionItem.position)
        )
    )


def right_is(question: QuestionRevision, *letters: str) -> dict[str, list[str]]:
    """The change that makes these choices right, a being the first."""
    return {"correct": [question.body["choices"][ord(letter) - ord("a")]["id"] for letter in letters]}


def prepare(
    actor: Actor,
    revision: QuizRevision,
    question: QuestionRevision,
    changes: dict[str, list[str]] | None = None,
    *,
    treatment: Treatment = Treatment.GRADED,
    scope: Scope | None = None,
    **values: Any,
) -> uuid.UUID:
    """A regrade of one examination (unless a scope is given) with its dry run."""
    key = db.session.scalars(db.select(Quiz.key).where(Quiz.id == revision.quiz_id)).one()
    found = queries.get_question(key, question.id)
    release()
    with transaction():
        regrade = services.prepare_regrade(
            actor,
            found,
            Correction(treatment, changes or {}),
            scope or Scope(quiz_id=revision.quiz_id),
            now=clock.now(),
            **values,
        )
    run_due_jobs()
    return regrade.id


def regrade_named(regrade_id: uuid.UUID) -> Regrade:
    release()
    found = db.session.get_one(Regrade, regrade_id, populate_existing=True)
    release()
    return found


def approve(actor: Actor, regrade_id: uuid.UUID, *, work: bool = True, **why: str) -> Regrade:
    """Decide on the figures as they are; the job runs unless told otherwise."""
    tried_at = regrade_named(regrade_id).tried_at
    assert tried_at is not None
    with transaction():
        services.approve_regrade(actor, regrade_id, tried_at=tried_at, now=clock.now(), **{**WHY, **why})
    if work:
        run_due_jobs()
    return regrade_named(regrade_id)


def stop_after(regrade_id: uuid.UUID, batches: int, patch: pytest.MonkeyPatch) -> Regrade:
    """Let the job of an approved regrade fail for good once it has carried out so many batches."""
    real, calls = services.apply_batch, []

    def failing(*arguments: Any) -> services.Applied:
        calls.append(arguments)
        if len(calls) > batches:
            raise OSError("no space left")
        return real(*arguments)

    job_id = regrade_named(regrade_id).job_id
    with transaction() as session:
        last = kind_named(services.APPLY).max_attempts - 1
        session.execute(db.update(Job).where(Job.id == job_id).values(attempts=last))
    with patch.context() as patched:
        patched.setattr(services, "apply_batch", failing)
        run_due_jobs()
    release()
    return regrade_named(regrade_id)


def apply(actor: Actor, *arguments: Any, **values: Any) -> Regrade:
    """Prepare, try and apply."""
    return approve(actor, prepare(actor, *arguments, **values))


def changes_of(regrade_id: uuid.UUID) -> dict[uuid.UUID, RegradeChange]:
    """What the dry run found, by attempt."""
    rows = db.session.scalars(db.select(RegradeChange).filter_by(regrade_id=regrade_id)).all()
    return {row.attempt_id: row for row in rows}


def percents(attempt_ids: Sequence[uuid.UUID]) -> list[str]:
    """The result that counts of each, in whole per cent and whether passed."""
    release()
    rows = db.session.execute(
        db.select(Attempt.id, AttemptResult.percent, AttemptResult.passed)
        .join(
            AttemptResult,
            (AttemptResult.attempt_id == Attempt.id) & (AttemptResult.run_id == Attempt.grade_run_id),
        )
        .where(Attempt.id.in_(attempt_ids))
    ).all()
    found = {row.id: f"{row.percent:.0f}{'+' if row.passed else '-'}" for row in rows}
    release()
    return [found.get(each, "none") for each in attempt_ids]


def current_revision(key: str) -> QuestionRevision:
    """The revision of a question that later papers get."""
    question = db.session.get_one(Question, content_id(key), populate_existing=True)
    return db.session.get_one(QuestionRevision, question.current_revision_id)
