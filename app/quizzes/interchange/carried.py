"""What a format has no words for, carried in a place of our own that other readers pass over.

A question is written in the format's own words first and read back. The parts of its type that do not come back
the same travel beside it as JSON, each with a digest of what the format says in its place: a part counts again
only as long as nobody has changed that elsewhere. Texts, marks and metadata are never carried: every format says
them in its own words.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from app.core.messages import N_, Message
from app.quizzes.grading.malformed import Malformed
from app.quizzes.interchange.comparing import differing, told
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.media import REFERENCE, SUFFIXES, images_of
from app.quizzes.interchange.model import LANGUAGES, CannotGo, CannotTake, Raw, is_texts, walk_texts

#: The namespace of our element in XML formats.
NAMESPACE: Final = "urn:x-overseas-ip-academy:questions:1"
ELEMENT: Final = "carried"

#: What every reader must see in the format's own words.
_SAID: Final = frozenset(
    ("type", "prompt", "feedback", "marks", "objective", "difficulty", "tags", "as_of", "law", "use")
)
#: Fields that refer to one another: they are carried together.
_TOGETHER: Final = frozenset(
    ("choices", "pairs", "distractors", "items", "text", "gaps", "zones", "image", "any_right")
)
#: Stored under another name than authored.
_AUTHORED: Final = {"places": ("gaps", "zones"), "rights": ("pairs", "distractors")}
_MAX: Final = 500_000
_MAX_DEPTH: Final = 30

#: Gives the address of a picture that came with the file, by its ``media:`` address. Raises CannotTake.
Fetch = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of a question, and a digest of what its format says in their place."""

    fields: Mapping[str, Any]
    instead: str


def parts_to_carry(before: Raw, after: Raw) -> tuple[Part, ...]:
    """What must be carried so that ``after``, as it was read back, becomes ``before`` again. Raises CannotGo."""
    try:
        names = differing(before, after)
    except Malformed as error:
        raise CannotGo(N_("it cannot be read back: %(why)s", why=error.why)) from None
    changed = {name for found in names for name in _AUTHORED.get(found, (found,))}
    if lost := sorted(changed & _said(before)):
        raise CannotGo(N_("the format would change it at “%(path)s”", path=lost[0]))
    groups = [{name} for name in sorted(changed - _TOGETHER)]
    if changed & _TOGETHER:
        groups.append({name for name in _TOGETHER if name in before or name in after})
    return tuple(
        Part({name: before.get(name) for name in sorted(group)}, _digest(after, group)) for group in groups
    )


def _said(raw: Raw) -> frozenset[str]:
    """What may not be carried. What is said after a whole case has no place in a format of single questions."""
    return _SAID - {"feedback"} if raw.get("type") == "case" else _SAID


def as_text(parts: Sequence[Part]) -> str:
    """The parts on one line."""
    rows = [{"fields": part.fields, "instead": part.instead} for part in parts]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, default=str)


def restore(raw: Raw, text: str, fetch: Fetch, notes: list[Message]) -> None:
    """Put carried parts into a question that was read and settled. Raises CannotTake for what is none of ours."""
    changed: list[str] = []
    for fields, instead in _read(text):
        if not set(fields) & _said(raw) and _digest(raw, fields) == instead:
            _take_pictures(fields, fetch, notes)
            raw |= fields
        else:
            changed += fields
    if changed:
        names = ", ".join(changed)
        notes.append(
            N_("It was changed elsewhere; what only this platform knew of it is gone: %(names)s.", names=names)
        )
    else:
        notes.clear()  # nothing was changed on the way in, whatever the format's own words had to leave out
    for name in [name for name, value in raw.items() if value is None]:
        del raw[name]


def _read(text: str) -> list[tuple[dict[str, Any], str]]:
    try:
        if len(text) > _MAX:
            raise ValueError
        rows = json.loads(text)
        _demand_plain(rows)
        return [({**row["fields"]}, str(row["instead"])) for row in rows]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise CannotTake(N_("what our own export had put beside it is damaged")) from None


def _demand_plain(value: Any, depth: int = 0) -> None:
    """Raises ValueError for what no export of ours holds: what cannot be stored, texts that none would look at."""
    if depth > _MAX_DEPTH:
        raise ValueError
    if isinstance(value, dict):
        if any(isinstance(value.get(tag), str) for tag in LANGUAGES) and not is_texts(value):
            raise ValueError
        value = [*value, *value.values()]
    if isinstance(value, list):
        for inner in value:
            _demand_plain(inner, depth + 1)
    elif isinstance(value, str):
        if b"\0" in value.encode():  # which raises for half a character
            raise ValueError
    elif isinstance(value, float) and not isfinite(value):
        raise ValueError


def _take_pictures(fields: Raw, fetch: Fetch, notes: list[Message]) -> None:
    """Pictures come with the file or not at all: never by the digest of what lies here."""
    converter = Converter(fetch, notes)
    for _path, texts in walk_texts(fields):
        for tag in texts:
            texts[tag] = converter.markdown(str(texts[tag] or ""))
    for image in images_of({"type": "drag_image", **fields}):
        suffix = SUFFIXES.get(str(image.get("media_type") or "image/svg+xml"), "")
        found = REFERENCE.fullmatch(fetch(f"media:{image.get('digest')}.{suffix}"))
        image["digest"] = found[1] if found else ""


def _digest(raw: Raw, names: Any) -> str:
    said = {name: raw.get(name) for name in sorted(names)}
    return hashlib.sha256(json.dumps(told(said), sort_keys=True, default=str).encode()).hexdigest()
