"""What every format is read into and written from.

An item's ``raw`` is the mapping of docs/content-format.md, which ``save_question`` takes. While it is being read
its texts are ``Texts``: by language, or under ``ANY`` where the file does not say; ``settle`` ends that.
"""

import copy
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from app.core.messages import Message
from app.core.text import shorten

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
ANY: Final = "*"

Raw = dict[str, Any]
Texts = dict[str, str]

#: Limits of one file; what lies beyond is refused.
MAX_ITEMS: Final = 2_000
MAX_TEXT: Final = 20_000
MAX_PARTS: Final = 200

_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class CannotTake(Exception):
    """This item, or this file, cannot be taken; the message says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


class CannotGo(Exception):
    """The format cannot express this question; the message says why."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Item:
    """A question that can be taken. ``notes`` say what of it was changed or left behind."""

    key: str
    raw: Raw
    where: str
    notes: tuple[Message, ...] = ()

    @property
    def missing(self) -> tuple[Language, ...]:
        """The languages in which some text is missing."""
        return missing_languages(self.raw)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not taken: where it stands, what it is, and why."""

    where: str
    what: str
    why: Message

    def as_json(self) -> dict[str, Any]:
        return {"where": self.where, "what": self.what, "why": self.why.as_json()}


@dataclass(frozen=True, slots=True)
class Media:
    """A picture that belongs to a question."""

    data: bytes
    suffix: str


@dataclass(slots=True)
class Imported:
    """A file as it was understood. ``media`` by SHA-256; texts refer to them as ``media:<sha256>.<suffix>``."""

    items: list[Item] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    media: dict[str, Media] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Has it as many questions as one file may have, those that cannot be taken included?"""
        return len(self.items) + len(self.refused) >= MAX_ITEMS


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be written. ``carried`` is what the format has no words for (see ``carried``)."""

    key: str
    raw: Raw
    carried: str = ""


@dataclass(slots=True)
class Exported:
    """A written file, and what did not go into it or went with less."""

    name: str
    content_type: str
    data: bytes
    keys: list[str] = field(default_factory=list)
    left_out: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)


def walk_texts(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Texts]]:
    """Every text of an authored mapping with its path, in order."""
    if isinstance(node, dict):
        if is_texts(node):
            yield path, node
            return
        for name, value in node.items():
            yield from walk_texts(value, (*path, str(name)))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for number, value in enumerate(node):
            yield from walk_texts(value, (*path, str(number)))


def is_texts(node: Any) -> bool:
    """Is this a text by language?"""
    return isinstance(node, dict) and bool(node) and set(node) <= {*LANGUAGES, ANY}


def settle(raw: Raw, language: Language) -> None:
    """Give every text both languages, empty where unknown.

    Text that does not say its language belongs to both in an item that elsewhere names both (so other systems show
    it), or when it holds no letters; otherwise to the language the file is in.
    """
    texts = [text for _path, text in walk_texts(raw)]
    both = any(all(text.get(tag) for tag in LANGUAGES) for text in texts)
    for text in texts:
        common = text.pop(ANY, "")
        neutral = not any(unicodedata.category(character).startswith("L") for character in common)
        for tag in LANGUAGES:
            if not text.get(tag):
                text[tag] = common if both or neutral or tag == language else ""


def completed(raw: Raw, words: Callable[[tuple[str, ...]], str] = ".".join) -> Raw:
    """The mapping as it would be with every missing text in place; ``words`` says what stands there."""
    filled = copy.deepcopy(raw)
    for path, texts in walk_texts(filled):
        gapped = next((text for text in texts.values() if "{{" in text), "")
        for tag in LANGUAGES:
            texts[tag] = texts.get(tag) or gapped or f"({words(path)})"
    return filled


def missing_languages(raw: Raw) -> tuple[Language, ...]:
    """The languages in which some text of the mapping is empty."""
    found = [text for _path, text in walk_texts(raw)]
    return tuple(tag for tag in LANGUAGES if any(not text.get(tag, "").strip() for text in found))


def text_at(raw: Any, path: Sequence[str]) -> Texts:
    """The text at a path that ``walk_texts`` gave."""
    for step in path:
        raw = raw[int(step)] if isinstance(raw, list) else raw[step]
    found: Texts = raw
    return found


def as_key(name: str) -> str:
    """A name of another system as a key of ours, or empty when nothing of it can be kept."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:60].strip("-")


def is_key(name: str) -> bool:
    """Is this a key as authored content has them?"""
    return bool(_KEY.fullmatch(name)) and len(name) <= 80


def title_of(raw: Raw) -> str:
    """The first words of a question, in whichever language there is."""
    prompt = raw.get("prompt")
    if not isinstance(prompt, dict):
        return ""
    return shorten(next((text for text in prompt.values() if isinstance(text, str) and text.strip()), ""))
