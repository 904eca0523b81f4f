"""What studying adds to the account menu and to the copy of one's own data."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation
from app.courses.studying import queries


def init_app(_app: Flask) -> None:
    own_data.register("study_notes", queries.notes_of)
    navigation.register(_l("My notes"), "studying.my_notes", order=20, place="account")
