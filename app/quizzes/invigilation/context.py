"""What invigilation keeps with the application: the book of signs of life."""

from flask import Flask, current_app

from app.accounts import own_data
from app.quizzes.invigilation.presence import PresenceBook
from app.quizzes.invigilation.queries import decisions_about

_BOOK = "academy.presences"


def init_app(app: Flask) -> None:
    """Give candidates what was decided about their attempts."""
    app.extensions[_BOOK] = PresenceBook()
    own_data.register("invigilation", decisions_about)


def presences() -> PresenceBook:
    """The running process's book."""
    found: PresenceBook = current_app.extensions[_BOOK]
    return found
