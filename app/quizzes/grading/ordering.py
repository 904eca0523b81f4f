"""Putting items in order."""

import random
from collections.abc import Mapping
from typing import Any

from app.core.errors import Invalid
from app.quizzes.grading import base

SCORING = ("position", "all_or_nothing")


class Ordering(base.QuestionType):
    """Items to be put in their order. Marks per item at its own place, or all or nothing.
    Response: ``{"positions": {item id: place from 1}}``; half-made orders are kept as they are."""

    name = "ordering"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        scoring = raw.get("scoring") or "position"
        if scoring not in SCORING:
            raise Invalid(f"scoring: one of {', '.join(SCORING)}", code="question")
        items = [
            {"id": identifier, "text": base.bilingual(item.get("text"), "items")}
            for identifier, item in base.options(key, raw.get("items"), "items", 2)
        ]
        return {"items": items, "scoring": str(scoring)}

    def layout(self, body: base.Body, rng: random.Random | None) -> base.Layout:
        # The authored order is the key: without a generator, sort by id.
        return {"items": base.shuffled(sorted(item["id"] for item in body["items"]), rng)}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        positions = base.only(response, "positions", dict)
        for item, place in positions.items():
            if item not in layout["items"] or isinstance(place, bool) or not isinstance(place, int | None):
                raise base.wrong_shape()
            if place is not None and not 1 <= place <= len(layout["items"]):
                raise base.wrong_shape()
        chosen = {item: positions[item] for item in sorted(positions) if positions[item] is not None}
        return {"positions": chosen} if chosen else {}

    def grade(self, body: base.Body, response: base.Response) -> base.Graded:
        places = response["positions"]
        parts = {
            item["id"]: places.get(item["id"]) == place and list(places.values()).count(place) == 1
            for place, item in enumerate(body["items"], start=1)
        }
        if body["scoring"] == "all_or_nothing":
            return base.Graded(base.ONE if all(parts.values()) else base.ZERO, parts)
        return base.Graded(base.fraction_of(sum(parts.values()), len(parts)), parts)

    def perfect(self, body: base.Body) -> base.Response:
        return {
            "positions": dict(sorted((item["id"], place) for place, item in enumerate(body["items"], start=1)))
        }

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        places: dict[str, int | None] = {}
        for item in layout["items"]:
            value = posted.get(f"{name}-{item}", "")
            if (value and not value.isascii()) or (value and not value.isdigit()) or len(value) > 4:
                raise base.wrong_shape()
            places[item] = int(value) if value else None
        return {"positions": places}
