"""A module as a document: the same texts, citations and as-of day as on the page, laid out for paper."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flask import current_app
from flask_babel import force_locale

from app.config import PROJECT
from app.core.addresses import public_root
from app.core.languages import local_day
from app.core.printing.tagged import tagged_pdf
from app.core.text import LOCALE_OF
from app.courses import queries as courses
from app.courses.rules import CourseOutline, LessonOutline, ModuleOutline
from app.files import services as files
from app.library.queries import Library

STYLE: Final = PROJECT / "app" / "static" / "css" / "study-document.css"


@dataclass(frozen=True, slots=True)
class Part:
    """A lesson of the document with the questions that stand in it, by key."""

    lesson: LessonOutline
    text: courses.LessonText
    questions: dict[str, courses.CheckQuestion]


def document_html(
    outline: CourseOutline, module: ModuleOutline, language: str, books: Library, now: datetime
) -> str:
    """The document as one HTML page. Reads the database; nothing of it is about a person."""
    locale = LOCALE_OF[language]
    with force_locale(locale):
        parts = [_part(outline, lesson, locale, books) for lesson in module.lessons]
        cited = {note.note.key: note for part in parts for section in part.text.sections for note in section.cited}
        terms = {term["id"]: term for part in parts for term in part.text.glossary}
        template = current_app.jinja_env.get_template("courses/studying/document.html")
        return template.render(
            outline=outline,
            module=module,
            parts=parts,
            cited=sorted(cited.values(), key=lambda note: note.name),
            terms=sorted(terms.values(), key=lambda term: str(term[language])),
            moved=courses.moved_law(module, books, local_day(now)),
            locale=locale,
            language=language,
            lang_tag="en" if language == "en" else "zh-CN",
            other_tag="zh-CN" if language == "en" else "en",
            now=now,
            root=public_root(),
            has_unreviewed=any(part.text.has_unreviewed for part in parts),
        )


def _part(outline: CourseOutline, lesson: LessonOutline, locale: str, books: Library) -> Part:
    questions = courses.check_questions(outline, lesson)
    return Part(
        lesson,
        courses.lesson_text(outline, lesson, locale, books),
        {key: courses.shown(key, revision, locale, books) for key, revision in questions.items()},
    )


def document_pdf(html: str, known: dict[str, str], data_dir: Path) -> bytes:
    """The tagged PDF; pictures are read from the file store. Slow: call it outside a transaction."""
    root = public_root()

    def picture(url: str) -> tuple[bytes, str] | None:
        digest = url.removeprefix(root).removeprefix(courses.figure_path(""))
        return (files.read(data_dir, digest), known[digest]) if digest in known else None

    return tagged_pdf(html, STYLE.read_text(), base_url=root, pictures=picture)
