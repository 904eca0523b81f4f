"""What invigilation keeps with the application (signs of life, snapshots), and its place in the navigation."""

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.core import navigation
from app.core.navigation import Area
from app.quizzes.invigilation import words
from app.quizzes.invigilation.board import Board
from app.quizzes.invigilation.policies import INVIGILATORS
from app.quizzes.invigilation.presence import PresenceBook
from app.quizzes.invigilation.queries import decisions_about

_BOOK = "academy.presences"
_BOARD = "academy.invigilation_board"


def init_app(app: Flask) -> None:
    """Give invigilators the link, and candidates what was decided about their attempts."""
    app.extensions[_BOOK] = PresenceBook()
    app.extensions[_BOARD] = Board()
    app.jinja_env.filters["length_text"] = words.length
    own_data.register("invigilation", decisions_about)
    navigation.register(
        _l("Invigilation"),
        "invigilation.list_examinations",
        order=53,
        roles=set(INVIGILATORS),
        area=Area.EXAMINATIONS,
    )


def presences() -> PresenceBook:
    """The running process's book."""
    found: PresenceBook = current_app.extensions[_BOOK]
    return found


def board() -> Board:
    """The running process's snapshots."""
    found: Board = current_app.extensions[_BOARD]
    return found
