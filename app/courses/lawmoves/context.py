"""Where changes of law stand in the navigation, on desks, and on the page of their instrument."""

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from app.core import navigation, worklist
from app.core.navigation import Area
from app.courses.lawmoves.policies import FOLLOWERS
from app.courses.lawmoves.queries import count_open
from app.library import registry


def init_app(_app: Flask) -> None:
    navigation.register(
        _l("Changes of law"), "lawmoves.list_changes", order=50, roles=FOLLOWERS, area=Area.TEACHING
    )
    worklist.register(
        _l("Passages to compare with changed law"),
        "lawmoves.list_changes",
        roles=FOLLOWERS,
        count=count_open,
        order=40,
    )
    registry.change_page(lambda change_id: url_for("lawmoves.show_change", change_id=change_id))
