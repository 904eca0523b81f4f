"""Putting items into places: what dragging into a text and onto an image have in common."""

from collections.abc import Mapping
from typing import Any

from app.core.digests import digest_of
from app.core.identifiers import content_id
from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.amending import Amendable, Shape, Topic, Values, one, texts
from app.quizzes.grading.malformed import Malformed


class Placement(base.QuestionType):
    """Each place takes one item, an item may belong in several. Marks per place.
    Response: ``{"places": {place id: item id}}``, as far as filled."""

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        # The authored order of items often is that of their places: without shuffling, sort by id.
        return {
            "places": [place["id"] for place in body["places"]],
            "items": draw.order(sorted(item["id"] for item in body["items"])),
        }

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        places = base.only(response, "places", dict)
        for place, item in places.items():
            if place not in layout["places"] or not isinstance(item, str | None):
                raise base.wrong_shape()
            if item and item not in layout["items"]:
                raise base.wrong_shape()
        filled = {place: places[place] for place in sorted(places) if places[place]}
        return {"places": filled} if filled else {}

    def is_complete(self, response: base.Response, layout: base.Layout) -> bool:
        return len(response["places"]) == len(layout["places"])

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.Graded:
        parts = {place["id"]: response["places"].get(place["id"]) == place["item"] for place in body["places"]}
        return base.Graded(base.fraction_of(sum(parts.values()), len(parts)), parts)

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        return {"places": dict(sorted((place["id"], place["item"]) for place in body["places"]))}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"places": {place: posted.get(f"{name}-{place}", "") for place in layout["places"]}}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        return {"items": base.in_order(layout["items"], body["items"], "text")}

    def amendable(self, body: base.Body) -> list[Amendable]:
        items = texts(body["items"])
        return [
            Amendable(
                f"place-{place['id']}", Topic.KEY, Shape.ONE, (place["item"],), items, place.get("label"), number
            )
            for number, place in enumerate(body["places"], start=1)
        ]

    def amend(self, body: base.Body, values: Values) -> base.Body:
        fields = self.amendable(body)
        places = [
            place | {"item": one(values, field)} for place, field in zip(body["places"], fields, strict=True)
        ]
        return body | {"places": places}


def read_items(key: str, raw: Any) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The authored items, and identifiers by authored id. Raises Invalid."""
    items, named = [], {}
    for identifier, item in base.options(key, raw, "items", 2):
        items.append({"id": identifier, "text": base.bilingual(item.get("text"), "items")})
        named[str(item["id"])] = identifier
    if len({digest_of(item["text"]) for item in items}) != len(items):
        raise Malformed(N_("items: two read the same; name one of them in several places"))
    return items, named


def read_places(key: str, raw: Any, where: str, items: Mapping[str, str]) -> list[dict[str, str]]:
    """The authored places, each with the identifier of its item. Raises Invalid."""
    places = []
    for _identifier, place in base.options(key, raw, where, 1):
        if str(place.get("item")) not in items:
            raise Malformed(
                N_(
                    "%(where)s: %(place)s: item: one of %(known)s",
                    where=where,
                    place=place["id"],
                    known=", ".join(items),
                )
            )
        identifier = str(content_id(key, "place", str(place["id"])))
        places.append({"id": identifier, "item": items[str(place["item"])]})
    return places
