"""Prepare a regrade, try it, decide on it, and carry it out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from flask_babel import gettext as _
from sqlalchemy import Select, delete, exists, func, insert, select, update

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db, serialise
from app.core.digests import digest_of
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.events import announce
from app.core.identifiers import new_id
from app.jobs import services as jobs
from app.quizzes import grading, registry, replay
from app.quizzes.events import AttemptGraded, RegradeApplied
from app.quizzes.models import FINISHED_STATES, Attempt, AttemptResult, GradeRun, QuestionRevision
from app.quizzes.regrading import policies, queries
from app.quizzes.regrading.models import Regrade, RegradeChange
from app.quizzes.regrading.queries import RegradedQuestion
from app.quizzes.regrading.rules import Basis, Correction, Figures, RegradeState, Scope
from app.quizzes.regrading.working import Corrected, Impossible, Regraded, regraded
from app.quizzes.results import Treatment
from app.quizzes.services.bank import use_correction

TRY = "regrading.try"
APPLY = "regrading.apply"
#: Sittings in one transaction: short enough that no candidate's answer waits long for SQLite's write lock.
BATCH = 50
MAX_REASON = 2_000
_FIGURES: Final = ("earned", "possible", "percent", "passed")

log = structlog.get_logger()


def prepare_regrade(
    actor: Actor,
    question: RegradedQuestion,
    correction: Correction,
    scope: Scope,
    *,
    corrects_bank: bool = False,
    group_label: str = "",
    now: datetime,
) -> Regrade:
    """Keep what is to be changed and over which sittings, and ask for its dry run. Nothing else happens yet.

    Raises NotAllowed, and Invalid when the question cannot be graded like this.
    """
    if not actor.has(*policies.REGRADERS):
        raise NotAllowed
    correction = _checked(question.body, correction)
    organisations = policies.reach(actor)
    regrade = Regrade(
        id=new_id(),
        created_at=now,
        created_by=actor.person_id,
        question_revision_id=question.id,
        treatment=correction.treatment,
        changes=dict(correction.changes),
        corrects_bank=corrects_bank and correction.treatment is Treatment.GRADED,
        quiz_id=scope.quiz_id,
        group_kind=scope.group_kind,
        group_id=scope.group_id,
        group_label=group_label,
        since=scope.since,
        until=scope.until,
        organisations=None if organisations is None else sorted(each.hex for each in organisations),
        state=RegradeState.TRYING,
    )
    db.session.add(regrade)
    db.session.flush()
    _ask_for_trial(actor, regrade)
    audit.record(actor, "quizzes.prepare_regrade", regrade, **correction.as_json())
    return regrade


def _checked(body: grading.Body, correction: Correction) -> Correction:
    """Only what differs from the question as published. Raises Invalid."""
    now = {field.name: list(field.value) for field in grading.amendable(body)}
    changes = {name: list(given) for name, given in correction.changes.items() if now.get(name) != list(given)}
    grading.amend(body, changes)
    return Correction(correction.treatment, changes)


def try_again(actor: Actor, regrade_id: uuid.UUID) -> Regrade:
    """Ask for another dry run. Raises NotFound, and Conflict once it is decided."""
    regrade = queries.get_regrade_for(actor, regrade_id, lock=True)
    _demand(regrade, RegradeState.TRIED, RegradeState.IMPOSSIBLE, RegradeState.TRYING)
    regrade.state, regrade.problem = RegradeState.TRYING, ""
    _ask_for_trial(actor, regrade)
    return regrade


def discard_regrade(actor: Actor, regrade_id: uuid.UUID) -> Regrade:
    """Put a regrade away that was not applied. Raises NotFound, and Conflict once it is decided."""
    regrade = queries.get_regrade_for(actor, regrade_id, lock=True)
    _demand(regrade, RegradeState.TRIED, RegradeState.IMPOSSIBLE, RegradeState.TRYING)
    regrade.state = RegradeState.DISCARDED
    audit.record(actor, "quizzes.discard_regrade", regrade)
    return regrade


def _demand(regrade: Regrade, *states: RegradeState) -> None:
    if regrade.state not in states:
        raise Conflict(_("This regrade has been decided or put away already."), code="decided")


def _ask_for_trial(actor: Actor, regrade: Regrade) -> None:
    job = jobs.enqueue(TRY, {"regrade_id": str(regrade.id)}, actor=actor)
    regrade.job_id = job.id
    db.session.flush()


def corrected_by(regrade: Regrade) -> Corrected:
    """The question as a regrade grades it; before the decision by a revision that is not kept."""
    body = db.session.get_one(QuestionRevision, regrade.question_revision_id).body
    correction = regrade.correction
    graded_by = regrade.graded_by_id or (new_id() if correction.changes else regrade.question_revision_id)
    return Corrected(regrade.question_revision_id, correction, grading.amend(body, correction.changes), graded_by)


# The dry run


def _being_tried(regrade_id: uuid.UUID, job_id: uuid.UUID | None) -> Regrade | None:
    """The regrade under its lock while this job is the one that tries it; None once it was decided, put away, or
    somebody asked for another dry run."""
    regrade = queries.get_regrade(regrade_id, lock=True)
    return regrade if regrade.state is RegradeState.TRYING and regrade.job_id == job_id else None


def begin_trial(regrade_id: uuid.UUID, job_id: uuid.UUID | None) -> bool:
    """Forget what an earlier dry run found; False when there is nothing for this job to try any more."""
    if _being_tried(regrade_id, job_id) is None:
        return False
    db.session.execute(delete(RegradeChange).where(RegradeChange.regrade_id == regrade_id))
    return True


def note_changes(
    regrade_id: uuid.UUID, job_id: uuid.UUID, found: Sequence[Regraded], figures: Figures, now: datetime
) -> bool:
    """Keep the sittings of a batch whose result would change, with what rests on each; False when this job is no
    longer the one that tries it."""
    if _being_tried(regrade_id, job_id) is None:
        return False
    changed = [each for each in found if each.changed]
    rests = registry.consequences_of([_change(each) for each in changed])
    figures.rest_on(one.kind for one in rests)
    rows = []
    for each in changed:
        before, after = each.sat.before, each.after
        figures.count(before, after)
        rows.append(
            {
                "id": new_id(),
                "created_at": now,
                "regrade_id": regrade_id,
                "attempt_id": each.sat.id,
                **{f"{name}_before": getattr(before, name) for name in _FIGURES},
                **{f"{name}_after": getattr(after, name) for name in _FIGURES},
                "consequences": [_noted(one) for one in rests if one.attempt_id == each.sat.id],
            }
        )
    if rows:
        db.session.execute(insert(RegradeChange), rows)
    return True


def _noted(one: registry.Consequence) -> dict[str, Any]:
    return {"kind": one.kind, "subject_id": str(one.subject_id), "label": dict(one.label)}


def _change(each: Regraded) -> registry.Change:
    sat = each.sat
    return registry.Change(
        sat.id, sat.candidate_id, sat.quiz_id, sat.context_type, sat.context_id, sat.before, each.after
    )


def finish_trial(
    regrade_id: uuid.UUID, job_id: uuid.UUID | None, figures: Figures, basis: Basis, now: datetime
) -> None:
    """Let the figures be read."""
    if (regrade := _being_tried(regrade_id, job_id)) is not None:
        regrade.state, regrade.tried_at = RegradeState.TRIED, now
        regrade.figures, regrade.basis = figures.as_json(), basis.digest
        db.session.flush()


def note_impossible(regrade_id: uuid.UUID, job_id: uuid.UUID, impossible: Impossible, now: datetime) -> None:
    """Say why it cannot be done."""
    if (regrade := _being_tried(regrade_id, job_id)) is not None:
        regrade.state, regrade.problem = RegradeState.IMPOSSIBLE, impossible.problem.value
        regrade.tried_at = now
        db.session.flush()


def present_basis(regrade: Regrade) -> str:
    """The fingerprint of the scope as it is now. One statement."""
    basis = Basis()
    for attempt_id, run_id in queries.basis_rows(regrade):
        basis.add(attempt_id, run_id)
    return basis.digest


def _has_moved(regrade: Regrade) -> bool:
    """Would another dry run find something else: other sittings or results, or certificates that came or went?"""
    if present_basis(regrade) != regrade.basis:
        return True
    noted = queries.noted_changes(regrade)
    for first in range(0, len(noted), 500):
        some = noted[first : first + 500]
        rests = registry.consequences_of([change for change, _said in some])
        now = {(one.attempt_id, one.kind, str(one.subject_id), one.label["en"]) for one in rests}
        if now != {
            (change.attempt_id, one["kind"], one["subject_id"], one["label"]["en"])
            for change, said in some
            for one in said
        }:
            return True
    return False


# The decision


def approve_regrade(
    actor: Actor, regrade_id: uuid.UUID, *, tried_at: datetime, reason: str, notice: str, now: datetime
) -> Regrade:
    """Decide to apply a regrade whose figures of ``tried_at`` the actor has read; a job carries it out.

    Raises NotFound, NotAllowed for somebody who sat it herself, Invalid without a reason and words for the
    candidates, and Conflict: ``decided``, ``busy`` while another regrade of these papers is applied, or ``moved``
    when sittings, results or what rests on them changed since the dry run.
    """
    regrade = queries.get_regrade_for(actor, regrade_id, lock=True)
    _demand(regrade, RegradeState.TRIED)
    if not reason.strip() or not notice.strip():
        raise Invalid(_("Give the reason, and the words for the candidates."), code="reason")
    refuse_own(actor, regrade)
    serialise("regrade")  # of two that are decided at once, the second sees the first at work
    if queries.is_crossed(regrade):
        raise Conflict(
            _(
                "Another regrade of these papers is under way. Wait until it is done; if it has stopped, the list"
                " of regrades says so, and it can be tried again or given up there."
            ),
            code="busy",
        )
    if regrade.tried_at != tried_at or _has_moved(regrade):
        raise Conflict(
            _("Sittings, results or certificates have changed since the dry run. Look at the new figures."),
            code="moved",
        )
    run = run_of(actor, reason, now)
    regrade.graded_by_id = _revision_of(regrade, now)
    regrade.run_id, regrade.approved_by, regrade.approved_at = run.id, actor.person_id, now
    regrade.reason, regrade.notice = run.reason, notice.strip()[:MAX_REASON]
    regrade.state = RegradeState.APPLYING
    job = jobs.enqueue(APPLY, {"regrade_id": str(regrade.id)}, unique_key=f"{APPLY}:{regrade.id}", actor=actor)
    regrade.job_id = job.id
    db.session.flush()
    if regrade.corrects_bank:
        use_correction(regrade.question_revision_id, regrade.graded_by_id, now=now)
    audit.record(actor, "quizzes.approve_regrade", regrade, reason=regrade.reason, **regrade.correction.as_json())
    return regrade


def refuse_own(actor: Actor, regrade: Regrade) -> None:
    """Nobody decides about what changes a result of her own. Raises NotAllowed."""
    own = exists().where(*queries.in_scope(regrade), Attempt.candidate_id == actor.person_id)
    if db.session.scalar(select(own)):
        raise NotAllowed(_("A sitting of your own would change. A colleague has to decide about this regrade."))


def run_of(actor: Actor, reason: str, now: datetime) -> GradeRun:
    """The run to which the grades of a decision are appended."""
    run = GradeRun(
        id=new_id(),
        created_at=now,
        cause="regrade",
        grader_version=grading.VERSION,
        actor_id=actor.person_id,
        reason=reason.strip()[:MAX_REASON],
        applied_at=now,
    )
    db.session.add(run)
    db.session.flush()
    return run


def _revision_of(regrade: Regrade, now: datetime) -> uuid.UUID:
    """The revision by which grades are made: the one on the papers, or one that says what the correction makes of
    it. An equal one that the bank has already is taken."""
    corrected = corrected_by(regrade)
    if not corrected.correction.changes:
        return corrected.asked_id
    asked = db.session.get_one(QuestionRevision, corrected.asked_id)
    fingerprint = digest_of(corrected.body)
    known = db.session.scalar(
        select(QuestionRevision.id).filter_by(question_id=asked.question_id, digest=fingerprint)
    )
    if known is not None:
        return known
    newest = select(func.max(QuestionRevision.number)).where(QuestionRevision.question_id == asked.question_id)
    revision = QuestionRevision(
        id=corrected.graded_by,
        created_at=now,
        question_id=asked.question_id,
        number=(db.session.scalar(newest) or 0) + 1,
        digest=fingerprint,
        type=asked.type,
        body=corrected.body,
    )
    db.session.add(revision)
    db.session.flush()
    return revision.id


# Carrying it out


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a batch of sittings."""

    #: How many there were. 0: all are done.
    sittings: int
    #: Those whose result changed.
    changed: tuple[uuid.UUID, ...] = ()


