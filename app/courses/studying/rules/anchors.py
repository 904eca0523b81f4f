"""Places in a text that a reader marked, found again after the text has changed. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.core.errors import Invalid

MAX_QUOTE: Final = 1000
MAX_AROUND: Final = 64
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_BLANK: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A section, and the quoted words in it with what stands around them; no quote means the whole section."""

    module_key: str
    lesson_key: str
    section_key: str
    language: str = "zh"
    quote: str = ""
    prefix: str = ""
    suffix: str = ""

    @property
    def path(self) -> str:
        return f"{self.module_key}/{self.lesson_key}/{self.section_key}"


class Place(StrEnum):
    """What became of a marked place in the text as it is now."""

    HERE = "here"
    #: The words stand, but not where they stood.
    MOVED = "moved"
    #: The section stands, the words do not.
    CHANGED = "changed"
    GONE = "gone"


def read_anchor(data: Mapping[str, Any]) -> Anchor:
    """An anchor as a form or our script sends it. Raises Invalid when it names no place or is too long."""
    keys = str(data.get("at", "")).split("/")
    if len(keys) != 3 or not all(_KEY.fullmatch(key) for key in keys):
        raise Invalid("at: module/lesson/section")
    language = str(data.get("language") or "zh")
    parts = {name: _text(data, name) for name in ("quote", "prefix", "suffix")}
    if language not in {"zh", "en"} or len(parts["quote"]) > MAX_QUOTE:
        raise Invalid(f"language: zh or en; quote: at most {MAX_QUOTE} characters")
    return Anchor(
        module_key=keys[0],
        lesson_key=keys[1],
        section_key=keys[2],
        language=language,
        quote=parts["quote"],
        prefix=parts["prefix"][-MAX_AROUND:],
        suffix=parts["suffix"][:MAX_AROUND],
    )


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name) or ""
    if not isinstance(value, str):
        raise Invalid(f"{name}: a text")
    return " ".join(value.replace("\x00", "").split())


def squeeze(text: str) -> str:
    """Without any space: browsers and our own plain text differ in nothing else."""
    return _BLANK.sub("", text)


def find_place(anchor: Anchor, texts: Mapping[str, str]) -> tuple[Place, str]:
    """What became of a place, and the path of the section to lead to (empty when there is none).

    ``texts`` are the sections of the reader's revision in the anchor's language by path, in their order.
    """
    quote = squeeze(anchor.quote)
    if anchor.path in texts and (not quote or quote in squeeze(texts[anchor.path])):
        return Place.HERE, anchor.path
    if quote:
        holding = [path for path, text in texts.items() if quote in squeeze(text)]
        if holding:
            return Place.MOVED, _closest(anchor, holding, texts)
    return (Place.CHANGED, anchor.path) if anchor.path in texts else (Place.GONE, "")


def _closest(anchor: Anchor, holding: Sequence[str], texts: Mapping[str, str]) -> str:
    """Of several sections that hold the words, the one with the same words around them, or in the same lesson."""
    whole = squeeze(anchor.prefix + anchor.quote + anchor.suffix)
    lesson = anchor.path.rpartition("/")[0]

    def worth(path: str) -> tuple[bool, bool]:
        return whole in squeeze(texts[path]), path.startswith(lesson + "/")

    return max(holding, key=worth)
