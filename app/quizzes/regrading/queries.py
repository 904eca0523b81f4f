"""Which sittings a regrade is about, how their questions count now, and what became of regrades."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.jobs.models import Job, JobState
from app.quizzes import registry
from app.quizzes.models import (
    FINISHED_STATES,
    GRADE_COUNTS,
    RESULT_COUNTS,
    Attempt,
    AttemptItem,
    AttemptResult,
    Grade,
    Question,
    QuestionRevision,
    Quiz,
    QuizRevision,
)
from app.quizzes.regrading import policies
from app.quizzes.regrading.models import Regrade, RegradeChange
from app.quizzes.regrading.rules import RegradeState
from app.quizzes.replay import Ruling
from app.quizzes.results import Outcome

#: Regrades that papers handed in now follow too.
STANDING = (RegradeState.APPLYING, RegradeState.APPLIED)
#: Regrades on which a job is at work; meanwhile no other one touches their papers.
AT_WORK = (RegradeState.APPLYING, RegradeState.GIVING_UP)


def in_scope(regrade: Regrade) -> list[ColumnElement[bool]]:
    """The finished sittings that a regrade is about; never those of its author."""
    asked = exists().where(
        AttemptItem.attempt_id == Attempt.id, AttemptItem.question_revision_id == regrade.question_revision_id
    )
    where = [asked, Attempt.state.in_(FINISHED_STATES), Attempt.candidate_id != regrade.created_by]
    if regrade.quiz_id is not None:
        where.append(Attempt.quiz_id == regrade.quiz_id)
    if regrade.since is not None:
        where.append(Attempt.submitted_at >= regrade.since)
    if regrade.until is not None:
        where.append(Attempt.submitted_at < regrade.until)
    if regrade.group_kind is not None and regrade.group_id is not None:
        contexts = registry.group_kinds()[regrade.group_kind].contexts(regrade.group_id)
        where.append(Attempt.context_id.in_(contexts))
    if regrade.organisation_ids is not None:
        people = select(Person.id).where(Person.organisation_id.in_(regrade.organisation_ids))
        where.append(Attempt.candidate_id.in_(people))
    return where


@dataclass(frozen=True, slots=True)
class Sat:
    """A graded sitting as it counts now."""

    id: uuid.UUID
    candidate_id: uuid.UUID
    quiz_id: uuid.UUID
    quiz_revision_id: uuid.UUID
    context_type: str
    context_id: uuid.UUID
    run_id: uuid.UUID
    pass_mark: int
    before: Outcome


def _sittings(where: Sequence[ColumnElement[bool]]) -> Any:
    return (
        select(
            Attempt.id,
            Attempt.candidate_id,
            Attempt.quiz_id,
            Attempt.quiz_revision_id,
            Attempt.context_type,
            Attempt.context_id,
            Attempt.grade_run_id,
            QuizRevision.settings,
            AttemptResult.earned,
            AttemptResult.possible,
            AttemptResult.percent,
            AttemptResult.passed,
        )
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .join(AttemptResult, RESULT_COUNTS)
        .where(*where)
        .order_by(Attempt.id)
    )


def _sat(row: Row[Any]) -> Sat:
    return Sat(
        id=row.id,
        candidate_id=row.candidate_id,
        quiz_id=row.quiz_id,
        quiz_revision_id=row.quiz_revision_id,
        context_type=row.context_type,
        context_id=row.context_id,
        run_id=row.grade_run_id,
        pass_mark=row.settings["pass_mark"],
        before=Outcome.of(row),
    )


def next_sittings(regrade: Regrade, after: uuid.UUID | None, limit: int) -> list[Sat]:
    """The next graded sittings of the scope in the order of identifiers. One statement."""
    where = in_scope(regrade) + ([Attempt.id > after] if after else [])
    return [_sat(row) for row in db.session.execute(_sittings(where).limit(limit))]


def sittings_to_apply(regrade: Regrade, limit: int) -> list[uuid.UUID]:
    """Graded sittings of the scope that this regrade's run has no result of yet. One statement."""
    done = exists().where(AttemptResult.run_id == regrade.run_id, AttemptResult.attempt_id == Attempt.id)
    rows = select(Attempt.id).where(*in_scope(regrade), Attempt.grade_run_id.is_not(None), ~done)
    return list(db.session.scalars(rows.order_by(Attempt.id).limit(limit)))