def apply_batch(regrade_id: uuid.UUID, now: datetime) -> Applied:
    """Append the grades of the next sittings, under their locks; none once it was given up. Raises Impossible."""
    regrade = queries.get_regrade(regrade_id, lock=True)
    if regrade.state not in queries.STANDING or regrade.run_id is None:
        return Applied(0)
    ids = queries.sittings_to_apply(regrade, BATCH)
    if not ids:
        return Applied(0)
    found = regraded(queries.sittings_named(lock_undone(ids, regrade.run_id)), corrected_by(regrade))
    return Applied(len(ids), append_results(regrade.run_id, found, now))


def lock_undone(ids: Sequence[uuid.UUID], run_id: uuid.UUID) -> list[uuid.UUID]:
    """Lock sittings; those that still have a result, but none of this run, now that nobody else can change it."""
    locked = db.session.scalars(
        select(Attempt.id)
        .where(Attempt.id.in_(ids), Attempt.state.in_(FINISHED_STATES), Attempt.grade_run_id.is_not(None))
        .order_by(Attempt.id)
        .with_for_update()
    ).all()
    done = set(
        db.session.scalars(
            select(AttemptResult.attempt_id).where(
                AttemptResult.run_id == run_id, AttemptResult.attempt_id.in_(locked)
            )
        )
    )
    return [each for each in locked if each not in done]


