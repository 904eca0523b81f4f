"""Multiple choice."""

import random
from collections.abc import Mapping
from typing import Any

from app.core.errors import Invalid
from app.quizzes.grading import base
from app.quizzes.grading.single import correct_ids, read_choices

SCORING = ("all_or_nothing", "partial")


class Multiple(base.QuestionType):
    """Any number of choices is right. Response: ``{"choices": [ids]}``.

    ``all_or_nothing``: full marks for exactly the right set. ``partial``: the share of right choices taken less
    the share of wrong choices taken, never below 0, so that taking everything earns nothing.
    """

    name = "multiple"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        choices = read_choices(key, raw)
        if not any(choice["correct"] for choice in choices):
            raise Invalid("choices: at least one must be correct", code="question")
        scoring = raw.get("scoring") or "all_or_nothing"
        if scoring not in SCORING:
            raise Invalid(f"scoring: one of {', '.join(SCORING)}", code="question")
        return {"choices": choices, "scoring": str(scoring)}

    def layout(self, body: base.Body, rng: random.Random | None) -> base.Layout:
        return {"choices": base.shuffled((choice["id"] for choice in body["choices"]), rng)}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        taken = base.only(response, "choices", list)
        if not all(isinstance(choice, str) and choice in layout["choices"] for choice in taken):
            raise base.wrong_shape()
        return {"choices": sorted(set(taken))} if taken else {}

    def grade(self, body: base.Body, response: base.Response) -> base.Graded:
        right = set(correct_ids(body))
        wrong = {choice["id"] for choice in body["choices"]} - right
        taken = set(response["choices"])
        parts = {choice["id"]: (choice["id"] in taken) == choice["correct"] for choice in body["choices"]}
        if body["scoring"] == "all_or_nothing":
            return base.Graded(base.ONE if taken == right else base.ZERO, parts)
        lost = len(taken & wrong) * len(right) if wrong else 0
        won = len(taken & right) * (len(wrong) or 1)
        return base.Graded(base.fraction_of(won - lost, len(right) * (len(wrong) or 1)), parts)

    def perfect(self, body: base.Body) -> base.Response:
        return {"choices": sorted(correct_ids(body))}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"choices": posted.getlist(name)}
