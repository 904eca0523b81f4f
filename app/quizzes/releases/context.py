"""Where the release of results stands in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.quizzes.releases.policies import RELEASERS


def init_app(_app: Flask) -> None:
    """Give those who release results the link."""
    navigation.register(_l("Release of results"), "releases.list_held", order=55, roles=set(RELEASERS))
