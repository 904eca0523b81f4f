"""Start a sitting, submit it, and close those whose time is over."""

import random
import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from app.accounts import services as accounts
from app.audit import services as audit
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.errors import Conflict, NotFound
from app.core.identifiers import new_id
from app.core.languages import format_moment
from app.quizzes import grading, rules
from app.quizzes.accommodations.queries import allowance_of
from app.quizzes.grading.aliases import give_aliases
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptState,
    QuestionRevision,
    Quiz,
    QuizRevision,
    QuizRevisionItem,
)
from app.quizzes.services import pauses
from app.quizzes.services.grading import grade_attempt
from app.quizzes.services.locking import lock_attempt

WAITING, IN_PROGRESS, PAUSED, SUBMITTED, EXPIRED, VOIDED = (
    AttemptState.WAITING,
    AttemptState.IN_PROGRESS,
    AttemptState.PAUSED,
    AttemptState.SUBMITTED,
    AttemptState.EXPIRED,
    AttemptState.VOIDED,
)
RUNNING: Final = (IN_PROGRESS, PAUSED)
#: A browser's clock may be ahead of the deadline by so much.
EARLY: Final = timedelta(seconds=5)


class NotAdmitted(Conflict):
    """She may start now, but does not bring what the examination asks for; the message says what to do."""


def start_attempt(
    actor: Actor,
    *,
    quiz_id: uuid.UUID,
    context_type: str,
    context_id: uuid.UUID,
    admission: rules.Admission = rules.NOTHING_BROUGHT,
    now: datetime,
) -> Attempt:
    """Begin a sitting, or go on with the one that runs.

    Whether the actor is entitled to the context is the caller's matter. Raises Conflict, with the time from
    which it is possible, outside the window, while cooling off, or when no attempt is left; NotAdmitted for a
    wrong access code, from a foreign network, or without the honour statement.
    """
    revision = _current_revision(quiz_id)
    earlier = _earlier_attempts(actor.person_id, quiz_id, context_type, context_id)
    running = next((attempt for attempt in earlier if attempt.state.is_open), None)
    # What was read without its lock may have been extended or closed meanwhile.
    if running is not None and not expire_attempt(running.id, now=now) and running.state.is_open:
        return running
    settings = rules.QuizSettings.from_json(revision.settings)
    allowance = allowance_of(actor.person_id, quiz_id, (context_type, context_id))
    ended = [attempt.submitted_at or now for attempt in earlier if attempt.state is not VOIDED]
    _refuse(rules.standing(rules.granted(settings, allowance), ended, now))
    _admit(actor, settings, admission)
    number = max((attempt.number for attempt in earlier), default=0) + 1
    context = (context_type, context_id)
    attempt = _new_attempt(actor, revision, allowance, number=number, context=context, now=now)
    if not add_unless_taken(attempt):  # another start was quicker by a moment: hers is the attempt
        earlier = _earlier_attempts(actor.person_id, quiz_id, context_type, context_id)
        return next(other for other in earlier if other.number == number)
    db.session.execute(insert(AttemptItem), _paper(attempt, revision, settings))
    declared = {"honour": attempt.honour_digest} if attempt.honour_digest else {}
    audit.record(actor, "quizzes.start_attempt", attempt, number=number, **declared)
    return attempt


def submit_attempt(actor: Actor, attempt_id: uuid.UUID, *, now: datetime, time_over: bool = False) -> Attempt:
    """End the actor's own sitting and grade it; submitting again changes nothing. Raises NotFound.

    ``time_over``: her page submits by itself because its clock has run down; nothing happens while there is time.
    """
    attempt = lock_attempt(attempt_id)
    if attempt is None or attempt.candidate_id != actor.person_id:
        raise NotFound
    if attempt.state not in RUNNING:
        return attempt
    pauses.end_if_over(attempt, now=now)
    moment = max(now, attempt.clock_at)
    if time_over and (attempt.state is PAUSED or moment < attempt.deadline_at - EARLY):
        return attempt  # her page did not know yet that an invigilator has moved the deadline
    in_time = attempt.state is PAUSED or moment <= attempt.cutoff_at
    close_attempt(attempt, SUBMITTED if in_time else EXPIRED, now=moment)
    audit.record(actor, "quizzes.submit_attempt", attempt, state=attempt.state.value)
    return attempt


def expire_attempt(attempt_id: uuid.UUID, *, now: datetime) -> bool:
    """Close and grade an attempt whose time is over; False when it is closed already or still has time."""
    attempt = lock_attempt(attempt_id)
    if attempt is None or attempt.state is not IN_PROGRESS or max(now, attempt.clock_at) <= attempt.cutoff_at:
        return False
    close_attempt(attempt, EXPIRED, now=now)
    audit.record(None, "quizzes.expire_attempt", attempt)
    return True


def close_attempt(attempt: Attempt, state: AttemptState, *, now: datetime) -> None:
    """End a running attempt for good and grade it.

    An expired one ended at its deadline, whenever the server noticed.
    """
    ended = min(now, attempt.deadline_at) if state is EXPIRED else now
    closed = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt.id, Attempt.state.in_(RUNNING))
        .values(state=state, submitted_at=ended, paused_at=None, pause_ends_at=None)
        .execution_options(synchronize_session=False)
    )
    if closed.rowcount == 0:  # type: ignore[attr-defined]
        return
    db.session.refresh(attempt)
    grade_attempt(attempt, now=now)


