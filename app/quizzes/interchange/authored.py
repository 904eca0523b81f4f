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
#: Composite questions: the field that holds their parts, and the letter with which the parts' names usually begin.
_PARTS = {"case": ("parts", "p"), "cloze": ("gaps", "g")}


def authored(key: str, body: Mapping[str, Any]) -> Raw:
    """The mapping of docs/content-format.md that gives this body.

    A stored identifier follows from the key and the author's short name; the usual short names are found again by
    deriving them, so that a question taken out and put in again has the same identifiers and the same digest.
    """
    raw: Raw = {name: value for name, value in body.items() if name not in _DERIVED}
    if body.get("marks", "1") != "1" and body["type"] != "case":
        raw["marks"] = body["marks"]
    for name, letter in _LISTS.items():
        if name in body:
            raw[name] = _named(key, body[name], letter)
    if "pairs" in body:
        _matching(key, raw, body)
    if "places" in body:
        _places(key, raw, body)
    if body["type"] in _PARTS:
        _parts(key, raw, body)
    if "units" in body:
        raw["units"] = [{"unit": unit["text"], "factor": unit["factor"]} for unit in body["units"]]
    if "rubric" in body:
        raw["rubric"] = [
            {"id": row["id"], "text": row["text"], "levels": _named(f"{key}/{row['id']}", row["levels"], "l")}
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
    """Gaps have short names again, in their list and in the text; zones in their list."""
    items = {item["id"]: named["id"] for item, named in zip(body["items"], raw["items"], strict=True)}
    letter = "z" if "image" in body else "g"
    places = [place | {"item": items[place["item"]]} for place in _named(f"{key}/place", body["places"], letter)]
    if "image" in body:
        raw["zones"] = places
        return
    raw["gaps"] = places
    raw["text"] = _with_gaps(body, [place["id"] for place in body["places"]], [gap["id"] for gap in places])


def _parts(key: str, raw: Raw, body: Mapping[str, Any]) -> None:
    """Parts are authored questions again, each under its short name."""
    container, letter = _PARTS[body["type"]]
    stored = [part["id"] for part in body[container]]
    short = _names(key, stored, letter)
    raw[container] = [
        authored(f"{key}/{name}", part) | {"id": name} for name, part in zip(short, body[container], strict=True)
    ]
    if "text" in body:
        raw["text"] = _with_gaps(body, stored, short)
    if body.get("exhibits"):
        raw["exhibits"] = _named(f"{key}/exhibits", body["exhibits"], "e")


def _with_gaps(body: Mapping[str, Any], stored: Sequence[str], short: Sequence[str]) -> dict[str, str]:
    """The running text with its gaps under their short names."""
    names = dict(zip(stored, short, strict=True))
    return {
        tag: re.sub(r"\{\{([^{}]+)\}\}", lambda found: f"{{{{{names[found.group(1)]}}}}}", text)
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
    numbered = (f"{first}{n}" for first in (letter, *"cspdigz", "") for n in range(1, 41))
    return chain(string.ascii_lowercase, numbered)
