"""Single choice."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, some, texts
from app.quizzes.grading.malformed import Malformed


class Single(base.QuestionType):
    """One choice of several is right; with ``any_right`` (a regrade makes it so) any of several right ones.
    Response: ``{"choice": id}``."""

    name = "single"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        choices = read_choices(key, raw)
        right = sum(choice["correct"] for choice in choices)
        if raw.get("any_right"):
            if not 1 < right < len(choices):
                raise Malformed(N_("choices: with any_right several but not all must be correct"))
            return {"choices": choices, "any_right": True}
        if right != 1:
            raise Malformed(N_("choices: exactly one must be correct"))
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

    def amendable(self, body: base.Body) -> list[Amendable]:
        return [key_field(body)]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        amended = with_key(body, some(values, key_field(body)))
        amended.pop("any_right", None)
        return amended | ({"any_right": True} if len(correct_ids(amended)) > 1 else {})


def key_field(body: base.Body) -> Amendable:
    """Which choices are right. Of a single choice too several may turn out to be."""
    return Amendable("correct", Topic.KEY, Shape.SEVERAL, tuple(correct_ids(body)), texts(body["choices"]))


def with_key(body: base.Body, right: Sequence[str]) -> base.Body:
    """The body with these choices right, and no other."""
    return body | {"choices": [choice | {"correct": choice["id"] in right} for choice in body["choices"]]}


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
