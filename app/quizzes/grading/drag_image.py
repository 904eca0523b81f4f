"""Dragging labels onto an image."""

import re
from collections.abc import Mapping
from typing import Any, Final

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.malformed import Malformed
from app.quizzes.grading.placement import Placement, read_items, read_places

MEDIA_TYPES: Final = ("image/svg+xml", "image/png", "image/jpeg", "image/webp")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class DragImage(Placement):
    """Numbered zones of an image take items from one list. A zone's ``label`` says in words where it is, so that
    the question can be answered without seeing the image; zones are in the image's own units.

    The image is a stored file, named by its SHA-256.
    """

    name = "drag_image"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        image = _read_image(raw.get("image"))
        items, named = read_items(key, raw.get("items"))
        places = read_places(key, raw.get("zones"), "zones", named)
        zones = [
            place | _read_zone(zone, image) for place, zone in zip(places, raw.get("zones") or (), strict=True)
        ]
        return {"image": image, "places": zones, "items": items}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        shown = ("x", "y", "width", "height", "label")
        zones = base.in_order(layout["places"], body["places"], *shown)
        image = {name: body["image"][name] for name in ("digest", "width", "height", "alt")}
        return super().view(body, layout) | {"image": image, "zones": zones}

    def authored(self, body: base.Body) -> dict[str, Any]:
        return body | {"zones": body["places"]}


def _read_image(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, Mapping) or not _DIGEST.fullmatch(str(raw.get("digest"))):
        raise Malformed(N_("image: a stored file with width, height and alt"))
    width, height = (base.whole(raw.get(side), f"image: {side}", 1, 10_000) for side in ("width", "height"))
    return {
        "digest": str(raw["digest"]),
        "media_type": base.one_of(raw.get("media_type"), MEDIA_TYPES, "image: media_type"),
        "width": width,
        "height": height,
        "alt": base.bilingual(raw.get("alt"), "image: alt"),
    }


def _read_zone(raw: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    where = f"zones: {raw['id']}"
    x = base.whole(raw.get("x"), f"{where}: x", 0, image["width"] - 1)
    y = base.whole(raw.get("y"), f"{where}: y", 0, image["height"] - 1)
    return {
        "x": x,
        "y": y,
        "width": base.whole(raw.get("width"), f"{where}: width", 1, image["width"] - x),
        "height": base.whole(raw.get("height"), f"{where}: height", 1, image["height"] - y),
        "label": base.bilingual(raw.get("label"), f"{where}: label"),
    }
