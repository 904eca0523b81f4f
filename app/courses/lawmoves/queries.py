"""Which passages a change of law touches, and how far they are."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.courses.lawmoves import rules
from app.courses.lawmoves.models import LawTask
from app.courses.lawmoves.rules import Kind, Passage, TaskState
from app.courses.models import ModuleRevision
from app.courses.queries.catalogue import CourseLine, catalogue, modules_citing
from app.courses.rules import LessonOutline, ModuleOutline
from app.library.models import LawChange
from app.library.queries import ChangeNote, Library, instrument_path
from app.quizzes.models import (
    OPEN_STATES,
    Attempt,
    Question,
    QuestionRevision,
    Quiz,
    QuizRevision,
    QuizRevisionItem,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage with the course and the revision in which it stands now."""

    course_key: str
    revision_id: uuid.UUID
    passage: Passage


def passages_touched(change: LawChange) -> list[Found]:
    """Sections and questions published now that rest on the law before a change. Five statements at most."""
    lines = catalogue()
    older = {
        module.revision_id: (line.key, module)
        for line in lines
        for module in line.outline.modules
        if rules.is_older(module.as_of, change.changed_on)
    }
    key = change.instrument.key
    contents = _contents(modules_citing(key) & older.keys())
    found = [
        Found(older[revision_id][0], revision_id, passage)
        for revision_id, content in contents.items()
        for passage in rules.sections_citing(older[revision_id][1], content["lessons"], key)
    ]
    return found + _questions_touched(lines, key, change)


def _contents(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Mapping[str, Any]]:
    rows = db.session.execute(
        select(ModuleRevision.id, ModuleRevision.content)
        .where(ModuleRevision.id.in_(revision_ids))
        .order_by(ModuleRevision.module_id)
    )
    return {row.id: row.content for row in rows}


def _questions_touched(lines: Iterable[CourseLine], key: str, change: LawChange) -> list[Found]:
    rows = db.session.execute(
        select(Question.key, Question.source, QuestionRevision.id, QuestionRevision.body)
        .join(QuestionRevision, QuestionRevision.id == Question.current_revision_id)
        .where(Question.source.startswith("courses/", autoescape=True))
        .order_by(Question.source, Question.key)
    )
    listed = {line.key for line in lines}
    found = []
    for question_key, source, revision_id, body in rows:
        _courses, course_key, module_key, _file = source.split("/", 3)
        pins = rules.question_pins(body, key)
        if pins is None or course_key not in listed or str(body["as_of"]) >= change.changed_on.isoformat():
            continue
        passage = Passage(Kind.QUESTION, question_key, module_key, body["prompt"], pins)
        found.append(Found(course_key, revision_id, passage))
    return found


# --- the work ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A recorded change with how far its passages are."""

    change: LawChange
    total: int
    open: int


def list_changes() -> list[ChangeLine]:
    """Every recorded change, the last first. One statement."""
    open_ones = func.sum(case((LawTask.state == TaskState.OPEN, 1), else_=0))
    rows = db.session.execute(
        select(LawChange, func.count(LawTask.id), func.coalesce(open_ones, 0))
        .outerjoin(LawTask, LawTask.law_change_id == LawChange.id)
        .options(joinedload(LawChange.instrument))
        .group_by(LawChange.id)
        .order_by(LawChange.changed_on.desc(), LawChange.id.desc())
    ).all()
    return [ChangeLine(*row) for row in rows]


def count_open(_actor: Actor) -> int:
    """How many passages wait for somebody to look at them. One statement."""
    return db.session.scalar(select(func.count()).where(LawTask.state == TaskState.OPEN)) or 0


def get_change(change_id: uuid.UUID) -> LawChange:
    """Raises NotFound."""
    change = db.session.scalar(
        select(LawChange).where(LawChange.id == change_id).options(joinedload(LawChange.instrument))
    )
    if change is None:
        raise NotFound
    return change


