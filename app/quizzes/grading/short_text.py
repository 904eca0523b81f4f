"""A word or a short phrase."""

import random
import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.quizzes.grading import base

MAX_LENGTH = 500


class ShortText(base.QuestionType):
    """A phrase out of a list of accepted ones, compared without case, width and spacing.
    Response: ``{"text": "…"}``, kept as it was written."""

    name = "short_text"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        accept = [str(phrase) for phrase in raw.get("accept") or ()]
        if not accept or not all(compared(phrase) for phrase in accept):
            raise Invalid("accept: at least one phrase, none empty", code="question")
        return {"accept": accept}

    def layout(self, body: base.Body, rng: random.Random | None) -> base.Layout:
        return {}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        text: str = base.only(response, "text", str)
        if len(text) > MAX_LENGTH:
            raise Invalid(
                _("Write at most %(number)s characters. Your last answer still counts.", number=MAX_LENGTH),
                code="length",
            )
        if any(unicodedata.category(character) == "Cs" for character in text):
            raise base.wrong_shape()
        # Control characters (PostgreSQL refuses NUL) are nothing a person types: they become spaces.
        text = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text).strip()
        return {"text": text} if text else {}

    def grade(self, body: base.Body, response: base.Response) -> base.Graded:
        right = compared(response["text"]) in {compared(phrase) for phrase in body["accept"]}
        return base.Graded(base.ONE if right else base.ZERO)

    def perfect(self, body: base.Body) -> base.Response:
        return {"text": body["accept"][0].strip()}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"text": posted.get(name, "")}


def compared(text: str) -> str:
    """The form in which phrases are compared: width and case folded, runs of spaces made one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
