"""Append grades and the result that counts, and tell the packages above."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ScalarSelect, insert, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.core.events import announce
from app.core.identifiers import new_id
from app.quizzes import grading, replay, rules
from app.quizzes.events import AttemptGraded
from app.quizzes.grading.base import PLACES, Result
from app.quizzes.marking.models import MarkingTask
from app.quizzes.marking.rules import Stage
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptResult,
    Grade,
    GradeRun,
    QuestionRevision,
    QuizRevision,
    ResponseEvent,
)
from app.quizzes.regrading import services as regrading
from app.quizzes.results import Outcome


def grade_attempt(
    attempt: Attempt,
    *,
    now: datetime,
    cause: str = "submission",
    actor_id: uuid.UUID | None = None,
    reason: str = "",
) -> AttemptResult | None:
    """Grade a closed attempt from its events; the same number of statements for any number of questions.

    None when an answer waits for a person, or results come out together: the machine's grades are kept in a run
    that is never applied, answers stand in the markers' queue, and nothing is announced until ``apply_marks``.
    """
    settings = _settings(attempt)
    rows = db.session.execute(
        select(AttemptItem, QuestionRevision.body, ResponseEvent.body.label("response"))
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.question_revision_id)
        .outerjoin(
            ResponseEvent,
            (ResponseEvent.attempt_id == AttemptItem.attempt_id)
            & (ResponseEvent.ordinal == AttemptItem.answer_ordinal),
        )
        .where(AttemptItem.attempt_id == attempt.id)
        .order_by(AttemptItem.position)
        .execution_options(populate_existing=True)
    ).all()
    results = [(item, grading.grade(body, response, item.layout)) for item, body, response in rows]
    waits = any(result.waiting for _item, result in results)
    # A result that is out already is replaced at once.
    held = waits or (settings.release is rules.Release.TOGETHER and attempt.grade_run_id is None)
    run = GradeRun(
        id=new_id(),
        cause=cause,
        grader_version=grading.VERSION,
        actor_id=actor_id,
        reason=reason,
        applied_at=None if held else now,
        created_at=now,
    )
    db.session.add(run)
    db.session.flush()
    grades = [_grade(run, item, result, now) for item, result in results]
    if grades:
        db.session.execute(insert(Grade), grades)
    if waits:
        db.session.execute(
            insert(MarkingTask), [_task(grade, settings, now) for grade in grades if grade["waiting"]]
        )
    if held:
        return None
    earned = sum((_marks(item, result) for item, result in results), Decimal(0))
    possible = sum((item.marks for item, _result in results), Decimal(0))
    return _apply(attempt, run, earned, possible, now)


def _task(grade: dict[str, Any], settings: rules.QuizSettings, now: datetime) -> dict[str, Any]:
    """The row by which an answer stands in the markers' queue."""
    return {
        "id": uuid.uuid4(),
        "created_at": now,
        "item_id": grade["item_id"],
        "grade_id": grade["id"],
        "max_difference": settings.double_marking.difference if settings.double_marking else None,
        "stage": Stage.FIRST,
    }


def apply_marks(
    attempt: Attempt,
    fractions: Mapping[uuid.UUID, Decimal],
    *,
    actor_id: uuid.UUID,
    cause: str,
    now: datetime,
) -> AttemptResult:
    """Append the run that joins people's marks (item → fraction) to the machine's grades, and let it count.

    ``actor_id`` gave the last mark (cause ``marking``) or released the results (``release``). The attempt is
    locked by the caller, has no result yet, and every answer that waited is in ``fractions``.
    """
    rows = db.session.execute(
        select(Grade, AttemptItem.marks)
        .join(AttemptItem, AttemptItem.id == Grade.item_id)
        .where(Grade.attempt_id == attempt.id, Grade.run_id == _machine_run(attempt))
        .order_by(AttemptItem.position)
    ).all()
    run = GradeRun(
        id=new_id(),
        cause=cause,
        grader_version=grading.VERSION,
        actor_id=actor_id,
        applied_at=now,
        created_at=now,
    )
    db.session.add(run)
    db.session.flush()
    grades = [_marked(run, grade, marks, fractions, now) for grade, marks in rows]
    db.session.execute(insert(Grade), grades)
    earned = sum((grade["marks"] for grade in grades), Decimal(0))
    return _apply(attempt, run, earned, sum((marks for _grade, marks in rows), Decimal(0)), now)


