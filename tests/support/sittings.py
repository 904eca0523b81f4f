"""Graded sittings in bulk, as the engine leaves them: for analyses of many people."""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import insert, select

from app.accounts.models import Person, PersonState
from app.core import clock
from app.core.database import transaction
from app.core.identifiers import new_id
from app.organisations.models import Organisation
from app.quizzes import grading, rules
from app.quizzes.analysis.parts import draws_numbers
from app.quizzes.grading.base import PLACES
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptResult,
    AttemptState,
    EventKind,
    Grade,
    GradeRun,
    Question,
    QuestionRevision,
    QuizRevision,
    QuizRevisionItem,
    ResponseEvent,
)

#: What was answered; {} for nothing; where each paper draws its own numbers, what follows from the layout.
Said = dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]]
#: Person number, key of the question, its body → what she answered.
Answering = Callable[[int, str, dict[str, Any]], Said]
Rows = dict[Any, list[dict[str, Any]]]


def layout_for(body: dict[str, Any], at: int) -> dict[str, Any]:
    """The layout on the paper of this person: her own numbers where numbers are drawn."""
    if not draws_numbers(body):
        return grading.full_layout(body)
    return grading.lay_out(body, random.Random(at), shuffle=False)  # noqa: S311 - the same papers each time


def answer_to(layout: dict[str, Any], said: Said) -> dict[str, Any]:
    """The normalised answer."""
    return grading.normalise(said(layout) if callable(said) else said, layout)


def make_people(count: int, organisation: Organisation | None = None) -> list[uuid.UUID]:
    """As many candidates, of the organisation."""
    now = clock.now()
    people: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "created_at": now,
            "name": f"考生{number}",
            "latin_name": "",
            "organisation_id": organisation.id if organisation else None,
            "state": PersonState.ACTIVE,
            "locale": "zh_Hans",
            "time_zone": "Asia/Shanghai",
            "privacy_version": "",
            "is_demo": False,
        }
        for number in range(count)
    ]
    with transaction() as session:
        session.execute(insert(Person), people)
    return [row["id"] for row in people]


def sit(
    revision: QuizRevision,
    people: Sequence[uuid.UUID],
    answering: Answering,
    *,
    number: int = 1,
    state: AttemptState = AttemptState.SUBMITTED,
    now: datetime | None = None,
) -> list[uuid.UUID]:
    """One finished, graded attempt of each person; returns the attempts."""
    now = now or clock.now()
    tables = (GradeRun, Attempt, AttemptItem, ResponseEvent, Grade, AttemptResult)
    rows: Rows = {table: [] for table in tables}
    with transaction() as session:
        bank = session.execute(
            select(Question.key, QuestionRevision, QuizRevisionItem.pool)
            .join(QuestionRevision, QuestionRevision.question_id == Question.id)
            .join(QuizRevisionItem, QuizRevisionItem.question_revision_id == QuestionRevision.id)
            .where(QuizRevisionItem.quiz_revision_id == revision.id)
            .order_by(QuizRevisionItem.pool, QuizRevisionItem.position)
        ).all()
        paper = _Paper(revision, bank, answering, number, state)
        for at, person_id in enumerate(people):
            _one_sitting(rows, paper, at, person_id, now + timedelta(seconds=at))
        for table in tables:
            if rows[table]:
                session.execute(insert(table), rows[table])
    return [row["id"] for row in rows[Attempt]]


@dataclass
class _Paper:
    revision: QuizRevision
    bank: Sequence[Any]
    answering: Answering
    number: int
    state: AttemptState


def _one_sitting(rows: Rows, paper: _Paper, at: int, person_id: uuid.UUID, now: datetime) -> None:
    seed = at + 1
    pools = [
        rules.DrawnPool(about["pick"], [row.QuestionRevision.id for row in paper.bank if row.pool == pool])
        for pool, about in enumerate(paper.revision.pools)
    ]
    known = {row.QuestionRevision.id: (row.key, row.QuestionRevision) for row in paper.bank}
    stamp = {"created_at": now}
    run = {"id": new_id(), "cause": "submission", "grader_version": grading.VERSION, "reason": ""}
    attempt_id = new_id()
    earned = possible = Decimal(0)
    ordinal = 0
    for position, (_section, question_id) in enumerate(rules.draw(pools, seed, shuffle=True), start=1):
        key, question = known[question_id]
        layout = layout_for(question.body, at)
        response = answer_to(layout, paper.answering(at, key, question.body))
        graded = grading.grade(question.body, response, layout)
        ordinal += bool(response)
        maximum = grading.marks_of(question.body)
        marks = (maximum * graded.fraction).quantize(PLACES, ROUND_HALF_UP)
        earned, possible = earned + marks, possible + maximum
        answered = ordinal if response else None
        common = {"attempt_id": attempt_id, "question_revision_id": question_id, "created_at": now}
        item: dict[str, Any] = {"id": new_id(), "position": position, "layout": layout, "marks": maximum}
        rows[AttemptItem].append(common | item | {"answer_ordinal": answered, "flagged": False, "flag_ordinal": 0})
        if response:
            rows[ResponseEvent].append(_event(attempt_id, item["id"], ordinal, response, now))
        grade = {"id": new_id(), "run_id": run["id"], "item_id": item["id"], "event_ordinal": answered}
        rows[Grade].append(common | grade | {"fraction": graded.fraction, "marks": marks, "parts": graded.parts})
    rows[GradeRun].append(stamp | run | {"applied_at": now})
    attempt = {
        "id": attempt_id,
        "candidate_id": person_id,
        "quiz_id": paper.revision.quiz_id,
        "state": paper.state,
    }
    attempt |= {"quiz_revision_id": paper.revision.id, "context_id": uuid.UUID(int=1)}
    attempt |= {
        "context_type": "test",
        "number": paper.number,
        "started_at": now,
        "deadline_at": now,
        "cutoff_at": now,
    }
    attempt |= {"seed": seed, "allowance": {}, "head_ordinal": ordinal, "clock_at": now}
    rows[Attempt].append(stamp | attempt | {"submitted_at": now, "grade_run_id": run["id"]})
    percent = rules.percent_of(earned, possible)
    result = {"id": new_id(), "run_id": run["id"], "attempt_id": attempt_id, "percent": percent}
    rows[AttemptResult].append(stamp | result | {"earned": earned, "possible": possible, "passed": percent >= 60})


def _event(
    attempt_id: uuid.UUID, item_id: uuid.UUID, ordinal: int, response: dict[str, Any], now: datetime
) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "ordinal": ordinal,
        "item_id": item_id,
        "kind": EventKind.ANSWER,
        "client_id": new_id(),
        "device_id": attempt_id,
        "client_seq": ordinal,
        "base_ordinal": ordinal - 1,
        "body": response,
        "salt": "",
        "body_digest": "",
        "key_id": "test",
        "received_at": now,
        "late": False,
        "superseded": False,
    }


def pick(body: dict[str, Any], letter: str) -> dict[str, Any]:
    """The choice of a single-choice question that was authored at this letter's place (a the first)."""
    return {"choice": body["choices"][ord(letter) - ord("a")]["id"]}


def letters(*rows: str) -> Answering:
    """Answers by person: one letter a question, a dot for none."""

    def answer(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
        letter = rows[at][int(key[-1]) - 1]
        return {} if letter == "." else pick(body, letter)

    return answer
