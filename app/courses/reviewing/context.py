"""Where reviews stand on desks."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import worklist
from app.courses.authoring.policies import AUTHORS
from app.courses.reviewing.queries import count_to_review


def init_app(_app: Flask) -> None:
    worklist.register(
        _l("Drafts to review"), "reviewing.list_reviews", roles=AUTHORS, count=count_to_review, order=10
    )
