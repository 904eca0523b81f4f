"""Which questions somebody reviews today. Asked anew each time: what a review policy closes is gone at once."""

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.accounts.models import Person, PersonState
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.courses.models import CheckAnswer, Enrolment
from app.courses.studying.models import ReviewAnswer, ReviewCard, ReviewPlan
from app.courses.studying.rules.spacing import DEFAULT_LIMIT
from app.quizzes import queries as quizzes
from app.quizzes import rules
from app.quizzes.models import (
    FINISHED_STATES,
    RESULT_COUNTS,
    Attempt,
    AttemptItem,
    AttemptResult,
    QuestionRevision,
    QuizRevision,
)

#: What a person has to mark cannot be reviewed by oneself; a case may hold such parts.
_BY_HAND: Final = frozenset({"essay", "file_upload"})
#: The hour of the day (the reader's own) from which reminders are sent.
MORNING: Final = 8


@dataclass(frozen=True, slots=True)
class Met:
    """A question somebody has met, in the revision she met last."""

    question_id: uuid.UUID
    revision_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Day:
    """One's reviews on one day. ``queue`` is what is still to do, in its order, within the day's limit."""

    queue: list[Met]
    #: How many questions of all are due or new; more than the queue where the limit cuts.
    waiting: int
    done: int
    limit: int
    met: int
    #: When the next one comes back; None when nothing is scheduled.
    next_due: datetime | None


def day_of(zone: str, now: datetime) -> tuple[datetime, datetime]:
    """The beginning and the end of the present day where somebody lives."""
    local = now.astimezone(ZoneInfo(zone))
    begin = datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
    return begin, begin + timedelta(days=1)


def review_day(person_id: uuid.UUID, zone: str, now: datetime) -> Day:
    """What is due today, the longest overdue first, then what was never reviewed. Eight statements at most."""
    begin, end = day_of(zone, now)
    met = {one.question_id: one for one in questions_met(person_id, now)}
    cards = db.session.execute(
        select(ReviewCard.question_id, ReviewCard.due)
        .where(ReviewCard.person_id == person_id)
        .order_by(ReviewCard.due, ReviewCard.id)
    ).all()
    due = [met[row.question_id] for row in cards if row.due < end and row.question_id in met]
    known = {row.question_id for row in cards}
    fresh = [one for question_id, one in met.items() if question_id not in known]
    done = db.session.scalar(
        select(func.count()).where(ReviewAnswer.person_id == person_id, ReviewAnswer.created_at >= begin)
    )
    limit = plan_of(person_id).daily_limit
    later = [row.due for row in cards if row.due >= end and row.question_id in met]
    waiting = [*due, *fresh]
    return Day(
        queue=waiting[: max(0, limit - (done or 0))],
        waiting=len(waiting),
        done=done or 0,
        limit=limit,
        met=len(met),
        next_due=min(later, default=None),
    )


def plan_of(person_id: uuid.UUID) -> ReviewPlan:
    """Her plan, or the plain one (not yet kept)."""
    return db.session.get(ReviewPlan, person_id) or ReviewPlan(
        person_id=person_id, daily_limit=DEFAULT_LIMIT, reminders=False
    )


def questions_met(person_id: uuid.UUID, now: datetime) -> list[Met]:
    """Questions she answered in lessons, and those of finished attempts whose review shows her the right answers.

    A question that stands on a paper of hers that is running, void or still closed is left out, wherever else
    she met it: a review never tells what an examination does not tell yet. Five statements at most.
    """
    open_revisions, closed_revisions = _of_attempts(person_id, now)
    in_lessons = db.session.scalars(
        select(CheckAnswer.question_revision_id)
        .join(Enrolment, Enrolment.id == CheckAnswer.enrolment_id)
        .where(Enrolment.person_id == person_id)
        .group_by(CheckAnswer.question_revision_id)
        .order_by(func.max(CheckAnswer.id))
    ).all()
    known = _reviewable({*in_lessons, *open_revisions, *closed_revisions})
    closed = {known[revision_id] for revision_id in closed_revisions if revision_id in known}
    latest: dict[uuid.UUID, Met] = {}
    for revision_id in [*in_lessons, *open_revisions]:
        question_id = known.get(revision_id)
        if question_id is not None and question_id not in closed:
            latest[question_id] = Met(question_id, revision_id)
    return list(latest.values())


