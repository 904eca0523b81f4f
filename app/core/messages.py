"""Sentences for people, kept apart from their language: what the catalogues know, and what fills it.

Where a sentence arises nobody knows who will read it: a program that checks files has no reader at all, a report
is read weeks later by several people. So it stays data, and ``languages.said`` puts it into the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.core.text import shorten

#: Characters of one value; what is longer is cut.
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence. Made by ``N_`` alone, which is how the catalogues get to know its text."""

    text: str
    #: What stands in the places of the text; a part that has words of its own is a message again.
    values: "Mapping[str, str | Message]" = field(default_factory=dict)
    #: How a library words it, for those who read English.
    english: str = ""

    def __str__(self) -> str:
        """The sentence in English."""
        return self.english or (self.text % self.values if self.values else self.text)

    def __hash__(self) -> int:
        return hash(str(self))

    def __lt__(self, other: "Message") -> bool:
        return str(self) < str(other)

    def worded(self, english: str) -> "Message":
        """The same, as a library words it in English."""
        return replace(self, english=english)

    def as_json(self) -> dict[str, Any]:
        values = {name: one.as_json() if isinstance(one, Message) else one for name, one in self.values.items()}
        return {"text": self.text, "values": values} | ({"english": self.english} if self.english else {})


def N_(text: str, /, **values: object) -> Message:  # noqa: N802 - the name by which texts are collected
    """Mark a text for translation where it is shown."""
    return Message(
        text,
        {name: one if isinstance(one, Message) else shorten(str(one), LONGEST) for name, one in values.items()},
    )


def message_from(kept: Mapping[str, Any]) -> Message:
    """What ``as_json`` gave."""
    values = {
        name: message_from(one) if isinstance(one, Mapping) else str(one) for name, one in kept["values"].items()
    }
    return Message(kept["text"], values, kept.get("english", ""))
