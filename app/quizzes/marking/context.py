"""Where marking stands in the navigation, and in the copy of a person's own data."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation, worklist
from app.core.navigation import Area
from app.quizzes.marking.policies import MARKERS
from app.quizzes.marking.queries import count_for, marks_about


def init_app(_app: Flask) -> None:
    """Give markers the link, and candidates what was said about their answers."""
    own_data.register("marks", marks_about)
    worklist.register(_l("Answers to mark"), "marking.show_queue", roles=MARKERS, count=count_for, order=20)
    navigation.register(_l("Marking"), "marking.show_queue", order=54, roles=set(MARKERS), area=Area.EXAMINATIONS)
