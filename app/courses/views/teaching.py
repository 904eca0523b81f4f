"""For instructors: courses as they teach them, results per question, the bank with its revisions, the check."""

from flask import current_app, render_template

from app.core import access
from app.core.access import Role
from app.core.database import release
from app.core.languages import locale_name
from app.courses import queries
from app.courses.content.loading import inspect
from app.courses.views.blueprint import blueprint
from app.courses.views.catalogue import outline_for
from app.library.queries import library


@blueprint.get("/teaching")
@access.requires(Role.INSTRUCTOR, Role.ADMINISTRATOR)
def teaching() -> str:
    """The courses, each with its bank and a preview."""
    return render_template("courses/teaching.html", lines=queries.catalogue())


@blueprint.get("/teaching/courses/<string:course_key>")
@access.requires(Role.INSTRUCTOR, Role.ADMINISTRATOR)
def show_bank(course_key: str) -> str:
    """The questions of a course and how they fared."""
    outline = outline_for(course_key)
    lines = queries.bank_of(course_key, outline.check_keys)
    return render_template("courses/bank.html", course_key=course_key, outline=outline, lines=lines)


@blueprint.get("/teaching/questions/<string:question_key>")
@access.requires(Role.INSTRUCTOR, Role.ADMINISTRATOR)
def show_question(question_key: str) -> str:
    """A question with its key and feedback, and every earlier revision."""
    question, revisions = queries.revisions_of_question(question_key)
    books, locale = library(), locale_name()
    return render_template(
        "courses/question.html",
        question=question,
        course_key=question.source.split("/")[1],
        shown=[(revision, queries.shown(question_key, revision, locale, books)) for revision in revisions],
    )


@blueprint.get("/teaching/content-check")
@access.requires(Role.INSTRUCTOR, Role.ADMINISTRATOR)
def content_check() -> str:
    """What ``flask content check`` prints, read from the files as they are now."""
    release()
    content, faults = inspect(current_app.extensions["academy.settings"].content_dir)
    return render_template("courses/content_check.html", faults=faults, content=content)
