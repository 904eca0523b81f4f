"""How far an examination is whose results come out together."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.quizzes import rules
from app.quizzes.marking.models import MarkingTask
from app.quizzes.marking.rules import Stage
from app.quizzes.models import FINISHED_STATES, OPEN_STATES, Attempt, AttemptItem, AttemptState, Quiz, QuizRevision
from app.quizzes.releases.models import ReleasedPaper, ResultRelease


@dataclass(frozen=True, slots=True)
class Held:
    """An examination whose results come out together, in numbers of papers."""

    quiz_id: uuid.UUID
    key: str
    title: dict[str, str]
    #: Candidates who still sit.
    running: int
    #: Papers with answers that wait for a mark.
    unmarked: int
    #: Papers that could go out now.
    ready: int
    #: Released; the job has not come to them yet.
    on_the_way: int
    out: int

    @property
    def held(self) -> int:
        return self.unmarked + self.ready


@dataclass(frozen=True, slots=True)
class PastRelease:
    """A release, and how far its job is."""

    id: uuid.UUID
    at: datetime
    by: str
    papers: int
    #: Papers the job has still to come to.
    left: int

    @property
    def done(self) -> int:
        return self.papers - self.left


def _unmarked() -> ColumnElement[bool]:
    return exists().where(
        AttemptItem.attempt_id == Attempt.id,
        MarkingTask.item_id == AttemptItem.id,
        MarkingTask.stage != Stage.SETTLED,
    )


def _is_held() -> ColumnElement[bool]:
    released = exists().where(ReleasedPaper.attempt_id == Attempt.id)
    return Attempt.state.in_(FINISHED_STATES) & Attempt.grade_run_id.is_(None) & ~released


def _together(quiz_id: uuid.UUID | None = None) -> list[uuid.UUID]:
    """The revisions of examinations (of one) whose results come out together."""
    statement = select(QuizRevision.id, QuizRevision.settings)
    if quiz_id is not None:
        statement = statement.where(QuizRevision.quiz_id == quiz_id)
    rows = db.session.execute(statement)
    return [row.id for row in rows if rules.QuizSettings.from_json(row.settings).release is rules.Release.TOGETHER]


def list_held(key: str | None = None) -> list[Held]:
    """Every examination with papers under such rules (or the one), those with most to release first.

    Two statements.
    """
    finished = Attempt.state.in_(FINISHED_STATES)
    graded = Attempt.grade_run_id.is_not(None)

    def count(which: ColumnElement[bool], name: str) -> ColumnElement[int]:
        return func.sum(case((which, 1), else_=0)).label(name)

    ready = count(_is_held() & ~_unmarked(), "ready")
    statement = (
        select(
            Quiz.id,
            Quiz.key,
            QuizRevision.title,
            count(Attempt.state.in_(OPEN_STATES), "running"),
            count(_is_held() & _unmarked(), "unmarked"),
            ready,
            count(finished & ~graded & exists().where(ReleasedPaper.attempt_id == Attempt.id), "on_the_way"),
            count(finished & graded, "out"),
        )
        .join(Attempt, Attempt.quiz_id == Quiz.id)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .where(Attempt.quiz_revision_id.in_(_together()), Attempt.state != AttemptState.VOIDED)
        .group_by(Quiz.id, Quiz.key, QuizRevision.id)
        .order_by(ready.desc(), Quiz.key)
    )
    if key is not None:
        statement = statement.where(Quiz.key == key)
    return [Held(*row) for row in db.session.execute(statement)]


def count_ready(_actor: Actor) -> int:
    """How many papers could go out now. One statement."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Attempt)
            .where(
                Attempt.quiz_revision_id.in_(_together()),
                Attempt.state != AttemptState.VOIDED,
                _is_held(),
                ~_unmarked(),
            )
        )
        or 0
    )


def get_held(key: str) -> Held:
    """One examination. Raises NotFound where nobody sat under such rules. Two statements."""
    found = list_held(key)
    if not found:
        raise NotFound
    return found[0]


def list_releases(quiz_id: uuid.UUID) -> list[PastRelease]:
    """The releases of an examination, the latest first. One statement."""
    waiting = func.sum(case((Attempt.grade_run_id.is_(None) & Attempt.state.in_(FINISHED_STATES), 1), else_=0))
    rows = db.session.execute(
        select(
            ResultRelease.id, ResultRelease.created_at, Person.name, ResultRelease.papers, waiting.label("left")
        )
        .join(Person, Person.id == ResultRelease.actor_id)
        .join(ReleasedPaper, ReleasedPaper.release_id == ResultRelease.id)
        .join(Attempt, Attempt.id == ReleasedPaper.attempt_id)
        .where(ResultRelease.quiz_id == quiz_id)
        .group_by(ResultRelease.id, ResultRelease.created_at, Person.name, ResultRelease.papers)
        .order_by(ResultRelease.created_at.desc())
    )
    return [PastRelease(row.id, row.created_at, row.name, row.papers, row.left) for row in rows]


def lock_held_papers(quiz_id: uuid.UUID) -> list[uuid.UUID]:
    """The held papers, locked: no mark of theirs can change until the transaction ends. Only what is read after
    this says whether one still waits for a mark."""
    return list(
        db.session.scalars(
            select(Attempt.id)
            .where(
                Attempt.quiz_id == quiz_id,
                Attempt.quiz_revision_id.in_(_together(quiz_id)),
                _is_held(),
            )
            .order_by(Attempt.id)
            .with_for_update()
        )
    )


def _to_release(release_id: uuid.UUID) -> Select[uuid.UUID]:
    return (
        select(Attempt.id)
        .join(ReleasedPaper, ReleasedPaper.attempt_id == Attempt.id)
        .where(
            ReleasedPaper.release_id == release_id,
            Attempt.grade_run_id.is_(None),
            Attempt.state.in_(FINISHED_STATES),
        )
    )


def papers_to_release(release_id: uuid.UUID) -> list[uuid.UUID]:
    """The papers of a release whose results are not out yet. One statement."""
    return list(db.session.scalars(_to_release(release_id).order_by(Attempt.id)))


def is_to_release(release_id: uuid.UUID, attempt_id: uuid.UUID) -> bool:
    """Is the paper still one of these? One statement."""
    return db.session.scalar(_to_release(release_id).where(Attempt.id == attempt_id)) is not None
