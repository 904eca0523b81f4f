"""Where marking stands in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.quizzes.marking.policies import MARKERS


def init_app(_app: Flask) -> None:
    """Give markers the link."""
    navigation.register(_l("Marking"), "marking.show_queue", order=54, roles=set(MARKERS))