def sittings_named(ids: Collection[uuid.UUID]) -> list[Sat]:
    """Graded sittings by identifier. One statement."""
    return [_sat(row) for row in db.session.execute(_sittings([Attempt.id.in_(ids)]))]


def basis_rows(regrade: Regrade) -> Sequence[Row[uuid.UUID, uuid.UUID | None]]:
    """The graded sittings of the scope with their runs, as ``rules.Basis`` takes them. One statement."""
    return db.session.execute(
        select(Attempt.id, Attempt.grade_run_id)
        .where(*in_scope(regrade), Attempt.grade_run_id.is_not(None))
        .order_by(Attempt.id)
    ).all()


def count_scope(regrade: Regrade) -> tuple[int, int]:
    """How many sittings of the scope have a result, and how many wait for one. One statement."""
    graded, all_of_them = db.session.execute(
        select(func.count(Attempt.grade_run_id), func.count()).where(*in_scope(regrade))
    ).one()
    return graded, all_of_them - graded


def count_applied(regrade: Regrade) -> int:
    """How many sittings the regrade's run has a result of. One statement."""
    statement = select(func.count()).select_from(AttemptResult).where(AttemptResult.run_id == regrade.run_id)
    return db.session.scalar(statement) or 0


def rulings_of(sittings: Sequence[Sat]) -> dict[uuid.UUID, dict[uuid.UUID, Ruling]]:
    """How each question of graded sittings counts now: attempt → revision on the paper → ruling. One statement."""
    rows = db.session.execute(
        select(Grade.attempt_id, AttemptItem.question_revision_id, Grade.question_revision_id, Grade.treatment)
        .join(AttemptItem, AttemptItem.id == Grade.item_id)
        .join(Attempt, GRADE_COUNTS)
        .where(Grade.attempt_id.in_([sat.id for sat in sittings]))
    )
    found: dict[uuid.UUID, dict[uuid.UUID, Ruling]] = {sat.id: {} for sat in sittings}
    for attempt_id, asked, graded_by, treatment in rows:
        found[attempt_id][asked] = Ruling(graded_by, treatment)
    return found


def standing_regrades(attempt: Attempt, question_ids: Select[uuid.UUID]) -> list[Regrade]:
    """Regrades that a paper with these questions follows, the oldest decision first. One statement, and more only
    where there is one."""
    candidates = db.session.scalars(
        select(Regrade)
        .where(Regrade.question_revision_id.in_(question_ids), Regrade.state.in_(STANDING))
        .order_by(Regrade.approved_at, Regrade.id)
    ).all()
    return [regrade for regrade in candidates if _covers(regrade, attempt)]


def _covers(regrade: Regrade, attempt: Attempt) -> bool:
    where = [*in_scope(regrade), Attempt.id == attempt.id]
    return db.session.scalar(select(Attempt.id).where(*where)) is not None


def is_crossed(regrade: Regrade) -> bool:
    """Does a job carry out (or take back) another regrade of this question, or of papers in this scope, now? One
    statement, and one for each regrade at work."""
    at_work = db.session.scalars(select(Regrade).where(Regrade.state.in_(AT_WORK), Regrade.id != regrade.id)).all()
    return any(
        other.question_revision_id == regrade.question_revision_id
        or db.session.scalar(select(Attempt.id).where(*in_scope(regrade), *in_scope(other)).limit(1)) is not None
        for other in at_work
    )


def recently_applied(since: datetime) -> list[uuid.UUID]:
    """Regrades applied since then that no later one of their question has replaced. One statement."""
    later = aliased(Regrade)
    replaced = exists().where(
        later.question_revision_id == Regrade.question_revision_id, later.approved_at > Regrade.approved_at
    )
    return list(db.session.scalars(select(Regrade.id).where(Regrade.applied_at >= since, ~replaced)))