def _current_revision(quiz_id: uuid.UUID) -> QuizRevision:
    revision = db.session.scalar(
        select(QuizRevision)
        .join(Quiz, Quiz.current_revision_id == QuizRevision.id)
        .where(Quiz.id == quiz_id)
        # The lock that the attempt's row takes anyway: whoever grants something waits for it, and then finds the
        # attempt; or we wait for her, and find what she granted.
        .with_for_update(of=Quiz, read=True, key_share=True)
    )
    if revision is None:
        raise NotFound(_("There is no such examination."))
    return revision


def _earlier_attempts(
    person_id: uuid.UUID, quiz_id: uuid.UUID, context_type: str, context_id: uuid.UUID
) -> Sequence[Attempt]:
    return db.session.scalars(
        select(Attempt)
        .filter_by(candidate_id=person_id, quiz_id=quiz_id, context_type=context_type, context_id=context_id)
        .order_by(Attempt.number)
        .execution_options(populate_existing=True)
    ).all()


def _refuse(standing: rules.Standing) -> None:
    if standing.refusal is not None:
        raise Conflict(refusal_text(standing), code=standing.refusal.value)


def count_code_try(actor: Actor, now: datetime) -> None:
    """Count a try with an access code before it is compared; in a transaction of its own, which stays when the
    start is refused. Raises ``accounts.Throttled``."""
    account = _code_tries_of(actor)
    accounts.count_attempt(account, account, now)


def _code_tries_of(actor: Actor) -> str:
    return f"examination-code:{actor.person_id}"


def _admit(actor: Actor, settings: rules.QuizSettings, admission: rules.Admission) -> None:
    texts = {
        rules.Missing.NETWORK: _("This examination can only be started from the examination room's network."),
        rules.Missing.ACCESS_CODE: _("This is not the access code. Ask the invigilator for it."),
        rules.Missing.HONOUR: _("Read the declaration and accept it; then the examination starts."),
    }
    if wanting := rules.missing(settings, admission):
        raise NotAdmitted(texts[wanting], code=wanting.value)
    if settings.access_code:
        accounts.clear_attempts(_code_tries_of(actor))


def refusal_text(standing: rules.Standing) -> str:
    """Why no attempt can be started, and from when it can, in the reader's language and zone."""
    when = format_moment(standing.next_start)
    texts = {
        None: "",
        rules.Refusal.NOT_OPEN: _("The examination opens at %(time)s.", time=when),
        rules.Refusal.COOLING_OFF: _("You can start the next attempt from %(time)s.", time=when),
        rules.Refusal.NONE_LEFT: _("You have used all your attempts. Ask your registrar if you need another one."),
        rules.Refusal.CLOSED: _("The examination is closed."),
    }
    return str(texts[standing.refusal])


def _new_attempt(
    actor: Actor,
    revision: QuizRevision,
    allowance: rules.Allowance,
    *,
    number: int,
    context: tuple[str, uuid.UUID],
    now: datetime,
) -> Attempt:
    settings = rules.QuizSettings.from_json(revision.settings)
    deadline = rules.deadline(settings, allowance, now)
    return Attempt(
        id=new_id(),
        candidate_id=actor.person_id,
        quiz_id=revision.quiz_id,
        quiz_revision_id=revision.id,
        context_type=context[0],
        context_id=context[1],
        number=number,
        state=WAITING if settings.identity_check else IN_PROGRESS,
        started_at=now,
        created_at=now,
        clock_at=now,
        deadline_at=deadline,
        cutoff_at=deadline + timedelta(seconds=settings.grace_seconds),
        seed=secrets.randbits(62),
        allowance=allowance.as_json(),
        granted_seconds=rules.extra_seconds(settings, allowance),
        honour_digest=rules.honour_digest(settings.honour),
        honour_accepted_at=now if settings.honour else None,
    )


def _seen(person_id: uuid.UUID, members: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When she last had one of these questions, in whatever revision and examination.

    ``members``: question → the revision that may be drawn now.
    """
    rows = db.session.execute(
        select(QuestionRevision.question_id, func.max(Attempt.started_at).label("at"))
        .join(AttemptItem, AttemptItem.question_revision_id == QuestionRevision.id)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(Attempt.candidate_id == person_id)
        .group_by(QuestionRevision.question_id)
    )
    return {members[row.question_id]: row.at for row in rows if row.question_id in members}


def _paper(attempt: Attempt, revision: QuizRevision, settings: rules.QuizSettings) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(QuizRevisionItem.pool, QuestionRevision)
        .join(QuestionRevision, QuestionRevision.id == QuizRevisionItem.question_revision_id)
        .where(QuizRevisionItem.quiz_revision_id == revision.id)
        .order_by(QuizRevisionItem.pool, QuizRevisionItem.position)
    ).all()
    known = {question.id: question for _pool, question in rows}
    pools = [
        rules.DrawnPool(
            about["pick"],
            [question.id for pool, question in rows if pool == number],
            about.get("section", 0),
        )
        for number, about in enumerate(revision.pools)
    ]
    seen = _seen(attempt.candidate_id, {question.question_id: question.id for question in known.values()})
    drawn = rules.draw(pools, attempt.seed, shuffle=settings.shuffle, seen=seen)
    rng = random.Random(attempt.seed)  # noqa: S311 - see rules.draw
    return [
        {
            "id": new_id(),
            "created_at": attempt.started_at,
            "attempt_id": attempt.id,
            "position": position,
            "section": section,
            "question_revision_id": question_id,
            "layout": give_aliases(grading.lay_out(known[question_id].body, rng, shuffle=settings.shuffle)),
            "marks": grading.marks_of(known[question_id].body),
        }
        for position, (section, question_id) in enumerate(drawn, start=1)
    ]
