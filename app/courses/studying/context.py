"""What studying adds to the account menu and to the copy of one's own data."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation, worklist
from app.core.navigation import Area
from app.courses.studying import policies, queries


def init_app(_app: Flask) -> None:
    own_data.register("study_notes", queries.notes_of)
    own_data.register("passage_questions", queries.questions_of)
    own_data.register("reviews", queries.reviews_of)
    navigation.register(_l("My notes"), "studying.my_notes", order=20, place="account")
    navigation.register(_l("Daily review"), "studying.review", order=21, place="account")
    navigation.register(
        _l("Trainees’ questions"),
        "studying.list_asked",
        order=47,
        roles=set(policies.ANSWERERS),
        area=Area.TEACHING,
    )
    worklist.register(
        _l("Trainees’ questions"),
        "studying.list_asked",
        roles=policies.ANSWERERS,
        count=queries.count_unanswered,
        order=25,
    )
