"""Where regrades stand in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.core.navigation import Area
from app.quizzes.regrading.policies import REGRADERS


def init_app(_app: Flask) -> None:
    """Give those who may regrade the link."""
    navigation.register(
        _l("Regrades"), "regrading.list_regrades", order=56, roles=set(REGRADERS), area=Area.EXAMINATIONS
    )