def append_results(run_id: uuid.UUID, found: Sequence[Regraded], now: datetime) -> tuple[uuid.UUID, ...]:
    """Append grades and results of locked sittings to a run, make them count, and announce the changed ones, which
    are returned."""
    if not found:
        return ()
    run = db.session.get_one(GradeRun, run_id)
    replay.keep_grades(run, [line for each in found for line in each.lines], now)
    replay.keep_results(run, {each.sat.id: each.after for each in found}, now)
    db.session.execute(
        update(Attempt)
        .where(Attempt.id.in_([each.sat.id for each in found]))
        .values(grade_run_id=run.id)
        .execution_options(synchronize_session=False)
    )
    changed = [each for each in found if each.changed]
    for each in changed:
        announce(_graded(each, run.id))
    return tuple(each.sat.id for each in changed)


def _graded(each: Regraded, run_id: uuid.UUID) -> AttemptGraded:
    sat = each.sat
    return AttemptGraded(
        attempt_id=sat.id,
        person_id=sat.candidate_id,
        quiz_id=sat.quiz_id,
        quiz_revision_id=sat.quiz_revision_id,
        context_type=sat.context_type,
        context_id=sat.context_id,
        percent=each.after.percent,
        passed=each.after.passed,
        grade_run_id=run_id,
        by_regrade=True,
    )


