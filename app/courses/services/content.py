"""Bring the database up to the authored files, with new revisions only where something changed."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from app.core.database import db
from app.core.digests import digest_of
from app.core.events import announce
from app.core.identifiers import content_id, new_id
from app.courses.content.tree import Content, CourseTree, ModuleTree
from app.courses.events import ContentSynced
from app.courses.models import Citation, ContentState, Course, CourseRevision, Figure, Module, ModuleRevision
from app.courses.rules import figure_name
from app.courses.services.media import media_content, note_media
from app.library.services import sync_library
from app.organisations.models import OrganisationKind
from app.organisations.services import OrganisationEntry, sync_organisations
from app.quizzes import services as quizzes
from app.quizzes.models import QuestionRevision

#: Raise it when the same files must be loaded again, because we keep more of them than before.
FORMAT = "2"


def state_digest(content_digest: str) -> str:
    """What ``ContentState`` keeps for a tree of files."""
    return f"{FORMAT}:{content_digest}"


def is_current(content_digest: str) -> bool:
    """Was exactly this tree of files synced last?"""
    kept = db.session.scalar(select(ContentState.digest).where(ContentState.id == 1))
    return kept == state_digest(content_digest)


@dataclass(frozen=True, slots=True)
class StoredFigure:
    """A figure in the file store."""

    digest: str
    media_type: str
    width: int | None
    height: int | None


def is_of_this_format() -> bool:
    """Was the last sync made by code that keeps of the same files what this code keeps?"""
    kept = db.session.scalar(select(ContentState.digest).where(ContentState.id == 1))
    return kept is not None and kept.startswith(f"{FORMAT}:")


def sync_content(
    content: Content,
    figures: Mapping[str, StoredFigure],
    now: datetime,
    *,
    unchanged: Collection[str] = (),
) -> list[str]:
    """Load everything in the present transaction; a line for each change. Running it again changes nothing.

    ``figures``: the courses' figures by path; ``unchanged``: courses whose published files are these already.
    Raises Invalid where the assessment engine refuses a question.
    """
    sync_organisations(
        [
            OrganisationEntry(
                key=item.id,
                kind=OrganisationKind(item.kind),
                name=item.name.both(),
                is_example=item.example,
                parent=item.parent,
            )
            for item in content.organisations
        ]
    )
    changes = sync_library(
        instruments=[item.canonical() for item in content.instruments.values()],
        terms=[item.canonical() for item in content.terms],
        now=now,
    )
    for key, course in content.courses.items():
        if key not in unchanged:
            changes += load_course(content, course, figures, now)[1]
    changes += _retire_courses(content)
    announce(ContentSynced(content))
    _note_state(content, now)
    return changes


def _note_figures(figures: Iterable[StoredFigure]) -> None:
    wanted = {figure.digest: figure for figure in figures}
    known = db.session.scalars(select(Figure.digest).where(Figure.digest.in_(wanted)))
    for digest in wanted.keys() - set(known):
        db.session.add(Figure(**asdict(wanted[digest])))
    db.session.flush()


def _note_state(content: Content, now: datetime) -> None:
    state = db.session.get(ContentState, 1) or ContentState(id=1)
    state.digest, state.synced_at = state_digest(content.digest), now
    db.session.add(state)
    db.session.flush()


def _retire_courses(content: Content) -> list[str]:
    gone = db.session.scalars(select(Course).where(Course.is_listed, Course.key.not_in(content.courses))).all()
    for course in gone:
        course.is_listed = False
    return [f"course {course.key}: no longer listed" for course in gone]


def load_course(
    content: Content, tree: CourseTree, stored: Mapping[str, StoredFigure], now: datetime
) -> tuple[CourseRevision, list[str]]:
    """Publish a course as its files say: its present revision, and a line for each change.

    ``stored``: its figures by path. Raises Invalid where the assessment engine refuses a question.
    """
    _note_figures(stored[path.as_posix()] for path in tree.figures.values())
    note_media(tree)
    figures = {path: figure.digest for path, figure in stored.items()}
    key = tree.file.id
    course = db.session.get(Course, content_id("course", key))
    if course is None:
        course = Course(id=content_id("course", key), key=key, created_at=now, current_revision_id=None)
        db.session.add(course)
        db.session.flush()
    course.is_listed = True
    changes: list[str] = []
    modules: list[dict[str, Any]] = []
    for module in tree.modules:
        kept, fresh = _sync_module(course, tree, module, figures, now)
        modules.append({**module.outline(), "revision_id": str(kept.id), "digest": kept.digest})
        if fresh:
            changes.append(f"module {key}/{module.file.id}: revision {kept.number}")
    revision, fresh = _course_revision(course, tree, modules, _publish_exam(content, tree, now), now)
    if fresh:
        changes.append(f"course {key}: revision {revision.number}")
    course.current_revision_id = revision.id
    db.session.flush()
    return revision, changes


def _publish_exam(content: Content, tree: CourseTree, now: datetime) -> uuid.UUID | None:
    exam = tree.file.exam
    if exam is None:
        return None
    quiz = quizzes.publish_quiz(
        exam.id,
        title=exam.title.both(),
        settings=exam.settings(),
        pools=content.course_exam_pools(tree, exam),
        now=now,
    )
    return quiz.quiz_id


def _course_revision(
    course: Course, tree: CourseTree, modules: list[dict[str, Any]], quiz_id: uuid.UUID | None, now: datetime
) -> tuple[CourseRevision, bool]:
    """The course's present revision, and whether it was made now."""
    data = tree.file.canonical()
    digest = digest_of({"course": data, "modules": {module["id"]: module["digest"] for module in modules}})
    known = db.session.scalar(select(CourseRevision).filter_by(course_id=course.id, digest=digest))
    if known is not None:
        return known, False
    revision = CourseRevision(
        course_id=course.id,
        number=_next_number(CourseRevision.number, CourseRevision.course_id == course.id),
        digest=digest,
        outline={"course": data, "modules": modules},
        hours=tree.file.hours,
        as_of=tree.file.as_of,
        sections_total=sum(len(lesson["sections"]) for module in modules for lesson in module["lessons"]),
        checks_total=sum(len(lesson["checks"]) for module in modules for lesson in module["lessons"]),
        quiz_id=quiz_id,
        created_at=now,
    )
    db.session.add(revision)
    db.session.flush()
    return revision, True


