"""Where accommodations stand in the navigation, and in the copy of one's own data."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation
from app.core.navigation import Area
from app.quizzes.accommodations.policies import GRANTERS
from app.quizzes.accommodations.queries import granted_to


def init_app(_app: Flask) -> None:
    own_data.register("accommodations", granted_to)
    navigation.register(
        _l("Accommodations"), "accommodations.show_list", order=54, roles=set(GRANTERS), area=Area.EXAMINATIONS
    )
