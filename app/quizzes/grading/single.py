"""Single choice."""

from collections.abc import Mapping
from typing import Any

from app.core.errors import Invalid
from app.quizzes.grading import base


class Single(base.QuestionType):
    """One choice of several is right. Response: ``{"choice": id}``."""

    name = "single"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        choices = read_choices(key, raw)
        if sum(choice["correct"] for choice in choices) != 1:
            raise Invalid("choices: exactly one must be correct", code="question")
        return {"choices": choices}

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        return {"choices": draw.order(choice["id"] for choice in body["choices"])}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        choice = base.only(response, "choice", str)
        if choice not in layout["choices"]:
            raise base.wrong_shape()
        return {"choice": choice}

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        right = response["choice"] in correct_ids(body)
        return base.Graded(base.ONE if right else base.ZERO, {response["choice"]: right})

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        return {"choice": correct_ids(body)[0]}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        value = posted.get(name, "")
        return {"choice": value} if value else {}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        return {"choices": base.in_order(layout["choices"], body["choices"], "text")}

    def all_or_nothing(self, body: base.Body) -> bool:
        return True


def read_choices(key: str, raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Authored choices with identifiers, texts, keys and their own feedback. Raises Invalid."""
    choices = []
    for identifier, option in base.options(key, raw.get("choices"), "choices", 2):
        choice: dict[str, Any] = {
            "id": identifier,
            "text": base.bilingual(option.get("text"), "choices"),
            "correct": bool(option.get("correct")),
        }
        if option.get("feedback"):
            choice["feedback"] = base.bilingual(option["feedback"], "choices: feedback")
        choices.append(choice)
    return choices


def correct_ids(body: base.Body) -> list[str]:
    """The identifiers of the right choices, as authored."""
    return [choice["id"] for choice in body["choices"] if choice["correct"]]
