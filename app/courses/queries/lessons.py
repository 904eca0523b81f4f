"""A lesson's text as a page shows it. Texts are immutable, so each process renders a lesson once a language."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import select

from app.core import markdown
from app.core.database import db
from app.core.errors import NotFound
from app.core.kept import Kept
from app.core.text import language_of
from app.courses.models import Figure
from app.courses.queries.catalogue import get_module_content
from app.courses.recordings import showing
from app.courses.rendering import LessonText, drawing, render_lesson
from app.courses.rules import CourseOutline, LessonOutline, ModuleOutline
from app.library.queries import Library, instrument_path
from app.library.rules import InstrumentNote
from app.quizzes import queries as quizzes
from app.quizzes.models import QuestionRevision

_Key = tuple[uuid.UUID, str, str, str]
_texts: Kept[_Key, LessonText] = Kept(512)
_contents: Kept[uuid.UUID, dict[str, Any]] = Kept(32)
_questions: Kept[uuid.UUID, QuestionRevision] = Kept(1024)


def _content(revision_id: uuid.UUID) -> dict[str, Any]:
    return _contents.get(revision_id, lambda: get_module_content(revision_id))


def _module_revision(outline: CourseOutline, lesson: LessonOutline) -> uuid.UUID:
    module = outline.find_module(lesson.module_key)
    assert module is not None  # noqa: S101 - the lesson came from this outline
    return module.revision_id


def lesson_text(outline: CourseOutline, lesson: LessonOutline, locale: str, books: Library) -> LessonText:
    """The lesson for a reader of this language. No statement when the process has it."""
    revision_id = _module_revision(outline, lesson)
    key = (revision_id, lesson.key, locale, books.digest)
    return _texts.get(key, lambda: _render(_content(revision_id), lesson, locale, books))


def _render(content: dict[str, Any], lesson: LessonOutline, locale: str, books: Library) -> LessonText:
    names: dict[str, str] = content["figures"]
    document = markdown.parse(content["lessons"][lesson.key][language_of(locale)])
    draw = drawing(names, _figures(names.values()), figure_path)
    show = showing(content.get("media", {}), MEDIA)
    return render_lesson(document, lesson.path, locale, books, draw=draw, show=show)


def _figures(digests: Collection[str]) -> dict[str, Figure]:
    rows = db.session.scalars(select(Figure).where(Figure.digest.in_(digests)))
    return {row.digest: row for row in rows}


#: Before the digest: the address of a recording of a published lesson.
MEDIA: Final = "/courses/media/"


def figure_path(digest: str) -> str:
    """The address of a figure of a published lesson."""
    return f"/courses/figures/{digest}"


def check_revisions(outline: CourseOutline, lesson: LessonOutline) -> dict[str, uuid.UUID]:
    """The revisions of a lesson's check questions that belong to this course revision."""
    checks = _content(_module_revision(outline, lesson))["checks"]
    return {key: uuid.UUID(checks[key]) for key in lesson.checks}


def check_questions(outline: CourseOutline, lesson: LessonOutline) -> dict[str, QuestionRevision]:
    """A lesson's check questions by key; no statement for those this process has seen."""
    ids = check_revisions(outline, lesson) if lesson.checks else {}
    found = {one: revision for one in ids.values() if (revision := _questions.find(one))}
    missing = [one for one in ids.values() if one not in found]
    if missing:
        read = quizzes.question_revisions(missing)
        for one, revision in read.items():
            db.session.expunge(revision)  # else the next rollback would empty what the process keeps
            found[one] = _questions.put(one, revision)
    return {key: found[revision_id] for key, revision_id in ids.items()}


def get_figure(digest: str) -> Figure:
    """Raises NotFound for anything in the file store that is no figure."""
    figure = db.session.get(Figure, digest)
    if figure is None:
        raise NotFound
    return figure


def figures_of(revision_id: uuid.UUID) -> list[Figure]:
    """The figures of a module revision."""
    return list(_figures(_content(revision_id)["figures"].values()).values())


@dataclass(frozen=True, slots=True)
class Moved:
    """An instrument whose law changed after a module was written."""

    note: InstrumentNote
    url: str
    status: str


def moved_law(module: ModuleOutline, books: Library, on: date) -> list[Moved]:
    """The module's instruments that, by a day, were amended, repealed or came into force after its as-of date."""
    moved = []
    for key in module.data["law"]:
        note = books.instruments.get(key)
        if note is None:
            continue
        dates, status = note.data.get("dates", {}), note.status_on(on)
        late = any(module.as_of.isoformat() < str(day) <= on.isoformat() for day in dates.values() if day)
        if late or status in {"amended", "repealed"}:
            moved.append(Moved(note, instrument_path(key), status))
    return moved
