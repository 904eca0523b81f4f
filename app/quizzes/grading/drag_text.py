"""Dragging words into a text."""

from collections.abc import Mapping
from typing import Any

from app.quizzes.grading import base, gapped
from app.quizzes.grading.placement import Placement, read_items, read_places


class DragText(Placement):
    """A text whose gaps take items from one list; items that belong nowhere are distractors."""

    name = "drag_text"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        items, named = read_items(key, raw.get("items"))
        places = read_places(key, raw.get("gaps"), "gaps", named)
        gaps = {str(gap["id"]): place["id"] for gap, place in zip(raw["gaps"], places, strict=True)}
        return {"text": gapped.read_text(raw.get("text"), gaps), "places": places, "items": items}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        paragraphs = {tag: gapped.paragraphs(text) for tag, text in body["text"].items()}
        return super().view(body, layout) | {"paragraphs": paragraphs}

    def authored(self, body: base.Body) -> dict[str, Any]:
        return body | {"gaps": body["places"]}
