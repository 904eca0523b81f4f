"""Putting items in order."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, one, words
from app.quizzes.grading.malformed import Malformed
from app.quizzes.grading.multiple import scoring_field

SCORING = ("position", "all_or_nothing", "adjacent", "longest_run")


class Ordering(base.QuestionType):
    """Items to be put in their order. Response: ``{"positions": {item id: place from 1}}``; half-made orders are
    kept as they are. An item that shares its place with another one is nowhere.

    Of n items:

    ``position``        the share of items at their own place.
    ``all_or_nothing``  1 for exactly the right order, else 0.
    ``adjacent``        the share of the n - 1 neighbouring pairs that follow one another directly.
    ``longest_run``     (L - 1) / (n - 1), where L items is the longest run that follow one another directly.
    """

    name = "ordering"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        items = [
            {"id": identifier, "text": base.bilingual(item.get("text"), "items")}
            for identifier, item in base.options(key, raw.get("items"), "items", 2)
        ]
        return {"items": items, "scoring": base.one_of(raw.get("scoring"), SCORING, "scoring")}

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        # The authored order is the key: without shuffling, sort by id.
        return {"items": draw.order(sorted(item["id"] for item in body["items"]))}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        positions = base.only(response, "positions", dict)
        for item, place in positions.items():
            if item not in layout["items"] or isinstance(place, bool) or not isinstance(place, int | None):
                raise base.wrong_shape()
            if place is not None and not 1 <= place <= len(layout["items"]):
                raise base.wrong_shape()
        chosen = {item: positions[item] for item in sorted(positions) if positions[item] is not None}
        return {"positions": chosen} if chosen else {}

    def is_complete(self, response: base.Response, layout: base.Layout) -> bool:
        """Items that share a place stand nowhere."""
        return len(set(response["positions"].values())) == len(layout["items"])

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        order = [item["id"] for item in body["items"]]
        row = _row(response["positions"], len(order))
        if body["scoring"] == "adjacent":
            follows = _following(order, row)
            return base.Graded(base.fraction_of(sum(follows.values()), len(follows)), follows)
        if body["scoring"] == "longest_run":
            run = _longest_run(order, row)
            parts = {item: item in run for item in order}
            return base.Graded(base.fraction_of(len(run) - 1, len(order) - 1), parts)
        parts = {item: item == there for item, there in zip(order, row, strict=True)}
        if body["scoring"] == "all_or_nothing":
            return base.Graded(base.ONE if all(parts.values()) else base.ZERO, parts)
        return base.Graded(base.fraction_of(sum(parts.values()), len(parts)), parts)

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
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

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        return {"items": base.in_order(layout["items"], body["items"], "text")}

    def all_or_nothing(self, body: base.Body) -> bool:
        return bool(body["scoring"] == "all_or_nothing")

    def amendable(self, body: base.Body) -> list[Amendable]:
        places = words([str(place) for place in range(1, len(body["items"]) + 1)])
        order = [
            Amendable(f"place-{item['id']}", Topic.KEY, Shape.ONE, (str(place),), places, about=item["text"])
            for place, item in enumerate(body["items"], start=1)
        ]
        return [*order, scoring_field(body, SCORING)]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        *order, scoring = self.amendable(body)
        places = [int(one(values, field)) for field in order]
        if len(set(places)) != len(places):
            raise Malformed(N_("items: each at a place of its own"))
        ordered = sorted(zip(places, body["items"], strict=True), key=lambda pair: pair[0])
        return body | {"items": [item for _place, item in ordered], "scoring": one(values, scoring)}


def _row(positions: Mapping[str, int], length: int) -> list[str | None]:
    """Who stands at each place; nobody where there is none or more than one."""
    row: list[str | None] = []
    for place in range(1, length + 1):
        there = [item for item, chosen in positions.items() if chosen == place]
        row.append(there[0] if len(there) == 1 else None)
    return row


def _following(order: Sequence[str], row: Sequence[str | None]) -> dict[str, bool]:
    """Each item but the first: does it follow its predecessor directly?"""
    neighbours = set(itertools.pairwise(row))
    return {after: (before, after) in neighbours for before, after in itertools.pairwise(order)}


def _longest_run(order: Sequence[str], row: Sequence[str | None]) -> list[str]:
    """The longest run of items that follow one another directly as they should (the first among equals)."""
    follows = _following(order, row)
    best: list[str] = []
    run: list[str] = []
    placed = set(row)
    for item in order:
        run = [*run, item] if follows.get(item) else [item] * (item in placed)
        best = max(best, run, key=len)
    return best
