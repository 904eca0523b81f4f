"""Where people stand in courses."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Subquery, bindparam, exists, func, literal, select, true, union_all
from sqlalchemy.sql.elements import ColumnElement

from app.core.database import db
from app.courses.models import (
    CheckAnswer,
    Course,
    CourseCompletion,
    CourseRevision,
    Enrolment,
    ReadingPosition,
    SectionRead,
)
from app.courses.rules import CourseOutline, Evidence, Next, Progress, next_kind
from app.quizzes import queries as quizzes

#: The context of a course examination's attempts: an enrolment.
EXAM_CONTEXT = "course"


#: What every lesson page asks is built once.
_ENROLMENT: Final = (
    select(Enrolment)
    .join(Course, Course.id == Enrolment.course_id)
    .where(Enrolment.person_id == bindparam("person"), Course.key == bindparam("course"), Enrolment.is_current)
)
_READING: Final = _ENROLMENT.with_only_columns(Enrolment.id, Enrolment.course_revision_id)
_read: Any = SectionRead.__table__
_answers: Any = CheckAnswer.__table__
#: Steps done in an enrolment as (kind, name): sections read, and check questions answered.
STEPS: Final = (
    select(literal("section").label("kind"), _read.c.path.label("name")).where(
        _read.c.enrolment_id == bindparam("enrolment")
    ),
    select(literal("check"), _answers.c.question_key)
    .where(_answers.c.enrolment_id == bindparam("enrolment"))
    .group_by(_answers.c.question_key),
)
_STUDY: Final = union_all(*STEPS)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands in one course she is enrolled in."""

    enrolment_id: uuid.UUID
    course_revision_id: uuid.UUID
    revision_digest: str
    enrolled_at: datetime
    evidence: Evidence
    exam_percent: Decimal | None
    #: The same as far as a document may state it.
    stated_percent: Decimal | None
    exam_attempts: int
    completed_at: datetime | None
    #: 学时 credited; None until completion.
    hours: Decimal | None
    last_activity_at: datetime | None
    quiz_id: uuid.UUID | None

    @property
    def sections_done(self) -> int:
        return self.evidence.sections_read

    @property
    def sections_total(self) -> int:
        return self.evidence.sections_total

    @property
    def checks_done(self) -> int:
        return self.evidence.checks_answered

    @property
    def checks_total(self) -> int:
        return self.evidence.checks_total

    @property
    def exam_passed(self) -> bool | None:
        """None where there is no examination or it was not tried."""
        return self.evidence.exam_passed

    @property
    def share(self) -> Decimal:
        """How far she is, 0 to 1."""
        return Decimal(1) if self.completed_at else self.evidence.share

    @property
    def next(self) -> Next:
        """The kind of her next step."""
        return Next.NOTHING if self.completed_at else next_kind(self.evidence)


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody's last answer to a check question."""

    response: dict[str, Any]
    correct: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """An enrolment as a lesson's page needs it."""

    id: uuid.UUID
    course_revision_id: uuid.UUID


def find_enrolment(person_id: uuid.UUID, course_id: uuid.UUID) -> Enrolment | None:
    return db.session.scalar(
        select(Enrolment).where(
            Enrolment.person_id == person_id, Enrolment.course_id == course_id, Enrolment.is_current
        )
    )


def enrolment_in(person_id: uuid.UUID, course_key: str, *, lock: bool = False) -> Enrolment | None:
    """A person's enrolment in the course of a key; ``lock`` holds its row to the end of the transaction."""
    statement = _ENROLMENT.with_for_update(of=Enrolment) if lock else _ENROLMENT
    return db.session.scalar(statement, {"person": person_id, "course": course_key})


def reading_in(person_id: uuid.UUID, course_key: str) -> Reading | None:
    """The same for a page of the course: no entity is loaded."""
    row = db.session.connection().execute(_READING, {"person": person_id, "course": course_key}).first()
    return Reading(row.id, row.course_revision_id) if row else None


