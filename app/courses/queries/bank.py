"""The question bank and its results, for instructors."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import case, func, select

from app.core.database import db
from app.core.errors import NotFound
from app.courses.models import CheckAnswer
from app.quizzes import queries as quizzes
from app.quizzes.models import Question, QuestionRevision


@dataclass(frozen=True, slots=True)
class BankLine:
    """A question in the list, with how it fared."""

    key: str
    revision: QuestionRevision
    module_key: str
    is_check: bool
    #: How often answered; None where a bank question was never drawn.
    answers: int
    #: Mean share of right answers, 0 to 1; None while nobody answered.
    facility: Decimal | None


def _check_results(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[int, Decimal]]:
    """First-hand results of check questions: every try counts."""
    rows = db.session.execute(
        select(
            CheckAnswer.question_revision_id,
            func.count(),
            func.sum(case((CheckAnswer.correct, 1), else_=0)),
        )
        .where(CheckAnswer.question_revision_id.in_(ids))
        .group_by(CheckAnswer.question_revision_id)
    )
    return {row[0]: (row[1], Decimal(row[2]) / row[1]) for row in rows}


def bank_of(course_key: str, checks: Sequence[str]) -> list[BankLine]:
    """Every question written for a course, in the order of its files; three statements."""
    prefix = f"courses/{course_key}/"
    rows = db.session.execute(
        select(Question.key, Question.source, QuestionRevision)
        .join(QuestionRevision, QuestionRevision.id == Question.current_revision_id)
        .where(Question.source.startswith(prefix, autoescape=True))
        .order_by(Question.source, Question.key)
    ).all()
    ids = [row.QuestionRevision.id for row in rows]
    examined, checked = quizzes.question_statistics(ids), _check_results(ids)
    lines = []
    for row in rows:
        revision: QuestionRevision = row.QuestionRevision
        is_check = row.key in checks
        answers, facility = checked.get(revision.id, (0, None)) if is_check else (0, None)
        if not is_check and revision.id in examined:
            answers, facility = examined[revision.id].times_answered, examined[revision.id].facility
        module_key = row.source.removeprefix(prefix).partition("/")[0]
        lines.append(BankLine(row.key, revision, module_key, is_check, answers, facility))
    return lines


def revisions_of_question(key: str) -> tuple[Question, list[QuestionRevision]]:
    """A question of a course with all its revisions, the newest first. Raises NotFound."""
    question = db.session.scalar(
        select(Question).where(Question.key == key, Question.source.startswith("courses/", autoescape=True))
    )
    if question is None:
        raise NotFound
    revisions = db.session.scalars(
        select(QuestionRevision)
        .where(QuestionRevision.question_id == question.id)
        .order_by(QuestionRevision.number.desc())
    )
    return question, list(revisions)
