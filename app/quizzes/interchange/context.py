"""Where questions in and out stand in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.core.navigation import Area
from app.quizzes.interchange.policies import AUTHORS


def init_app(_app: Flask) -> None:
    """Give those who teach or administer the link."""
    navigation.register(
        _l("Questions in and out"), "questions.list_uploads", order=56, roles=set(AUTHORS), area=Area.TEACHING
    )