def course_key_of(enrolment_id: uuid.UUID) -> str | None:
    """The course that an enrolment is in."""
    return db.session.scalar(
        select(Course.key).join(Enrolment, Enrolment.course_id == Course.id).where(Enrolment.id == enrolment_id)
    )


def place_of(enrolment: Enrolment) -> tuple[str, str, str] | None:
    """Module, lesson and section where the reader was last."""
    row = db.session.execute(
        select(ReadingPosition.module_key, ReadingPosition.lesson_key, ReadingPosition.section_key).where(
            ReadingPosition.enrolment_id == enrolment.id
        )
    ).first()
    return (row[0], row[1], row[2]) if row else None


def is_completed(enrolment_id: uuid.UUID) -> bool:
    """Has the course of this enrolment been completed?"""
    return bool(db.session.scalar(select(exists().where(CourseCompletion.enrolment_id == enrolment_id))))


def completion_of(enrolment: Enrolment) -> CourseCompletion | None:
    return db.session.scalar(select(CourseCompletion).where(CourseCompletion.enrolment_id == enrolment.id))


def answers_in(enrolment_id: uuid.UUID, keys: Sequence[str]) -> dict[str, Answer]:
    """The last answer to each of the questions. One statement."""
    rows = db.session.execute(
        select(CheckAnswer.question_key, CheckAnswer.response, CheckAnswer.correct, CheckAnswer.at)
        .where(CheckAnswer.enrolment_id == enrolment_id, CheckAnswer.question_key.in_(keys))
        .order_by(CheckAnswer.id)
    )
    return {row.question_key: Answer(row.response, row.correct, row.at) for row in rows}


def study_of(enrolment_id: uuid.UUID, outline: CourseOutline, exam_passed: bool | None = None) -> Progress:
    """What one person read and answered, in one statement; whoever needs the examination gives its outcome."""
    rows = db.session.connection().execute(_STUDY, {"enrolment": enrolment_id}).all()
    return progress_in(((row.kind, row.name) for row in rows), outline, exam_passed)


def progress_in(
    steps: Iterable[tuple[str, str]], outline: CourseOutline, exam_passed: bool | None = None
) -> Progress:
    """What the steps done, as ``STEPS`` gives them, come to in a course."""
    rows = list(steps)
    read = frozenset(name for kind, name in rows if kind == "section")
    answered = frozenset(name for kind, name in rows if kind == "check")
    paths, checks = outline.section_paths, outline.check_keys
    evidence = Evidence(
        sections_read=len(read.intersection(paths)),
        sections_total=len(paths),
        checks_answered=len(answered.intersection(checks)),
        checks_total=len(checks),
        has_exam=outline.quiz_id is not None,
        exam_passed=exam_passed,
    )
    return Progress(evidence, read, answered)


def progress_of(enrolment: Enrolment, outline: CourseOutline) -> Progress:
    """One person's evidence in detail, with the examination. Two statements."""
    passed = None
    if outline.quiz_id is not None:
        found = quizzes.results_of(
            [enrolment.person_id], [outline.quiz_id], context_type=EXAM_CONTEXT, context_ids=[enrolment.id]
        )
        outcome = found.get((enrolment.person_id, outline.quiz_id))
        passed = outcome.passed if outcome and outcome.percent is not None else None
    return study_of(enrolment.id, outline, passed)