def get_regrade_for(actor: Actor, regrade_id: uuid.UUID, *, lock: bool = False) -> Regrade:
    """A regrade the actor may read. Raises NotFound. ``lock`` before changing it."""
    statement = select(Regrade).where(Regrade.id == regrade_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    regrade = db.session.scalar(statement)
    if regrade is None or not policies.can_read(actor, regrade):
        raise NotFound
    return regrade


def get_regrade(regrade_id: uuid.UUID, *, lock: bool = False) -> Regrade:
    """A regrade, for jobs. Raises NotFound."""
    statement = select(Regrade).where(Regrade.id == regrade_id).execution_options(populate_existing=True)
    regrade = db.session.scalar(statement.with_for_update() if lock else statement)
    if regrade is None:
        raise NotFound
    return regrade


@dataclass(frozen=True, slots=True)
class Listed:
    """A regrade with what its line says."""

    regrade: Regrade
    question_key: str
    question_number: int
    body: dict[str, Any]
    #: None: every examination with the question.
    quiz_key: str | None
    quiz_title: dict[str, str] | None
    author: str
    job: Job | None

    @property
    def stopped(self) -> bool:
        """Has its job failed for good? What it had done is kept; a person says how it goes on."""
        at_work = self.regrade.state in {*AT_WORK, RegradeState.TRYING}
        return at_work and self.job is not None and self.job.state is JobState.FAILED


def _listed() -> Any:
    return (
        select(
            Regrade,
            Question.key,
            QuestionRevision.number,
            QuestionRevision.body,
            Quiz.key,
            QuizRevision.title,
            Person.name,
            Job,
        )
        .join(QuestionRevision, QuestionRevision.id == Regrade.question_revision_id)
        .join(Question, Question.id == QuestionRevision.question_id)
        .join(Person, Person.id == Regrade.created_by)
        .outerjoin(Quiz, Quiz.id == Regrade.quiz_id)
        .outerjoin(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .outerjoin(Job, Job.id == Regrade.job_id)
    )


def list_regrades(actor: Actor) -> list[Listed]:
    """The regrades she may read, the newest first. One statement."""
    rows = db.session.execute(_listed().order_by(Regrade.created_at.desc()).limit(200))
    return [Listed(*row) for row in rows if policies.can_read(actor, row.Regrade)]


def describe(regrade: Regrade) -> Listed:
    """One regrade with its question and examination. One statement."""
    row = db.session.execute(
        _listed().where(Regrade.id == regrade.id).execution_options(populate_existing=True)
    ).one()
    return Listed(*row)


@dataclass(frozen=True, slots=True)
class ChangedSitting:
    """A sitting in the list of a dry run."""

    change: RegradeChange
    number: int
    candidate: str
    student_number: str | None
    quiz_key: str


class Show(StrEnum):
    """Filters of the list."""

    ALL = "all"
    NEWLY_PASSED = "newly_passed"
    NEWLY_FAILED = "newly_failed"
    #: Certificates, programmes or appointments rest on the result.
    CONSEQUENCES = "consequences"


def _shown(show: Show) -> list[ColumnElement[bool]]:
    passes, passed = RegradeChange.passed_after, RegradeChange.passed_before
    where: dict[Show, list[ColumnElement[bool]]] = {
        Show.ALL: [],
        Show.NEWLY_PASSED: [passes.is_(True), passed.is_(False)],
        Show.NEWLY_FAILED: [passes.is_(False), passed.is_(True)],
        Show.CONSEQUENCES: [cast(RegradeChange.consequences, Text) != "[]"],
    }
    return where[show]


def _changes(regrade: Regrade) -> Any:
    """Who fails or passes newly comes first."""
    passes, passed = RegradeChange.passed_after, RegradeChange.passed_before
    effect = case((passed & ~passes, 0), (passes & ~passed, 1), else_=2)
    return (
        select(RegradeChange, Attempt.number, Person.name, Person.student_number, Quiz.key)
        .join(Attempt, Attempt.id == RegradeChange.attempt_id)
        .join(Person, Person.id == Attempt.candidate_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(RegradeChange.regrade_id == regrade.id)
        .order_by(effect, Person.student_number, Person.name, Attempt.id)
    )


def list_changes(regrade: Regrade, *, show: Show = Show.ALL, words: str = "", page: int = 1) -> Page[Any]:
    """What a dry run found; ``words`` are of names or student numbers. Two statements a page."""
    statement = _changes(regrade).where(*_shown(show))
    for word in words.split():
        either = (
            Person.name.icontains(word, autoescape=True),
            Person.student_number.icontains(word, autoescape=True),
        )
        statement = statement.where(or_(*either))
    found = paginate(statement, page=page, scalars=False)
    return Page([ChangedSitting(*row) for row in found.items], found.page, found.per_page, found.total)


def all_changes(regrade: Regrade) -> list[ChangedSitting]:
    """Everything a dry run found, for a file. One statement."""
    return [ChangedSitting(*row) for row in db.session.execute(_changes(regrade))]


def noted_changes(regrade: Regrade) -> list[tuple[registry.Change, list[dict[str, Any]]]]:
    """What a dry run found, as those see it who know what rests on results, and what they said. One statement."""
    rows = db.session.execute(
        select(RegradeChange, Attempt.candidate_id, Attempt.quiz_id, Attempt.context_type, Attempt.context_id)
        .join(Attempt, Attempt.id == RegradeChange.attempt_id)
        .where(RegradeChange.regrade_id == regrade.id)
        .order_by(Attempt.id)
    )
    return [
        (registry.Change(row[0].attempt_id, *row[1:], row[0].before, row[0].after), row[0].consequences)
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of an examination, and on how many finished papers it stood."""

    id: uuid.UUID
    key: str
    number: int
    body: dict[str, Any]
    sittings: int


def asked_questions(key: str, organisations: Collection[uuid.UUID] | None) -> list[AskedQuestion]:
    """The question revisions on finished papers of an examination. One statement."""
    where = [Quiz.key == key, Attempt.state.in_(FINISHED_STATES)]
    if organisations is not None:
        where.append(Attempt.candidate_id.in_(select(Person.id).where(Person.organisation_id.in_(organisations))))
    counted = (
        select(AttemptItem.question_revision_id, func.count().label("sittings"))
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(*where)
        .group_by(AttemptItem.question_revision_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            QuestionRevision.id, Question.key, QuestionRevision.number, QuestionRevision.body, counted.c.sittings
        )
        .join(counted, counted.c.question_revision_id == QuestionRevision.id)
        .join(Question, Question.id == QuestionRevision.question_id)
        .order_by(Question.key, QuestionRevision.number)
    )
    return [AskedQuestion(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class RegradedQuestion:
    """A question revision that can be regraded: what it says, and what the newest regrade of it says."""

    quiz: Quiz
    title: dict[str, str]
    id: uuid.UUID
    key: str
    number: int
    body: dict[str, Any]
    source: str
    #: Is it the one that new papers get?
    current: bool
    latest: Regrade | None


def get_question(key: str, question_id: uuid.UUID) -> RegradedQuestion:
    """A question revision on finished papers of an examination. Raises NotFound. Two statements.

    A revision that a regrade made is found as the one on the papers.
    """
    row = db.session.execute(
        select(Quiz, QuizRevision.title, QuestionRevision, Question)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .join(QuestionRevision, QuestionRevision.id == question_id)
        .join(Question, Question.id == QuestionRevision.question_id)
        .where(
            Quiz.key == key,
            exists().where(
                AttemptItem.question_revision_id == QuestionRevision.id,
                AttemptItem.attempt_id == Attempt.id,
                Attempt.quiz_id == Quiz.id,
                Attempt.state.in_(FINISHED_STATES),
            ),
        )
    ).first()
    if row is None:
        raise NotFound
    latest = db.session.scalar(
        select(Regrade)
        .where(Regrade.question_revision_id == question_id, Regrade.state.in_(STANDING))
        .order_by(Regrade.approved_at.desc(), Regrade.id.desc())
        .limit(1)
    )
    revision, question = row.QuestionRevision, row.Question
    return RegradedQuestion(
        quiz=row.Quiz,
        title=row.title,
        id=revision.id,
        key=question.key,
        number=revision.number,
        body=revision.body,
        source=question.source,
        current=question.current_revision_id == revision.id,
        latest=latest,
    )


def papers_graded_by(key: str, graded_by: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Of revisions by which questions were graded the ones on the papers, where they differ. One statement."""
    rows = db.session.execute(
        select(Grade.question_revision_id, AttemptItem.question_revision_id)
        .join(AttemptItem, AttemptItem.id == Grade.item_id)
        .join(Attempt, Attempt.id == Grade.attempt_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Quiz.key == key,
            Grade.question_revision_id.in_(graded_by),
            Grade.question_revision_id != AttemptItem.question_revision_id,
        )
        .distinct()
    )
    return dict(rows.all())


def names_of(regrade: Regrade) -> Mapping[uuid.UUID, str]:
    """Who made it, who applied it and who gave it up. One statement."""
    ids = [each for each in (regrade.created_by, regrade.approved_by, regrade.given_up_by) if each]
    return dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(ids))).all())
