"""Answer in a review, say how hard it was, choose how much a day."""

import uuid
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.access import Actor
from app.core.database import db, serialise
from app.core.errors import Conflict, Invalid, NotFound
from app.courses.studying import queries
from app.courses.studying.models import ReviewAnswer, ReviewCard, ReviewPlan
from app.courses.studying.rules.spacing import MAX_LIMIT, Ease, Memory, review
from app.quizzes import grading
from app.quizzes.models import QuestionRevision

_RIGHT: Final = frozenset({Ease.HARD, Ease.GOOD, Ease.EASY})


def answer_review(
    actor: Actor, revision_id: uuid.UUID, *, client_id: uuid.UUID, response: object, now: datetime
) -> ReviewAnswer:
    """Grade an answer and plan when the question comes back; sending it again changes nothing.

    Raises NotFound for a question that is not hers to review now, Invalid for an empty or malformed answer.
    """
    serialise(f"studying.review:{actor.person_id}")
    known = db.session.scalar(
        select(ReviewAnswer).where(ReviewAnswer.person_id == actor.person_id, ReviewAnswer.client_id == client_id)
    )
    if known is not None:
        return known
    met = next(
        (one for one in queries.questions_met(actor.person_id, now) if one.revision_id == revision_id), None
    )
    if met is None:
        raise NotFound
    revision = db.session.get_one(QuestionRevision, revision_id)
    cleaned = grading.normalise(response, grading.full_layout(revision.body))
    if not cleaned:
        raise Invalid(_("Answer the question first."), code="unanswered")
    result = grading.grade(revision.body, cleaned)
    if isinstance(result, grading.NeedsMarking):
        raise NotFound
    ease = Ease.GOOD if result.correct else Ease.AGAIN
    card = db.session.scalar(
        select(ReviewCard).where(
            ReviewCard.person_id == actor.person_id, ReviewCard.question_id == met.question_id
        )
    )
    before = memory_of(card) if card is not None else None
    if card is None:
        card = ReviewCard(person_id=actor.person_id, question_id=met.question_id, created_at=now)
        db.session.add(card)
    _plan(card, review(before, ease, now))
    db.session.flush()
    answer = ReviewAnswer(
        person_id=actor.person_id,
        card_id=card.id,
        client_id=client_id,
        question_revision_id=revision_id,
        response=cleaned,
        correct=result.correct,
        ease=ease,
        before=before.as_json() if before else {},
        created_at=now,
    )
    db.session.add(answer)
    db.session.flush()
    return answer


def memory_of(card: ReviewCard) -> Memory:
    """The numbers a card keeps."""
    return Memory(card.state, card.stability, card.difficulty, card.due, card.last_review)


def memory_before(answer: ReviewAnswer) -> Memory | None:
    """What was known before an answer; None for the first."""
    return Memory.from_json(answer.before) if answer.before else None


def _plan(card: ReviewCard, memory: Memory) -> None:
    card.state, card.stability, card.difficulty = memory.state, memory.stability, memory.difficulty
    card.due, card.last_review = memory.due, memory.last_review


def rate_review(answer: ReviewAnswer, ease: Ease | None) -> None:
    """Say how hard a right answer was; the plan is made again from before it.

    Raises Invalid for another word, Conflict for a wrong answer or one that is not the last to its question.
    """
    if ease not in _RIGHT:
        raise Invalid("ease: hard, good or easy")
    if not answer.correct or not queries.is_latest(answer):
        raise Conflict(_("Only the latest right answer can be rated."))
    answer.ease = ease
    card = db.session.get_one(ReviewCard, answer.card_id)
    _plan(card, review(memory_before(answer), ease, answer.created_at))
    db.session.flush()


def set_plan(actor: Actor, *, daily_limit: int, reminders: bool) -> ReviewPlan:
    """How much to review a day, and whether to be reminded. Raises Invalid."""
    if not 1 <= daily_limit <= MAX_LIMIT:
        raise Invalid(_("From 1 to %(most)d questions a day.", most=MAX_LIMIT))
    plan = db.session.get(ReviewPlan, actor.person_id) or ReviewPlan(person_id=actor.person_id)
    plan.daily_limit, plan.reminders = daily_limit, reminders
    db.session.add(plan)
    db.session.flush()
    return plan


def claim_reminder(plan: ReviewPlan, zone: str, now: datetime) -> int:
    """How many questions to remind of, noted as done for the day; 0 where nothing waits or it was done."""
    today = queries.day_of(zone, now)[0].date()
    if not plan.reminders or plan.reminded_on == today:
        return 0
    plan.reminded_on = today
    return len(queries.review_day(plan.person_id, zone, now).queue)