def _of_attempts(person_id: uuid.UUID, now: datetime) -> tuple[list[uuid.UUID], set[uuid.UUID]]:
    """Question revisions on her papers: those whose review is open to her now, and all others."""
    attempts = db.session.execute(
        select(
            Attempt.id,
            Attempt.state,
            Attempt.submitted_at,
            Attempt.quiz_revision_id,
            AttemptResult.run_id,
            QuizRevision.settings,
        )
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .outerjoin(AttemptResult, RESULT_COUNTS)
        .where(Attempt.candidate_id == person_id)
    ).all()
    ends = quizzes.general_ends({row.quiz_revision_id for row in attempts}) if attempts else {}
    open_ids = {row.id for row in attempts if _is_open(row, ends[row.quiz_revision_id], now)}
    items = db.session.execute(
        select(AttemptItem.attempt_id, AttemptItem.question_revision_id)
        .where(AttemptItem.attempt_id.in_([row.id for row in attempts]))
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
    ).all()
    seen = [row.question_revision_id for row in items if row.attempt_id in open_ids]
    return seen, {row.question_revision_id for row in items if row.attempt_id not in open_ids}


def _is_open(attempt: Any, closes_at: datetime | None, now: datetime) -> bool:
    """Does the result page of this attempt show its candidate the right answers and why?"""
    if attempt.state not in FINISHED_STATES or attempt.run_id is None:
        return False
    settings = rules.QuizSettings.from_json(attempt.settings)
    shown = settings.review.shown(rules.phase_of(attempt.submitted_at or now, closes_at, now))
    return shown.answers and shown.correct and shown.feedback


def _reviewable(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Question by revision, of those that the machine grades alone."""
    rows = db.session.execute(
        select(QuestionRevision.id, QuestionRevision.question_id, QuestionRevision.type).where(
            QuestionRevision.id.in_(revision_ids)
        )
    ).all()
    cases = {row.id for row in rows if row.type == "case"}
    by_hand = set(_with_parts_by_hand(cases)) if cases else set()
    return {row.id: row.question_id for row in rows if row.type not in _BY_HAND and row.id not in by_hand}


def _with_parts_by_hand(revision_ids: Iterable[uuid.UUID]) -> Iterator[uuid.UUID]:
    statement = select(QuestionRevision.id, QuestionRevision.body).where(QuestionRevision.id.in_(revision_ids))
    for row in db.session.execute(statement):
        if any(part["type"] in _BY_HAND for part in row.body["parts"]):
            yield row.id


def get_review_answer(actor: Actor, answer_id: uuid.UUID) -> ReviewAnswer:
    """One's own answer. Raises NotFound."""
    found = db.session.scalar(
        select(ReviewAnswer).where(ReviewAnswer.id == answer_id, ReviewAnswer.person_id == actor.person_id)
    )
    if found is None:
        raise NotFound
    return found


def is_latest(answer: ReviewAnswer) -> bool:
    """Is it the last answer to its question?"""
    last = select(ReviewAnswer.id).where(ReviewAnswer.card_id == answer.card_id).order_by(ReviewAnswer.id.desc())
    return db.session.scalar(last.limit(1)) == answer.id


def reviews_of(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """For the copy of one's own data."""
    rows = db.session.execute(
        select(ReviewAnswer, ReviewCard.due)
        .join(ReviewCard, ReviewCard.id == ReviewAnswer.card_id)
        .where(ReviewAnswer.person_id == person_id)
        .order_by(ReviewAnswer.id)
    )
    return [
        {
            "question_revision": str(row.ReviewAnswer.question_revision_id),
            "answer": row.ReviewAnswer.response,
            "correct": row.ReviewAnswer.correct,
            "ease": row.ReviewAnswer.ease.value,
            "at": row.ReviewAnswer.created_at.isoformat(),
            "next": row.due.isoformat(),
        }
        for row in rows
    ]


def reminders_due(now: datetime) -> list[uuid.UUID]:
    """Those who want reminders, have not had today's, and for whom the morning has come. One statement."""
    rows = db.session.execute(
        select(ReviewPlan.person_id, ReviewPlan.reminded_on, Person.time_zone)
        .join(Person, Person.id == ReviewPlan.person_id)
        .where(ReviewPlan.reminders, Person.state == PersonState.ACTIVE)
        .order_by(ReviewPlan.person_id)
    ).all()
    local = {row.person_id: now.astimezone(ZoneInfo(row.time_zone)) for row in rows}
    return [
        row.person_id
        for row in rows
        if local[row.person_id].hour >= MORNING and row.reminded_on != local[row.person_id].date()
    ]
