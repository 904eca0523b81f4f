"""Multiple choice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, one, some, words
from app.quizzes.grading.malformed import Malformed
from app.quizzes.grading.single import correct_ids, key_field, read_choices, with_key

SCORING = ("all_or_nothing", "partial", "partial_with_penalty", "right_minus_wrong")


class Multiple(base.QuestionType):
    """Any number of choices is right. Response: ``{"choices": [ids]}``.

    Of R right and W wrong choices, r right and w wrong ones are taken (five places, never below 0):

    ``all_or_nothing``        1 for exactly the right set, else 0.
    ``partial``               (r - e) / R, where e = max(0, r + w - R) choices too many are taken: a wrong choice
                              costs only the right one it displaces.
    ``partial_with_penalty``  r / R - w / W: taking everything, or guessing, earns nothing.
    ``right_minus_wrong``     (r - w) / R: each wrong choice cancels a right one.
    """

    name = "multiple"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        choices = read_choices(key, raw)
        if not any(choice["correct"] for choice in choices):
            raise Malformed(N_("choices: at least one must be correct"))
        return {"choices": choices, "scoring": base.one_of(raw.get("scoring"), SCORING, "scoring")}

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        return {"choices": draw.order(choice["id"] for choice in body["choices"])}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        taken = base.only(response, "choices", list)
        if not all(isinstance(choice, str) and choice in layout["choices"] for choice in taken):
            raise base.wrong_shape()
        return {"choices": sorted(set(taken))} if taken else {}

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        right = set(correct_ids(body))
        taken = set(response["choices"])
        parts = {choice["id"]: (choice["id"] in taken) == choice["correct"] for choice in body["choices"]}
        counts = (len(taken & right), len(taken - right), len(right), len(body["choices"]) - len(right))
        return base.Graded(earned(body["scoring"], *counts), parts)

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        return {"choices": sorted(correct_ids(body))}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"choices": posted.getlist(name)}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        return {"choices": base.in_order(layout["choices"], body["choices"], "text")}

    def all_or_nothing(self, body: base.Body) -> bool:
        return bool(body["scoring"] == "all_or_nothing")

    def amendable(self, body: base.Body) -> list[Amendable]:
        return [key_field(body), scoring_field(body, SCORING)]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        key, scoring = self.amendable(body)
        return with_key(body, some(values, key)) | {"scoring": one(values, scoring)}


def scoring_field(body: base.Body, rules: Sequence[str]) -> Amendable:
    """How answers that are partly right earn."""
    return Amendable("scoring", Topic.SCORING, Shape.ONE, (body["scoring"],), words(rules))


def earned(scoring: str, r: int, w: int, right: int, wrong: int) -> Decimal:
    """What ``r`` of the right and ``w`` of the wrong choices earn: the formulas of ``Multiple``."""
    if scoring == "all_or_nothing":
        return base.ONE if (r, w) == (right, 0) else base.ZERO
    if scoring == "partial":
        return base.fraction_of(r - max(0, r + w - right), right)
    if scoring == "right_minus_wrong":
        return base.fraction_of(r - w, right)
    return base.fraction_of(r * (wrong or 1) - w * right, right * (wrong or 1))
