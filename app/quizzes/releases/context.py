"""Where the release of results stands in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation, worklist
from app.core.navigation import Area
from app.quizzes.releases.policies import RELEASERS
from app.quizzes.releases.queries import count_ready


def init_app(_app: Flask) -> None:
    """Give those who release results the link."""
    worklist.register(_l("Results to release"), "releases.list_held", roles=RELEASERS, count=count_ready, order=30)
    navigation.register(
        _l("Release of results"), "releases.list_held", order=55, roles=set(RELEASERS), area=Area.EXAMINATIONS
    )
