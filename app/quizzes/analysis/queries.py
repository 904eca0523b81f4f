"""Gather the results that count, without names, in the same number of statements for any number of sittings."""

import json
import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, Text, case, cast, func, null, select, type_coerce
from sqlalchemy.types import NullType

from app.accounts.models import Person
from app.core.database import db
from app.core.errors import NotFound
from app.quizzes.analysis.parts import draws_numbers, marked_by_people
from app.quizzes.analysis.sample import NOTHING, Answer, Question, Sample, Sitting
from app.quizzes.marking.queries import shares_by_part
from app.quizzes.models import (
    GRADE_COUNTS,
    RESULT_COUNTS,
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
from app.quizzes.results import Treatment

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

    Only graded sittings that were not voided, each by the run that counts now. Four statements, and two where
    people marked parts of a question.
    """
    where = [Quiz.key == key, *_counts(organisations)]
    rows = _sittings(where)
    if not every_attempt:
        rows = _first_of_each(rows)
    if revision_id is not None:
        rows = [row for row in rows if row.quiz_revision_id == revision_id]
        where.append(Attempt.quiz_revision_id == revision_id)
    index = {row.raw_id: (at, row.raw_revision) for at, row in enumerate(rows)}
    pools, questions = _pools(where), _questions(where)
    marked = [each.id for each in questions.values() if marked_by_people(each.body)]
    given = shares_by_part(_items(where, marked)) if marked else {}
    drawing = [each.id for each in questions.values() if draws_numbers(each.body)]
    read = cache(json.loads)  # most answers to a question are one of a few
    answers = []
    for row in _answers(where, marked, drawing):
        attempt, asked, graded, marks, maximum, position, ordinal, body, item, layout = row
        if attempt not in index:
            continue
        at, revision = index[attempt]
        answers.append(
            Answer(
                sitting=at,
                question=questions[graded].id,
                marks=marks,
                maximum=maximum,
                pool=pools.get((revision, asked)),
                position=position,
                answered=ordinal is not None,
                response=read(body) if body is not None else None,
                layout=json.loads(layout) if layout is not None else None,
                given=given.get(item, NOTHING),
            )
        )
    sittings = [Sitting(row.earned, row.possible, row.passed) for row in rows]
    return Sample(sittings, answers, sorted(questions.values(), key=_listed))


def _raw(column: Any) -> Any:
    """An identifier as the driver gives it: good for looking up, without making an object of each."""
    return type_coerce(column, NullType())


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
                Attempt.candidate_id,
                Attempt.quiz_revision_id,
                _raw(Attempt.id).label("raw_id"),
                _raw(Attempt.quiz_revision_id).label("raw_revision"),
                type_coerce(AttemptResult.earned, BigInteger).label("earned"),
                type_coerce(AttemptResult.possible, BigInteger).label("possible"),
                AttemptResult.passed,
            )
            .join(Quiz, Quiz.id == Attempt.quiz_id)
            .join(AttemptResult, RESULT_COUNTS)
            .where(*where)
            .order_by(Attempt.started_at, Attempt.id)
        )
    )


def _first_of_each(rows: list[Row[Any]]) -> list[Row[Any]]:
    first: dict[uuid.UUID, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.candidate_id, row)
    return list(first.values())


def _items(where: list[ColumnElement[bool]], questions: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """The items of these questions."""
    return (
        select(Grade.item_id)
        .join(Attempt, GRADE_COUNTS)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(*where, Grade.question_revision_id.in_(questions))
    )


def _only(questions: Collection[uuid.UUID], column: Any) -> ColumnElement[Any]:
    """A column that only the grades of some questions need."""
    return case((Grade.question_revision_id.in_(questions), column), else_=None) if questions else null()


def _answers(
    where: list[ColumnElement[bool]], marked: Collection[uuid.UUID], drawing: Collection[uuid.UUID]
) -> Iterable[Any]:
    """Attempt, question asked, question graded, marks, maximum, place, event and response as JSON text; of
    questions that people ``marked`` the item, and of those that are ``drawing`` numbers the layout."""
    return db.session.execute(
        select(
            _raw(Grade.attempt_id).label("attempt"),
            _raw(AttemptItem.question_revision_id).label("asked"),
            _raw(Grade.question_revision_id).label("graded"),
            type_coerce(Grade.marks, BigInteger).label("marks"),
            type_coerce(AttemptItem.marks, BigInteger).label("maximum"),
            AttemptItem.position,
            Grade.event_ordinal,
            cast(ResponseEvent.body, Text).label("body"),
            _only(marked, Grade.item_id).label("item"),
            _only(drawing, cast(AttemptItem.layout, Text)).label("layout"),
        )
        .join(Attempt, GRADE_COUNTS)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(AttemptItem, AttemptItem.id == Grade.item_id)
        .outerjoin(
            ResponseEvent,
            (ResponseEvent.attempt_id == Grade.attempt_id) & (ResponseEvent.ordinal == Grade.event_ordinal),
        )
        .where(*where, Grade.treatment != Treatment.DROPPED)
    )


def _pools(where: list[ColumnElement[bool]]) -> dict[tuple[Any, Any], tuple[str, int]]:
    """Which pool of which revision a question was drawn from."""
    used = select(Attempt.quiz_revision_id).join(Quiz, Quiz.id == Attempt.quiz_id).where(*where)
    rows = db.session.execute(
        select(
            _raw(QuizRevisionItem.quiz_revision_id).label("revision"),
            _raw(QuizRevisionItem.question_revision_id).label("question"),
            QuizRevisionItem.pool,
        ).where(QuizRevisionItem.quiz_revision_id.in_(used))
    )
    return {(revision, question): (str(revision), pool) for revision, question, pool in rows}


def _questions(where: list[ColumnElement[bool]]) -> dict[Any, Question]:
    """The question revisions that were graded."""
    graded = (
        select(Grade.question_revision_id)
        .join(Attempt, GRADE_COUNTS)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(*where)
    )
    revision = QuestionRevision
    rows = db.session.execute(
        select(_raw(revision.id).label("raw"), revision.id, BankQuestion.key, revision.number, revision.body)
        .join(BankQuestion, BankQuestion.id == revision.question_id)
        .where(revision.id.in_(graded))
    )
    return {raw: Question(*values) for raw, *values in rows}


def _listed(question: Question) -> tuple[list[tuple[int, str]], int]:
    """The order of a list: q10 comes after q9, the older revision first."""
    parts = [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"([0-9]+)", question.key)]
    return parts, question.revision
