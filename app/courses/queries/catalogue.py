"""Courses, their revisions and outlines."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.courses.models import Citation, Course, CourseRevision, ModuleRevision
from app.courses.rules import CourseOutline, LessonOutline, outline_of

#: Outlines are immutable, so a process keeps those it has seen.
_outlines: dict[uuid.UUID, CourseOutline] = {}
KEPT_OUTLINES = 256


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in a list: its key, and the outline that is published now."""

    id: uuid.UUID
    key: str
    outline: CourseOutline


def get_course(key: str) -> Course:
    """Raises NotFound."""
    course = db.session.scalar(select(Course).where(Course.key == key))
    if course is None:
        raise NotFound
    return course


def current_revision_id(course: Course) -> uuid.UUID:
    """The revision that new trainees start. Raises NotFound while there is none."""
    if course.current_revision_id is None:
        raise NotFound
    return course.current_revision_id


def current_revision(course: Course) -> CourseRevision:
    """Raises NotFound while there is none."""
    revision = db.session.get(CourseRevision, current_revision_id(course))
    if revision is None:
        raise NotFound
    return revision


def outline(revision_id: uuid.UUID) -> CourseOutline:
    """The outline of one revision. Raises NotFound."""
    found = outlines([revision_id])
    if revision_id not in found:
        raise NotFound
    return found[revision_id]


def outlines(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, CourseOutline]:
    """Outlines by revision; at most one statement, none for those this process has seen."""
    missing = [revision_id for revision_id in revision_ids if revision_id not in _outlines]
    if missing:
        if len(_outlines) > KEPT_OUTLINES:
            _outlines.clear()
            missing = list(revision_ids)
        for row in db.session.scalars(select(CourseRevision).where(CourseRevision.id.in_(missing))):
            _outlines[row.id] = outline_of(
                revision_id=row.id, number=row.number, digest=row.digest, quiz_id=row.quiz_id, stored=row.outline
            )
    return {revision_id: _outlines[revision_id] for revision_id in revision_ids if revision_id in _outlines}


def catalogue() -> list[CourseLine]:
    """Every listed course with what is published now, by code. Two statements at most."""
    rows = db.session.execute(
        select(Course.id, Course.key, Course.current_revision_id).where(
            Course.is_listed, Course.current_revision_id.is_not(None)
        )
    ).all()
    found = outlines([row.current_revision_id for row in rows])
    lines = [CourseLine(row.id, row.key, found[row.current_revision_id]) for row in rows]
    return sorted(lines, key=lambda line: (str(line.outline.data["track"]), str(line.outline.data["code"])))


def course_ids(keys: Iterable[str]) -> dict[str, uuid.UUID]:
    """Course identifiers by key, in the order asked for; unknown keys are left out. One statement."""
    wanted = list(keys)
    rows = db.session.execute(select(Course.key, Course.id).where(Course.key.in_(wanted)))
    found = dict(rows.all())
    return {key: found[key] for key in wanted if key in found}


def titles_of(keys: Iterable[str]) -> dict[str, Bilingual]:
    """Titles by key, in the order asked for; unknown keys are left out. Two statements at most."""
    wanted = list(keys)
    rows = db.session.execute(
        select(Course.key, Course.current_revision_id).where(
            Course.key.in_(wanted), Course.current_revision_id.is_not(None)
        )
    ).all()
    found = outlines([row.current_revision_id for row in rows])
    titles: dict[str, Bilingual] = {row.key: found[row.current_revision_id].data["title"] for row in rows}
    return {key: titles[key] for key in wanted if key in titles}


def citing_lessons(instrument_key: str) -> list[tuple[CourseLine, LessonOutline]]:
    """The lessons published now that cite an instrument, in the order of the courses."""
    lines = catalogue()
    modules = {module.revision_id: line for line in lines for module in line.outline.modules}
    rows = db.session.execute(
        select(Citation.module_revision_id, Citation.lesson_key).where(
            Citation.instrument_key == instrument_key, Citation.module_revision_id.in_(modules)
        )
    )
    cited = {(row.module_revision_id, row.lesson_key) for row in rows}
    return [
        (line, lesson)
        for line in lines
        for module in line.outline.modules
        for lesson in module.lessons
        if (module.revision_id, lesson.key) in cited
    ]


def modules_citing(instrument_key: str) -> set[uuid.UUID]:
    """Every module revision, of whatever time, that cites an instrument or names it as its law."""
    return set(
        db.session.scalars(select(Citation.module_revision_id).where(Citation.instrument_key == instrument_key))
    )


def get_module_content(revision_id: uuid.UUID) -> dict[str, Any]:
    """A module revision's texts. Raises NotFound."""
    content: dict[str, Any] | None = db.session.scalar(
        select(ModuleRevision.content).where(ModuleRevision.id == revision_id)
    )
    if content is None:
        raise NotFound
    return content