def note_stop(regrade_id: uuid.UUID, impossible: Impossible) -> None:
    """Keep why it cannot be applied to the end, for the page on which a person decides what becomes of it."""
    queries.get_regrade(regrade_id, lock=True).problem = impossible.problem.value
    db.session.flush()


def finish_regrade(regrade_id: uuid.UUID, now: datetime) -> bool:
    """Every sitting is done: say so, once."""
    regrade = queries.get_regrade(regrade_id, lock=True)
    if regrade.state is not RegradeState.APPLYING:
        return False
    regrade.state, regrade.applied_at = RegradeState.APPLIED, now
    db.session.flush()
    assert regrade.run_id is not None  # noqa: S101 - check constraint
    assert regrade.approved_by is not None  # noqa: S101 - check constraint
    audit.record(None, "quizzes.apply_regrade", regrade, sittings=queries.count_applied(regrade))
    announce(RegradeApplied(regrade.id, regrade.run_id, regrade.approved_by))
    return True


def follow_standing(attempt: Attempt, question_ids: Select[uuid.UUID], now: datetime) -> AttemptResult | None:
    """A result comes out of questions that were regraded before: it follows those regrades at once.

    The attempt is locked and has a result; nothing is announced. None when no regrade is about it.
    """
    result = None
    for regrade in queries.standing_regrades(attempt, question_ids):
        try:
            (found,) = regraded(queries.sittings_named([attempt.id]), corrected_by(regrade))
        except Impossible as error:  # her paper stands as it is; nothing may keep her from handing it in
            log.error("standing regrade not followed", attempt=str(attempt.id), problem=error.problem.value)
            continue
        run = _run_for(regrade, attempt.id, now)
        replay.keep_grades(run, found.lines, now)
        (result,) = replay.keep_results(run, {attempt.id: found.after}, now)
        attempt.grade_run_id = run.id
        db.session.flush()
    return result


def _run_for(regrade: Regrade, attempt_id: uuid.UUID, now: datetime) -> GradeRun:
    """The regrade's run; another one for a sitting that it has graded and that was opened again since."""
    run = db.session.get_one(GradeRun, regrade.run_id)
    graded = exists().where(AttemptResult.run_id == run.id, AttemptResult.attempt_id == attempt_id)
    if not db.session.scalar(select(graded)):
        return run
    again = GradeRun(
        id=new_id(),
        created_at=now,
        cause=run.cause,
        grader_version=grading.VERSION,
        actor_id=run.actor_id,
        reason=run.reason,
        applied_at=now,
    )
    db.session.add(again)
    db.session.flush()
    return again