def _next_number(column: Any, where: Any) -> int:
    return (db.session.scalar(select(func.max(column)).where(where)) or 0) + 1


def _sync_module(
    course: Course, tree: CourseTree, module: ModuleTree, figures: Mapping[str, str], now: datetime
) -> tuple[ModuleRevision, bool]:
    """The module's present revision, and whether it was made now."""
    questions = quizzes.save_questions(
        {question.id: tree.question_body(question, figures) for question in module.questions},
        source=f"courses/{course.key}/{module.file.id}/questions.yaml",
        now=now,
    )
    content = module_content(module, questions, tree, figures)
    digest = digest_of({**content, "checks": {key: questions[key].digest for key in content["checks"]}})
    row = db.session.get(Module, content_id("module", course.key, module.file.id))
    if row is None:
        row = Module(
            id=content_id("module", course.key, module.file.id),
            course_id=course.id,
            key=module.file.id,
            created_at=now,
        )
        db.session.add(row)
        db.session.flush()
    known = db.session.scalar(select(ModuleRevision).filter_by(module_id=row.id, digest=digest))
    if known is not None:
        return known, False
    revision = ModuleRevision(
        id=new_id(),
        module_id=row.id,
        number=_next_number(ModuleRevision.number, ModuleRevision.module_id == row.id),
        digest=digest,
        content=content,
        created_at=now,
    )
    db.session.add(revision)
    db.session.flush()
    if cited := _citations(revision, module):
        db.session.execute(insert(Citation), cited)
    return revision, True


def module_content(
    module: ModuleTree, questions: Mapping[str, QuestionRevision], tree: CourseTree, figures: Mapping[str, str]
) -> dict[str, Any]:
    """What a module revision keeps: enough to show it for ever, whatever becomes of the files."""
    shown = {
        figure_name(figure.source)
        for texts in module.texts.values()
        for text in texts.values()
        for figure in text.document.figures
    }
    return {
        "module": module.file.canonical(),
        "lessons": {
            lesson: {language: text.source for language, text in sorted(texts.items())}
            for lesson, texts in module.texts.items()
        },
        "checks": {question.id: str(questions[question.id].id) for question in module.checks()},
        "figures": {name: figures[tree.figures[name].as_posix()] for name in sorted(shown)},
        **media_content(module, tree),
    }


def _citations(revision: ModuleRevision, module: ModuleTree) -> list[dict[str, Any]]:
    return [
        {"module_revision_id": revision.id, "lesson_key": lesson, "instrument_key": key}
        for lesson, texts in module.texts.items()
        for key in sorted({citation.key for citation in texts["zh"].document.citations})
    ]
