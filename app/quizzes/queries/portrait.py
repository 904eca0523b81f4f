"""What the engine keeps about one person, for the copy of her own data."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.quizzes import rules
from app.quizzes.grading.aliases import outward
from app.quizzes.models import (
    RESULT_COUNTS,
    Attempt,
    AttemptItem,
    AttemptResult,
    Quiz,
    QuizRevision,
    ResponseEvent,
)


def sittings_of(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """Attempts with every answer that reached the server and the result, as JSON values. Two statements."""
    rows = db.session.execute(
        select(Attempt, Quiz.key, QuizRevision.digest, QuizRevision.settings, AttemptResult)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .outerjoin(AttemptResult, RESULT_COUNTS)
        .where(Attempt.candidate_id == person_id)
        .order_by(Attempt.started_at)
    ).all()
    answers: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for event, layout in db.session.execute(
        select(ResponseEvent, AttemptItem.layout)
        .join(AttemptItem, AttemptItem.id == ResponseEvent.item_id)
        .where(ResponseEvent.attempt_id.in_([row.Attempt.id for row in rows]))
        .order_by(ResponseEvent.attempt_id, ResponseEvent.ordinal)
    ):
        answers.setdefault(event.attempt_id, []).append(
            {
                "ordinal": event.ordinal,
                "kind": event.kind.value,
                "answer": outward(event.body, layout),
                "received_at": event.received_at.isoformat(),
                "late": event.late,
                "superseded": event.superseded,
            }
        )
    return [
        {
            "examination": row.key,
            "revision": row.digest,
            "number": row.Attempt.number,
            "state": row.Attempt.state.value,
            "started_at": row.Attempt.started_at.isoformat(),
            "submitted_at": row.Attempt.submitted_at.isoformat() if row.Attempt.submitted_at else None,
            "granted": row.Attempt.allowance,
            "pauses_taken": row.Attempt.own_pauses,
            "pause_seconds": row.Attempt.own_pause_seconds,
            **_result(row, clock.now()),
            "answers": answers.get(row.Attempt.id, []),
        }
        for row in rows
    ]


def _result(row: Any, now: datetime) -> dict[str, Any]:
    """Percentage and outcome, where the review matrix shows them to her now."""
    settings = rules.QuizSettings.from_json(row.settings)
    result = row.AttemptResult
    if result is None or not settings.shown(row.Attempt.submitted_at or now, now).percentage:
        result = None
    return {"percent": str(result.percent) if result else None, "passed": result.passed if result else None}