def standing_of(
    person_ids: Collection[uuid.UUID], course_ids: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], Standing]:
    """Standings by (person, course) of those enrolled; four statements, however many people."""
    chosen = (
        select(Enrolment.id)
        .where(Enrolment.person_id.in_(person_ids), Enrolment.course_id.in_(course_ids), Enrolment.is_current)
        .scalar_subquery()
    )
    read = _activity(SectionRead, func.count(), chosen)
    answered = _activity(CheckAnswer, func.count(CheckAnswer.question_key.distinct()), chosen)
    rows = db.session.execute(
        select(Enrolment, CourseRevision, CourseCompletion)
        .join(CourseRevision, CourseRevision.id == Enrolment.course_revision_id)
        .outerjoin(CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
        .where(Enrolment.id.in_(chosen))
        .with_only_columns(
            Enrolment.id,
            Enrolment.person_id,
            Enrolment.course_id,
            Enrolment.course_revision_id,
            Enrolment.created_at,
            CourseRevision.digest,
            CourseRevision.sections_total,
            CourseRevision.checks_total,
            CourseRevision.quiz_id,
            CourseCompletion.completed_at,
            CourseCompletion.hours,
        )
    ).all()
    quiz_ids = {row.quiz_id for row in rows if row.quiz_id}
    outcomes = (
        quizzes.results_of(person_ids, quiz_ids, context_type=EXAM_CONTEXT, context_ids=chosen) if quiz_ids else {}
    )
    return {
        (row.person_id, row.course_id): _standing(
            row, read.get(row.id), answered.get(row.id), outcomes.get((row.person_id, row.quiz_id))
        )
        for row in rows
    }


def _activity(table: Any, count: Any, chosen: Any) -> dict[uuid.UUID, tuple[int, datetime]]:
    """Per enrolment: how many, and when last."""
    rows = db.session.execute(
        select(table.enrolment_id, count, func.max(table.at))
        .where(table.enrolment_id.in_(chosen), table.is_counted)
        .group_by(table.enrolment_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _standing(
    row: Any,
    read: tuple[int, datetime] | None,
    answered: tuple[int, datetime] | None,
    outcome: quizzes.QuizOutcome | None,
) -> Standing:
    graded = outcome is not None and outcome.percent is not None
    moments = [found[1] for found in (read, answered) if found]
    if outcome is not None and outcome.submitted_at:
        moments.append(outcome.submitted_at)
    return Standing(
        enrolment_id=row.id,
        course_revision_id=row.course_revision_id,
        revision_digest=row.digest,
        enrolled_at=row.created_at,
        evidence=Evidence(
            sections_read=read[0] if read else 0,
            sections_total=row.sections_total,
            checks_answered=answered[0] if answered else 0,
            checks_total=row.checks_total,
            has_exam=row.quiz_id is not None,
            exam_passed=outcome.passed if outcome is not None and graded else None,
        ),
        exam_percent=outcome.percent if outcome else None,
        stated_percent=outcome.stated_percent if outcome else None,
        exam_attempts=outcome.attempts_used if outcome else 0,
        completed_at=row.completed_at,
        hours=row.hours,
        last_activity_at=max(moments, default=None),
        quiz_id=row.quiz_id,
    )


def completion_totals(course_ids: Collection[uuid.UUID], began: Subquery | None = None) -> Subquery:
    """A subquery for exports: person_id, courses completed among these, 学时 credited.

    Of a course studied more than once the last completion counts. ``began`` (person_id, since) leaves out what was
    completed before. One small statement now: sorting costs, and hardly any course is studied twice.
    """
    again = db.session.scalar(select(exists().where(Enrolment.course_id.in_(course_ids), Enrolment.round > 1)))
    counted = select(CourseCompletion.person_id, CourseCompletion.hours).where(
        CourseCompletion.course_id.in_(course_ids)
    )
    if began is not None:
        counted = counted.join(began, began.c.person_id == CourseCompletion.person_id).where(
            CourseCompletion.completed_at >= began.c.since
        )
    if not again:
        rows: Any = counted.subquery("counted_completions")
        last: ColumnElement[bool] = true()
    else:
        place = func.row_number().over(
            partition_by=(CourseCompletion.person_id, CourseCompletion.course_id),
            order_by=(CourseCompletion.completed_at.desc(), CourseCompletion.id.desc()),
        )
        rows = counted.add_columns(place.label("place")).subquery("counted_completions")
        last = rows.c.place == 1
    return (
        select(rows.c.person_id, func.count().label("courses"), func.sum(rows.c.hours).label("hours"))
        .where(last)
        .group_by(rows.c.person_id)
        .subquery("course_completion_totals")
    )