def _machine_run(attempt: Attempt) -> ScalarSelect[uuid.UUID]:
    """The machine's last run over the attempt: it has several when an invigilator opened it again."""
    machine = aliased(Grade)
    return (
        select(machine.run_id)
        .join(GradeRun, GradeRun.id == machine.run_id)
        .where(machine.attempt_id == attempt.id, GradeRun.cause.in_(("submission", "late_answers")))
        .order_by(GradeRun.created_at.desc(), GradeRun.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _marked(
    run: GradeRun, grade: Grade, marks: Decimal, fractions: Mapping[uuid.UUID, Decimal], now: datetime
) -> dict[str, Any]:
    """The row of one question: as the machine graded it, or as people marked it."""
    fraction = fractions.get(grade.item_id, grade.fraction)
    return {
        "id": new_id(),
        "created_at": now,
        "run_id": run.id,
        "attempt_id": grade.attempt_id,
        "item_id": grade.item_id,
        "question_revision_id": grade.question_revision_id,
        "event_ordinal": grade.event_ordinal,
        "fraction": fraction,
        "marks": (marks * fraction).quantize(PLACES, ROUND_HALF_UP),
        "parts": grade.parts,
        "certainty_mark": grade.certainty_mark,
        "waiting": {},
    }


def _marks(item: AttemptItem, result: Result) -> Decimal:
    """What the answer has earned so far."""
    return (item.marks * result.fraction).quantize(PLACES, ROUND_HALF_UP)


def _grade(run: GradeRun, item: AttemptItem, result: Result, now: datetime) -> dict[str, Any]:
    """The row of one question."""
    return {
        "id": new_id(),
        "created_at": now,
        "run_id": run.id,
        "attempt_id": item.attempt_id,
        "item_id": item.id,
        "question_revision_id": item.question_revision_id,
        "event_ordinal": item.answer_ordinal,
        "fraction": result.fraction.quantize(PLACES, ROUND_HALF_UP),
        "marks": _marks(item, result),
        "parts": result.parts,
        "certainty_mark": result.certainty_mark,
        "waiting": {part: str(share) for part, share in result.waiting.items()},
    }


def _settings(attempt: Attempt) -> rules.QuizSettings:
    return rules.QuizSettings.from_json(db.session.get_one(QuizRevision, attempt.quiz_revision_id).settings)


def _apply(attempt: Attempt, run: GradeRun, earned: Decimal, possible: Decimal, now: datetime) -> AttemptResult:
    outcome = Outcome.reached(earned, possible, _settings(attempt).pass_mark)
    (result,) = replay.keep_results(run, {attempt.id: outcome}, now)
    attempt.grade_run_id = run.id
    db.session.flush()
    result = _as_regraded(attempt, now) or result
    announce(
        AttemptGraded(
            attempt_id=attempt.id,
            person_id=attempt.candidate_id,
            quiz_id=attempt.quiz_id,
            quiz_revision_id=attempt.quiz_revision_id,
            context_type=attempt.context_type,
            context_id=attempt.context_id,
            percent=result.percent,
            passed=result.passed,
            grade_run_id=result.run_id,
        )
    )
    return result


def _as_regraded(attempt: Attempt, now: datetime) -> AttemptResult | None:
    """Questions of this paper may have been regraded while it was being answered or marked."""
    asked = select(AttemptItem.question_revision_id).where(AttemptItem.attempt_id == attempt.id)
    return regrading.follow_standing(attempt, asked, now)
