"""From the stored body of a question back to what an author writes."""

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from app.core.identifiers import content_id
from app.quizzes.interchange.model import Raw

#: Lists whose entries have identifiers, and the letter with which their names usually begin.
_LISTS = {"choices": "", "items": "s", "pairs": "p", "rubric": "r"}
#: What a body holds only because it follows from the rest.
_DERIVED = frozenset({"rights", "unit_id", "places", "marks"})
#: Types of which a body is not turned back: they hold questions within questions, or a picture of the content.
_WHOLE_ONLY = frozenset({"case", "cloze", "drag_image"})


def authored(key: str, body: Mapping[str, Any]) -> Raw:
    """The mapping of docs/content-format.md that gives this body.

    A stored identifier follows from the key and the author's short name; the usual short names are found again by
    deriving them, so that a question taken out and put in again has the same identifiers and the same digest.
    Composite questions come back with their type and prompt only: no format here can take them.
    """
    if body["type"] in _WHOLE_ONLY:
        return {"type": body["type"], "prompt": body["prompt"]}
    raw: Raw = {name: value for name, value in body.items() if name not in _DERIVED}
    if body.get("marks", "1") != "1":
        raw["marks"] = body["marks"]
    for name, letter in _LISTS.items():
        if name in body:
            raw[name] = _named(key, body[name], letter)
    if "pairs" in body:
        _matching(key, raw, body)
    if "places" in body:
        _places(key, raw, body)
    if "units" in body:
        raw["units"] = [{"unit": unit["text"], "factor": unit["factor"]} for unit in body["units"]]
    if "rubric" in body:
        raw["rubric"] = [
            {"id": row["id"], "text": row["text"], "levels": _named(key, row["levels"], "l")}
            for row in raw["rubric"]
        ]
    return raw


def _named(key: str, parts: Sequence[Mapping[str, Any]], letter: str) -> list[Raw]:
    names = _names(key, [part["id"] for part in parts], letter)
    return [{**part, "id": name} for name, part in zip(names, parts, strict=True)]


def _matching(key: str, raw: Raw, body: Mapping[str, Any]) -> None:
    """Right sides stand in their pairs again; those without a pair are distractors."""
    known = {right["id"]: right["text"] for right in body["rights"]}
    raw["pairs"] = [pair | {"right": known[pair["right"]]} for pair in raw["pairs"]]
    taken = {pair["right"] for pair in body["pairs"]}
    rest = [right for right in body["rights"] if right["id"] not in taken]
    if rest:
        raw["distractors"] = _named(key, rest, "d")


def _places(key: str, raw: Raw, body: Mapping[str, Any]) -> None:
    """Gaps have short names again, in their list and in the text."""
    items = {item["id"]: named["id"] for item, named in zip(body["items"], raw["items"], strict=True)}
    gaps = _named(key, body["places"], "g")
    short = {place["id"]: gap["id"] for place, gap in zip(body["places"], gaps, strict=True)}
    raw["gaps"] = [{"id": gap["id"], "item": items[gap["item"]]} for gap in gaps]
    raw["text"] = {
        tag: re.sub(r"\{\{([^{}]+)\}\}", lambda found: f"{{{{{short[found.group(1)]}}}}}", text)
        for tag, text in body["text"].items()
    }


def _names(key: str, identifiers: list[str], letter: str) -> list[str]:
    """Short names for identifiers: the author's own where it is a usual one, else by position."""
    known = {str(content_id(key, name)): name for name in _usual_names(letter)}
    found = [known.get(identifier) for identifier in identifiers]
    if all(found):
        return [name for name in found if name]
    return [f"{letter or 'c'}{number}" for number in range(1, len(identifiers) + 1)]


def _usual_names(letter: str) -> Iterable[str]:
    numbered = (f"{first}{n}" for first in {letter, "c", "s", "p", "d", "i", ""} for n in range(1, 41))
    return chain(string.ascii_lowercase, numbered)
