"""Where the analyses stand in the navigation."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.core.navigation import Area
from app.quizzes.analysis.policies import READERS


def init_app(_app: Flask) -> None:
    """Give those who teach, certify or administer the link."""
    navigation.register(
        _l("Item analysis"),
        "item_analysis.list_examined",
        order=55,
        roles=set(READERS),
        area=Area.EXAMINATIONS,
        covers=("/examinations",),
    )
