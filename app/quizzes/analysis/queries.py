"""Gather the results that count, without names, in the same number of statements for any number of sittings."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, func, select, type_coerce

from app.accounts.models import Person
from app.core.database import db
from app.core.errors import NotFound
from app.quizzes.analysis.report import Answer, Question, Sample, Sitting
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    AttemptResult,
    AttemptState,
    Grade,
    QuestionRevision,
    Quiz,
    QuizRevision,
    QuizRevisionItem,
    ResponseEvent,
)
from app.quizzes.models import (
    Question as BankQuestion,
)

Organisations = Collection[uuid.UUID] | None


@dataclass(frozen=True, slots=True)
class Examined:
    """A quiz in the list of analyses."""

    key: str
    title: dict[str, str]
    #: Graded sittings of those whom the reader may count.
    sittings: int


@dataclass(frozen=True, slots=True)
class RevisionChoice:
    """A revision of a quiz that can be analysed by itself."""

    id: uuid.UUID
    number: int
    title: dict[str, str]
    current: bool


def list_examined(organisations: Organisations) -> list[Examined]:
    """Every published quiz with the number of its sittings, the most used first. One statement."""
    counted = (
        select(Attempt.quiz_id, func.count().label("sittings"))
        .where(*_counts(organisations))
        .group_by(Attempt.quiz_id)
        .subquery()
    )
    sittings = func.coalesce(counted.c.sittings, 0)
    rows = db.session.execute(
        select(Quiz.key, QuizRevision.title, sittings)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .outerjoin(counted, counted.c.quiz_id == Quiz.id)
        .order_by(sittings.desc(), Quiz.key)
    )
    return [Examined(*row) for row in rows]


def list_revisions(key: str) -> list[RevisionChoice]:
    """The revisions of a quiz, the newest first. Raises NotFound. One statement."""
    rows = db.session.execute(
        select(QuizRevision.id, QuizRevision.number, QuizRevision.title, Quiz.current_revision_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .where(Quiz.key == key)
        .order_by(QuizRevision.number.desc())
    ).all()
    if not rows:
        raise NotFound
    return [RevisionChoice(row.id, row.number, row.title, row.id == row.current_revision_id) for row in rows]


def gather(
    key: str,
    *,
    organisations: Organisations,
    revision_id: uuid.UUID | None = None,
    every_attempt: bool = False,
) -> Sample:
    """The sample of one revision of a quiz, or of all; of each person the first sitting, or every one.

    Only graded sittings that were not voided, each by the run that counts now. Four statements.
    """
    where = [Quiz.key == key, *_counts(organisations)]
    rows = _sittings(where)
    if not every_attempt:
        rows = _first_of_each(rows)
    if revision_id is not None:
        rows = [row for row in rows if row.quiz_revision_id == revision_id]
        where.append(Attempt.quiz_revision_id == revision_id)
    index = {row.id: at for at, row in enumerate(rows)}
    pools = _pools(where)
    revisions = {row.id: row.quiz_revision_id for row in rows}
    answers = [
        Answer(
            sitting=index[row.attempt_id],
            question=row.question_revision_id,
            marks=row.marks,
            maximum=row.maximum,
            pool=pools.get((revisions[row.attempt_id], row.asked)),
            position=row.position,
            answered=row.event_ordinal is not None,
            response=row.body,
        )
        for row in _answers(where)
        if row.attempt_id in index
    ]
    sittings = [Sitting(row.earned, row.possible, row.passed) for row in rows]
    return Sample(sittings, answers, _questions(where))


def _counts(organisations: Organisations) -> list[ColumnElement[bool]]:
    """Which attempts count; those of other organisations' people do not."""
    found = [Attempt.grade_run_id.is_not(None), Attempt.state != AttemptState.VOIDED]
    if organisations is not None:
        people = select(Person.id).where(Person.organisation_id.in_(organisations))
        found.append(Attempt.candidate_id.in_(people))
    return found


def _sittings(where: list[ColumnElement[bool]]) -> list[Row[Any]]:
    return list(
        db.session.execute(
            select(
                Attempt.id,
                Attempt.candidate_id,
                Attempt.quiz_revision_id,
                type_coerce(AttemptResult.earned, BigInteger).label("earned"),
                type_coerce(AttemptResult.possible, BigInteger).label("possible"),
                AttemptResult.passed,
            )
            .join(Quiz, Quiz.id == Attempt.quiz_id)
            .join(
                AttemptResult,
                (AttemptResult.attempt_id == Attempt.id) & (AttemptResult.run_id == Attempt.grade_run_id),
            )
            .where(*where)
            .order_by(Attempt.started_at, Attempt.id)
        )
    )


def _first_of_each(rows: list[Row[Any]]) -> list[Row[Any]]:
    first: dict[uuid.UUID, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.candidate_id, row)
    return list(first.values())


def _answers(where: list[ColumnElement[bool]]) -> list[Row[Any]]:
    return list(
        db.session.execute(
            select(
                Grade.attempt_id,
                Grade.question_revision_id,
                type_coerce(Grade.marks, BigInteger).label("marks"),
                Grade.event_ordinal,
                AttemptItem.position,
                AttemptItem.question_revision_id.label("asked"),
                type_coerce(AttemptItem.marks, BigInteger).label("maximum"),
                ResponseEvent.body,
            )
            .join(Attempt, (Attempt.id == Grade.attempt_id) & (Attempt.grade_run_id == Grade.run_id))
            .join(Quiz, Quiz.id == Attempt.quiz_id)
            .join(AttemptItem, AttemptItem.id == Grade.item_id)
            .outerjoin(
                ResponseEvent,
                (ResponseEvent.attempt_id == Grade.attempt_id) & (ResponseEvent.ordinal == Grade.event_ordinal),
            )
            .where(*where)
        )
    )


def _pools(where: list[ColumnElement[bool]]) -> dict[tuple[uuid.UUID, uuid.UUID], tuple[str, int]]:
    """Which pool of which revision a question was drawn from."""
    used = select(Attempt.quiz_revision_id).join(Quiz, Quiz.id == Attempt.quiz_id).where(*where)
    rows = db.session.execute(
        select(
            QuizRevisionItem.quiz_revision_id, QuizRevisionItem.question_revision_id, QuizRevisionItem.pool
        ).where(QuizRevisionItem.quiz_revision_id.in_(used))
    )
    return {(row[0], row[1]): (str(row[0]), row[2]) for row in rows}


def _questions(where: list[ColumnElement[bool]]) -> list[Question]:
    """The question revisions that were graded, by key and revision."""
    graded = (
        select(Grade.question_revision_id)
        .join(Attempt, (Attempt.id == Grade.attempt_id) & (Attempt.grade_run_id == Grade.run_id))
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(*where)
    )
    rows = db.session.execute(
        select(QuestionRevision.id, BankQuestion.key, QuestionRevision.number, QuestionRevision.body)
        .join(BankQuestion, BankQuestion.id == QuestionRevision.question_id)
        .where(QuestionRevision.id.in_(graded))
    )
    return sorted(
        (Question(*row) for row in rows), key=lambda question: (_counted(question.key), question.revision)
    )


def _counted(key: str) -> list[tuple[int, str]]:
    """A key in an order in which q10 comes after q9."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", key)]
