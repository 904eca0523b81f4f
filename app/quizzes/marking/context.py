"""Where marking stands in the navigation, and in the copy of a person's own data."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation
from app.quizzes.marking.policies import MARKERS
from app.quizzes.marking.queries import marks_about


def init_app(_app: Flask) -> None:
    """Give markers the link, and candidates what was said about their answers."""
    own_data.register("marks", marks_about)
    navigation.register(_l("Marking"), "marking.show_queue", order=54, roles=set(MARKERS))
