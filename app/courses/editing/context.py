"""What the editor adds to navigation and templates."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.core.access import Role
from app.core.navigation import Area
from app.courses.editing import words


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        fault_words=words.fault_words, advice_words=words.advice_words, draft_question_type=words.question_type
    )
    authors = {Role.INSTRUCTOR, Role.ADMINISTRATOR}
    navigation.register(_l("Authoring"), "editing.list_courses", order=46, roles=authors, area=Area.TEACHING)
