"""One's own notes: beside a lesson, and all of them with what became of their places."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.courses import queries as courses
from app.courses.models import Course, Enrolment
from app.courses.rules import CourseOutline, LessonOutline
from app.courses.studying.models import Note, SectionText
from app.courses.studying.rules.anchors import Place, find_place
from app.courses.studying.rules.notes import Kind, kind_of


def get_own_note(actor: Actor, note_id: uuid.UUID) -> Note:
    """Raises NotFound, also for a note of somebody else's."""
    note = db.session.scalar(select(Note).where(Note.id == note_id, Note.person_id == actor.person_id))
    if note is None:
        raise NotFound
    return note


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note in the list: where its place stands now in the revision she studies."""

    note: Note
    kind: Kind
    outline: CourseOutline | None
    place: Place
    #: module/lesson/section to lead to; empty when the place is gone.
    path: str
    lesson: LessonOutline | None

    @property
    def section_title(self) -> Any:
        """The section's title in both languages, or None."""
        key = self.path.rpartition("/")[2]
        if self.lesson is None:
            return None
        return next((section.title for section in self.lesson.sections if section.key == key), None)


def list_notes(actor: Actor, *, course_key: str = "", kind: Kind | None = None) -> list[NoteLine]:
    """All of one's own notes, by course and place in it. Three or four statements, however many."""
    statement = select(Note).where(Note.person_id == actor.person_id)
    if course_key:
        statement = statement.where(Note.course_key == course_key)
    notes = [
        note for note in db.session.scalars(statement) if kind is None or kind_of(note.quote, note.text) is kind
    ]
    studied = _outlines(actor.person_id, {note.course_key for note in notes})
    texts = _texts(studied, notes)
    lines = [_line(note, studied.get(note.course_key), texts) for note in notes]
    return sorted(lines, key=_order)


def count_by_course(actor: Actor) -> dict[str, int]:
    """How many of one's own notes stand in which course. One statement."""
    counts: dict[str, int] = {}
    for key in db.session.scalars(select(Note.course_key).where(Note.person_id == actor.person_id)):
        counts[key] = counts.get(key, 0) + 1
    return counts


def _outlines(person_id: uuid.UUID, course_keys: set[str]) -> dict[str, CourseOutline]:
    """The revisions she studies, and of courses she has left those published now, by course key."""
    rows = db.session.execute(
        select(Course.key, Enrolment.course_revision_id, Course.current_revision_id)
        .outerjoin(
            Enrolment,
            (Enrolment.course_id == Course.id) & (Enrolment.person_id == person_id) & Enrolment.is_current,
        )
        .where(Course.key.in_(course_keys))
    ).all()
    revisions = {row.key: row.course_revision_id or row.current_revision_id for row in rows}
    found = courses.outlines([revision for revision in revisions.values() if revision])
    return {key: found[revision] for key, revision in revisions.items() if revision in found}


_Texts = dict[tuple[str, str], dict[str, str]]


def _texts(studied: dict[str, CourseOutline], notes: Sequence[Note]) -> _Texts:
    """Section texts by (course, language) and path, of courses and languages that have quotes."""
    wanted = {note.course_key for note in notes if note.quote}
    modules = {
        module.revision_id: (key, module.key)
        for key, outline in studied.items()
        if key in wanted
        for module in outline.modules
    }
    texts: _Texts = {}
    for row in db.session.scalars(select(SectionText).where(SectionText.module_revision_id.in_(modules))):
        course_key, module_key = modules[row.module_revision_id]
        lesson = studied[course_key].find_lesson(module_key, row.lesson_key)
        if lesson is not None:
            texts.setdefault((course_key, row.language), {})[f"{lesson.path}/{row.section_key}"] = row.text
    return texts


def _line(note: Note, outline: CourseOutline | None, texts: _Texts) -> NoteLine:
    kind, anchor = kind_of(note.quote, note.text), note.anchor
    if outline is None:
        return NoteLine(note, kind, None, Place.GONE, "", None)
    known = texts.get((note.course_key, note.language))
    if note.quote and known:
        place, path = find_place(anchor, {path: known.get(path, "") for path in outline.section_paths})
    else:  # a whole section, or a text that is not yet indexed: only the section can be looked for
        place, path = (Place.HERE, anchor.path) if anchor.path in outline.section_paths else (Place.GONE, "")
    lesson = outline.find_by_home(*path.split("/")[:2]) if path else None
    return NoteLine(note, kind, outline, place, path, lesson)


def _order(line: NoteLine) -> tuple[str, int, datetime]:
    paths = line.outline.section_paths if line.outline else ()
    position = paths.index(line.path) if line.path in paths else len(paths)
    return line.note.course_key, position, line.note.created_at


def notes_of(person_id: uuid.UUID) -> list[dict[str, Any]]:
    """For the copy of one's own data."""
    return [
        {
            "course": note.course_key,
            "place": note.anchor.path,
            "quote": note.quote,
            "text": note.text,
            "created_at": note.created_at.isoformat(),
            "updated_at": note.updated_at.isoformat(),
        }
        for note in db.session.scalars(select(Note).where(Note.person_id == person_id).order_by(Note.id))
    ]
