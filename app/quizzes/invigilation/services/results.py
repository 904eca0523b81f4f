"""Decisions that change what counts: void an attempt, open one again, count answers that came late.

What has been built on a result (a completed course or programme, and so a certificate) is never undone from here:
the packages above hear ``ResultWithdrawn`` and refuse.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, delete, exists, or_, select, update

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid
from app.core.events import announce
from app.quizzes import letters
from app.quizzes import rules as quiz_rules
from app.quizzes.events import ResultWithdrawn
from app.quizzes.invigilation import queries
from app.quizzes.invigilation.history import has_time, moment_of
from app.quizzes.invigilation.models import Decision
from app.quizzes.invigilation.rules import LEAD
from app.quizzes.invigilation.services.deciding import (
    check_minutes,
    clean_reason,
    decide,
    lock_one,
    overtaken,
)
from app.quizzes.marking.models import Mark, MarkingTask
from app.quizzes.models import (
    FINISHED_STATES,
    OPEN_STATES,
    Attempt,
    AttemptItem,
    AttemptResult,
    AttemptState,
    QuizRevision,
)
from app.quizzes.releases.models import ReleasedPaper
from app.quizzes.services.grading import grade_attempt


def void_attempt(actor: Actor, attempt_id: uuid.UUID, *, reason: str, now: datetime) -> Attempt:
    """The attempt does not count and uses up none; everything that was sent is kept.

    Raises NotFound, Invalid, Conflict when it is void already, waits (then ``refuse_attempt``), or when a
    completed course or programme rests on its result.
    """
    reason = clean_reason(reason)
    attempt = lock_one(actor, attempt_id)
    if attempt.state in (AttemptState.VOIDED, AttemptState.WAITING):
        raise overtaken()
    _withdraw(attempt)
    former = attempt.state.value
    attempt.state, attempt.paused_at, attempt.pause_ends_at = AttemptState.VOIDED, None, None
    attempt.submitted_at = attempt.submitted_at or moment_of(attempt, now)
    decide(actor, attempt, Decision.VOID, reason, now=now, former=former)
    letters.tell_voided(attempt.id)
    return attempt


def reopen_attempt(actor: Actor, attempt_id: uuid.UUID, *, minutes: int, reason: str, now: datetime) -> Attempt:
    """Let the candidate go on for so many minutes. The result is withdrawn until the attempt is closed again; its
    grade run stays in the history.

    Raises NotFound, Invalid, Conflict when it has not ended or is void, when she sits another attempt, when people
    have marked answers of it, or when a completed course or programme rests on its result.
    """
    check_minutes(minutes)
    reason = clean_reason(reason)
    attempt = lock_one(actor, attempt_id)
    over = attempt.state is AttemptState.IN_PROGRESS and not has_time(attempt, now)
    if attempt.state not in FINISHED_STATES and not over:  # the sweep may not have closed it yet
        raise overtaken()
    if db.session.scalar(_another_open(attempt)) is not None:
        raise Conflict(_("She sits another attempt of this examination now."), code="another")
    _withdraw(attempt)
    _take_from_markers(attempt)
    former, run = attempt.state.value, attempt.grade_run_id
    _without_result(attempt)
    settings = quiz_rules.QuizSettings.from_json(
        db.session.get_one(QuizRevision, attempt.quiz_revision_id).settings
    )
    begins = moment_of(attempt, now) + LEAD
    attempt.state, attempt.submitted_at = AttemptState.IN_PROGRESS, None
    attempt.deadline_at = begins + timedelta(minutes=minutes)
    attempt.cutoff_at = attempt.deadline_at + timedelta(seconds=settings.grace_seconds)
    decide(
        actor,
        attempt,
        Decision.REOPEN,
        reason,
        now=now,
        minutes=minutes,
        former=former,
        grade_run=str(run) if run else None,
    )
    letters.tell_reopened(attempt.id, attempt.deadline_at)
    return attempt


def count_late_answers(
    actor: Actor, attempt_id: uuid.UUID, ordinals: Collection[int], *, reason: str, now: datetime
) -> Attempt:
    """Let these late answers count: the latest of each question becomes the answer, unless one that counts came
    after it. The events and their receipts stay as they are; an attempt that has ended is graded anew, and has no
    result while one of them waits for a mark.

    Raises NotFound, Invalid when an ordinal is not that of a late answer which does not count yet, Conflict when
    the attempt is void or waits, when people have marked answers of it, or when what a completed course or
    programme rests on would be taken away, if only until an answer is marked.
    """
    reason = clean_reason(reason)
    attempt = lock_one(actor, attempt_id)
    if attempt.state not in (*FINISHED_STATES, AttemptState.IN_PROGRESS, AttemptState.PAUSED):
        raise overtaken()
    late = {answer.ordinal: answer for answer in queries.late_answers(attempt.id) if not answer.counted}
    if not ordinals or not set(ordinals) <= set(late):
        raise Invalid(_("Choose late answers that do not count yet."), code="ordinals")
    for ordinal in sorted(ordinals):
        answer = late[ordinal]
        db.session.execute(
            update(AttemptItem)
            .where(
                AttemptItem.id == answer.item_id,
                or_(AttemptItem.answer_ordinal.is_(None), AttemptItem.answer_ordinal < ordinal),
            )
            .values(answer_ordinal=ordinal, answer_device=answer.device_id, answer_seq=answer.client_seq)
            .execution_options(synchronize_session=False)
        )
    former = attempt.grade_run_id
    if attempt.state in FINISHED_STATES:
        _grade_anew(actor, attempt, reason, now)
    decide(
        actor,
        attempt,
        Decision.COUNT_LATE,
        reason,
        now=now,
        ordinals=sorted(ordinals),
        grade_run=str(former) if former else None,
    )
    if attempt.state in FINISHED_STATES:
        letters.tell_late_counted(attempt.id)
    return attempt


def _grade_anew(actor: Actor, attempt: Attempt, reason: str, now: datetime) -> None:
    passed = _passed(attempt)
    _take_from_markers(attempt)
    result = grade_attempt(
        attempt, now=moment_of(attempt, now), cause="late_answers", actor_id=actor.person_id, reason=reason
    )
    if passed and not (result and result.passed):
        _announce_withdrawal(attempt)
    if result is None:
        _without_result(attempt)


def _another_open(attempt: Attempt) -> Select[uuid.UUID]:
    return (
        select(Attempt.id)
        .filter_by(
            candidate_id=attempt.candidate_id,
            quiz_id=attempt.quiz_id,
            context_type=attempt.context_type,
            context_id=attempt.context_id,
        )
        .where(Attempt.id != attempt.id, Attempt.state.in_(OPEN_STATES))
        .limit(1)
    )


def _passed(attempt: Attempt) -> bool:
    return bool(
        db.session.scalar(
            select(AttemptResult.passed).filter_by(attempt_id=attempt.id, run_id=attempt.grade_run_id)
        )
    )


def _withdraw(attempt: Attempt) -> None:
    """Ask the packages above whether the result may go; one that was not passed bears nothing."""
    if attempt.grade_run_id is not None and _passed(attempt):
        _announce_withdrawal(attempt)


def _announce_withdrawal(attempt: Attempt) -> None:
    announce(
        ResultWithdrawn(
            attempt_id=attempt.id,
            person_id=attempt.candidate_id,
            quiz_id=attempt.quiz_id,
            context_type=attempt.context_type,
            context_id=attempt.context_id,
        )
    )


def _without_result(attempt: Attempt) -> None:
    """None counts until the next; a release that was on its way to it, or had brought one out, is none of its."""
    attempt.grade_run_id = None
    db.session.execute(delete(ReleasedPaper).where(ReleasedPaper.attempt_id == attempt.id))


def _take_from_markers(attempt: Attempt) -> None:
    """Its answers leave the markers' queue; closing puts them there again. Raises Conflict once one is marked."""
    items = select(AttemptItem.id).where(AttemptItem.attempt_id == attempt.id)
    if db.session.scalar(select(exists().where(Mark.item_id.in_(items)))):
        raise Conflict(
            _(
                "People have already marked answers of this paper, and marks are not thrown away."
                " Declare the attempt void and let her sit another one."
            ),
            code="marked",
        )
    db.session.execute(
        delete(MarkingTask).where(MarkingTask.item_id.in_(items)).execution_options(synchronize_session=False)
    )
