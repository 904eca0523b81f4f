"""Where cohorts stand in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation


def init_app(_app: Flask) -> None:
    navigation.register(_l("Programmes"), "programmes.index", order=30)
    navigation.register(_l("Cohorts"), "cohorts.index", order=40)
    navigation.register(_l("Join a cohort"), "joining.join", order=60, place="account")
    navigation.register(_l("Export log"), "cohorts.exports", order=70, place="account")