def tasks_of(change: LawChange) -> list[LawTask]:
    """The passages of a change in the order of courses and modules, sections before questions. One statement."""
    rows = db.session.scalars(select(LawTask).where(LawTask.law_change_id == change.id))
    return sorted(rows, key=lambda task: (task.course_key, task.module_key, task.kind == Kind.QUESTION, task.path))


def lock_tasks(change: LawChange, task_ids: Collection[uuid.UUID]) -> list[LawTask]:
    """Chosen passages of a change, locked, as they are now."""
    return list(
        db.session.scalars(
            select(LawTask)
            .where(LawTask.law_change_id == change.id, LawTask.id.in_(task_ids))
            .order_by(LawTask.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


@dataclass(frozen=True, slots=True)
class Examination:
    """An examination that asks a touched question: now, or in sittings that still run."""

    key: str
    title: Bilingual
    questions: int
    running: int


def examinations_of(tasks: Sequence[LawTask]) -> list[Examination]:
    """The examinations whose present revision, or a running sitting, asks one of the questions. One statement."""
    keys = [task.path for task in tasks if task.kind == Kind.QUESTION]
    if not keys:
        return []
    running = func.count(Attempt.id.distinct())
    rows = db.session.execute(
        select(Quiz.key, QuizRevision.title, func.count(Question.id.distinct()), running)
        .select_from(QuizRevisionItem)
        .join(QuestionRevision, QuestionRevision.id == QuizRevisionItem.question_revision_id)
        .join(Question, Question.id == QuestionRevision.question_id)
        .join(QuizRevision, QuizRevision.id == QuizRevisionItem.quiz_revision_id)
        .join(Quiz, Quiz.id == QuizRevision.quiz_id)
        .outerjoin(Attempt, (Attempt.quiz_revision_id == QuizRevision.id) & Attempt.state.in_(OPEN_STATES))
        .where(
            Question.key.in_(keys),
            (Quiz.current_revision_id == QuizRevision.id) | Attempt.id.is_not(None),
        )
        .group_by(Quiz.key, QuizRevision.id)
        .order_by(Quiz.key, QuizRevision.number.desc())
    )
    return [Examination(*row) for row in rows]


# --- what readers are told -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SectionNotice:
    """For the head of a section: the law it cites has moved since it was written."""

    change: ChangeNote
    name: str
    url: str
    #: A later revision of the module says what the law is now.
    revised: bool


def notices(
    course_key: str,
    module: ModuleOutline,
    lesson: LessonOutline,
    *,
    cited: Mapping[str, Collection[str]],
    books: Library,
    locale: str,
    now: datetime,
) -> dict[str, list[SectionNotice]]:
    """Notices by section for a reader of this module revision, as far as was recorded by ``now``.

    No statement unless law that it cites has moved.

    ``cited`` names the instruments of each section. What somebody found unaffected has no notice.
    """
    wanted = [
        (section, change)
        for section, keys in cited.items()
        for key in keys
        for change in books.changes.get(key, ())
        if rules.is_older(module.as_of, change.changed_on) and change.recorded_at <= now
    ]
    if not wanted:
        return {}
    states = _states(course_key, {change.id for _section, change in wanted})
    told: dict[str, list[SectionNotice]] = {}
    for section, change in wanted:
        state = states.get((change.id, f"{lesson.path}/{section}"))
        if state is not TaskState.UNAFFECTED:
            note = books.instruments[change.instrument_key]
            told.setdefault(section, []).append(
                SectionNotice(change, note.short(locale), instrument_path(note.key), state is TaskState.REVISED)
            )
    return told


def _states(course_key: str, change_ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], TaskState]:
    rows = db.session.execute(
        select(LawTask.law_change_id, LawTask.path, LawTask.state).where(
            LawTask.law_change_id.in_(change_ids), LawTask.course_key == course_key, LawTask.kind == Kind.SECTION
        )
    )
    return {(change_id, path): state for change_id, path, state in rows}
