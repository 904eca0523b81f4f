"""A regrade that stopped half-way: go on where it stopped, or give it up and put every result back."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid
from app.core.events import announce
from app.jobs import services as jobs
from app.jobs.models import Job, JobState
from app.quizzes import replay
from app.quizzes.events import RegradeApplied
from app.quizzes.models import FINISHED_STATES, Attempt, AttemptItem, AttemptResult, Grade
from app.quizzes.regrading import policies, queries, services
from app.quizzes.regrading.models import Regrade
from app.quizzes.regrading.rules import Correction, RegradeState
from app.quizzes.regrading.services import Applied
from app.quizzes.regrading.working import Corrected, Regraded, regraded
from app.quizzes.replay import Ruling

TAKE_BACK = "regrading.take_back"
GIVEN_UP = (RegradeState.GIVING_UP, RegradeState.GIVEN_UP)


def count_stopped(actor: Actor) -> int:
    """How many regrades wait for somebody who says how they go on. One statement."""
    stopped = db.session.scalars(
        select(Regrade)
        .join(Job, Job.id == Regrade.job_id)
        .where(Regrade.state.in_(queries.AT_WORK), Job.state == JobState.FAILED)
    )
    return sum(policies.can_read(actor, regrade) for regrade in stopped)


def _get_stopped(actor: Actor, regrade_id: uuid.UUID) -> tuple[Regrade, Job]:
    """The regrade under its lock, with the job that failed. Raises NotFound, Conflict (``decided``)."""
    regrade = queries.get_regrade_for(actor, regrade_id, lock=True)
    job = db.session.get(Job, regrade.job_id, populate_existing=True) if regrade.job_id else None
    if regrade.state not in queries.AT_WORK or job is None or job.state is not JobState.FAILED:
        raise Conflict(_("This regrade has not stopped, or somebody has decided how it goes on."), code="decided")
    return regrade, job


def resume_regrade(actor: Actor, regrade_id: uuid.UUID, *, now: datetime) -> Regrade:
    """Let a stopped regrade, or the taking back of one, go on where it stopped.

    Raises NotFound, and Conflict when it has not stopped.
    """
    regrade, job = _get_stopped(actor, regrade_id)
    audit.record(actor, "quizzes.resume_regrade", regrade, stopped=regrade.problem or job.error)
    regrade.problem = ""
    jobs.retry_job(job.id, now)
    db.session.flush()
    return regrade


def give_up_regrade(actor: Actor, regrade_id: uuid.UUID, *, reason: str, now: datetime) -> Regrade:
    """Give up a regrade that stopped half-way: from now on no paper follows it, and a job puts back the results
    that it has changed. What the bank asks of later papers stays corrected.

    Raises NotFound, NotAllowed for somebody who sat it herself, Invalid without a reason, and Conflict when it has
    not stopped or is being given up already.
    """
    regrade, job = _get_stopped(actor, regrade_id)
    if regrade.state is not RegradeState.APPLYING:
        raise Conflict(_("This regrade is being given up already."), code="decided")
    if not reason.strip():
        raise Invalid(_("Give the reason."), code="reason")
    services.refuse_own(actor, regrade)
    run = services.run_of(actor, reason, now)
    regrade.state, regrade.back_run_id = RegradeState.GIVING_UP, run.id
    regrade.given_up_by, regrade.given_up_at, regrade.giving_up_reason = actor.person_id, now, run.reason
    audit.record(
        actor, "quizzes.give_up_regrade", regrade, reason=run.reason, stopped=regrade.problem or job.error
    )
    back = jobs.enqueue(
        TAKE_BACK, {"regrade_id": str(regrade.id)}, unique_key=f"{TAKE_BACK}:{regrade.id}", actor=actor
    )
    regrade.job_id = back.id
    db.session.flush()
    return regrade


# Taking it back


def _left(regrade: Regrade) -> list[ColumnElement[bool]]:
    """Sittings whose result by the regrade is to be put back; one that is open again has none."""
    made = exists().where(AttemptResult.run_id == regrade.run_id, AttemptResult.attempt_id == Attempt.id)
    back = exists().where(AttemptResult.run_id == regrade.back_run_id, AttemptResult.attempt_id == Attempt.id)
    return [made, ~back, Attempt.grade_run_id.is_not(None), Attempt.state.in_(FINISHED_STATES)]


def count_back(regrade: Regrade) -> tuple[int, int]:
    """How many results were put back, and how many are left. Two statements."""
    done = select(func.count()).select_from(AttemptResult).where(AttemptResult.run_id == regrade.back_run_id)
    left = select(func.count()).select_from(Attempt).where(*_left(regrade))
    return db.session.scalar(done) or 0, db.session.scalar(left) or 0


def take_back_batch(regrade_id: uuid.UUID, now: datetime) -> Applied:
    """Append to the next sittings, under their locks, what they earn without the regrade."""
    regrade = queries.get_regrade(regrade_id, lock=True)
    if regrade.state not in GIVEN_UP or regrade.back_run_id is None:
        return Applied(0)
    left = select(Attempt.id).where(*_left(regrade)).order_by(Attempt.id).limit(services.BATCH)
    ids = db.session.scalars(left).all()
    if not ids:
        return Applied(0)
    found = _without(regrade, services.lock_undone(ids, regrade.back_run_id))
    return Applied(len(ids), services.append_results(regrade.back_run_id, found, now))


def _without(regrade: Regrade, ids: Sequence[uuid.UUID]) -> list[Regraded]:
    """Sittings with the question as it counted before the regrade, and every other as it counts now."""
    rulings = _rulings_before(regrade, ids)
    bodies = replay.bodies_of({ruling.revision_id for ruling in rulings.values()})
    found: list[Regraded] = []
    for ruling in set(rulings.values()):
        former = Corrected(
            regrade.question_revision_id,
            Correction(ruling.treatment),
            bodies[ruling.revision_id],
            ruling.revision_id,
        )
        found += regraded(queries.sittings_named([each for each in ids if rulings[each] == ruling]), former)
    return sorted(found, key=lambda each: each.sat.id)


def _rulings_before(regrade: Regrade, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Ruling]:
    """How the question counted in each sitting's last result before the regrade's first. One statement."""
    rows = db.session.execute(
        select(AttemptResult.attempt_id, AttemptResult.run_id, Grade.question_revision_id, Grade.treatment)
        .join(
            AttemptItem,
            (AttemptItem.attempt_id == AttemptResult.attempt_id)
            & (AttemptItem.question_revision_id == regrade.question_revision_id),
        )
        .join(Grade, (Grade.run_id == AttemptResult.run_id) & (Grade.item_id == AttemptItem.id))
        .where(AttemptResult.attempt_id.in_(ids))
        .order_by(AttemptResult.created_at, AttemptResult.id)
    )
    found = {each: Ruling(regrade.question_revision_id) for each in ids}
    followed = set()
    for attempt_id, run_id, revision_id, treatment in rows:
        if run_id == regrade.run_id:
            followed.add(attempt_id)
        elif attempt_id not in followed:
            found[attempt_id] = Ruling(revision_id, treatment)
    return found


def finish_taking_back(regrade_id: uuid.UUID, now: datetime) -> bool:
    """Every result is put back: say so, once."""
    regrade = queries.get_regrade(regrade_id, lock=True)
    if regrade.state is not RegradeState.GIVING_UP:
        return False
    regrade.state, regrade.taken_back_at = RegradeState.GIVEN_UP, now
    db.session.flush()
    assert regrade.back_run_id is not None  # noqa: S101 - check constraint
    assert regrade.given_up_by is not None  # noqa: S101 - check constraint
    audit.record(None, "quizzes.take_back_regrade", regrade, sittings=count_back(regrade)[0])
    announce(RegradeApplied(regrade.id, regrade.back_run_id, regrade.given_up_by))
    return True


def recently_given_up(since: datetime) -> list[uuid.UUID]:
    """Regrades taken back since then that no later one of their question has replaced. One statement."""
    later = aliased(Regrade)
    replaced = exists().where(
        later.question_revision_id == Regrade.question_revision_id, later.approved_at > Regrade.approved_at
    )
    return list(db.session.scalars(select(Regrade.id).where(Regrade.taken_back_at >= since, ~replaced)))
