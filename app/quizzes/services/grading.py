"""Append grades and the result that counts, and tell the packages above."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import insert, select

from app.core.database import db
from app.core.events import announce
from app.core.identifiers import new_id
from app.quizzes import grading, rules
from app.quizzes.events import AttemptGraded
from app.quizzes.grading.base import PLACES, Result
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


def grade_attempt(attempt: Attempt, *, now: datetime) -> AttemptResult | None:
    """Grade a closed attempt from its events; the same number of statements for any number of questions.

    None when an answer waits for a person: the machine's grades are kept in a run that is not applied yet, and
    nothing is announced.
    """
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
    run = GradeRun(
        id=new_id(),
        cause="submission",
        grader_version=grading.VERSION,
        applied_at=None if waits else now,
        created_at=now,
    )
    db.session.add(run)
    db.session.flush()
    if results:
        db.session.execute(insert(Grade), [_grade(run, item, result, now) for item, result in results])
    if waits:
        return None
    earned = sum((_marks(item, result) for item, result in results), Decimal(0))
    possible = sum((item.marks for item, _result in results), Decimal(0))
    return _apply(attempt, run, earned, possible, now)


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


def _apply(attempt: Attempt, run: GradeRun, earned: Decimal, possible: Decimal, now: datetime) -> AttemptResult:
    revision = db.session.get_one(QuizRevision, attempt.quiz_revision_id)
    settings = rules.QuizSettings.from_json(revision.settings)
    result = AttemptResult(
        run_id=run.id,
        attempt_id=attempt.id,
        earned=earned,
        possible=possible,
        percent=rules.percent_of(earned, possible),
        passed=bool(possible) and earned * 100 >= settings.pass_mark * possible,
        created_at=now,
    )
    db.session.add(result)
    attempt.grade_run_id = run.id
    db.session.flush()
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
            grade_run_id=run.id,
        )
    )
    return result
