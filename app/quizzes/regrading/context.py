"""Where regrades stand in the navigation and on desks."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation, worklist
from app.core.navigation import Area
from app.quizzes.regrading.giving_up import count_stopped
from app.quizzes.regrading.policies import REGRADERS


def init_app(_app: Flask) -> None:
    """Give those who may regrade the link."""
    navigation.register(
        _l("Regrades"), "regrading.list_regrades", order=56, roles=set(REGRADERS), area=Area.EXAMINATIONS
    )
    worklist.register(
        _l("Regrades that stopped half-way"),
        "regrading.list_regrades",
        roles=REGRADERS,
        count=count_stopped,
        order=25,
    )
