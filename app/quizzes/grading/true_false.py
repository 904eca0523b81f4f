"""True or false."""

from collections.abc import Mapping
from typing import Any

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, one, words
from app.quizzes.grading.malformed import Malformed


class TrueFalse(base.QuestionType):
    """A statement that is right or wrong. Response: ``{"value": true}``."""

    name = "true_false"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        if not isinstance(raw.get("answer"), bool):
            raise Malformed(N_("answer: true or false"))
        return {"answer": raw["answer"]}

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        return {}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        return {"value": base.only(response, "value", bool)}

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        right = response["value"] is body["answer"]
        return base.Graded(base.ONE if right else base.ZERO)

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        return {"value": body["answer"]}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        value = posted.get(name, "")
        if value not in {"", "true", "false"}:
            raise base.wrong_shape()
        return {"value": value == "true"} if value else {}

    def all_or_nothing(self, body: base.Body) -> bool:
        return True

    def amendable(self, body: base.Body) -> list[Amendable]:
        value = ("true" if body["answer"] else "false",)
        return [Amendable("answer", Topic.KEY, Shape.ONE, value, words(("true", "false")))]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        (field,) = self.amendable(body)
        return body | {"answer": one(values, field) == "true"}
