"""Where questions in and out stand in the navigation, and how kept sentences are shown."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.core import navigation
from app.core.navigation import Area
from app.quizzes.interchange.model import Message
from app.quizzes.interchange.policies import AUTHORS


def kept_message(kept: Message | Mapping[str, Any]) -> str:
    """A kept sentence in the reader's language, as plain text that templates escape whole."""
    text, values = (kept.text, kept.values) if isinstance(kept, Message) else (kept["text"], kept["values"])
    return str(gettext(text, **values))


def init_app(app: Flask) -> None:
    """Give those who teach or administer the link."""
    app.jinja_env.filters["kept_message"] = kept_message
    navigation.register(
        _l("Questions in and out"), "questions.list_uploads", order=56, roles=set(AUTHORS), area=Area.TEACHING
    )
