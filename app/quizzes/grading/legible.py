"""What no candidate could tell apart, and what no machine could keep: refused when a question is written.

Not when a regrade amends one: its texts are as they were published, and sides that read the same are just what may
have to be regraded.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.core.messages import N_
from app.quizzes.grading.malformed import Malformed


def refuse_twins(body: Mapping[str, Any]) -> None:
    """Right sides, or items to place, that read the same in one language and differ in the other: who reads the
    one could only guess which is meant. (The same in both, they are one.) Raises Malformed."""
    for texts in _texts(body):
        for tag in ("zh", "en"):
            known: set[str] = set()
            for text in (" ".join(each[tag].split()) for each in texts):
                if text in known:
                    raise Malformed(
                        N_("two read the same in one language (%(tag)s): %(text)s", tag=tag, text=text)
                    )
                known.add(text)


def _texts(body: Mapping[str, Any]) -> Iterator[list[Mapping[str, str]]]:
    """Of each list in which one option may be taken for several places."""
    if "rights" in body:
        yield [each["text"] for each in body["rights"]]
    if "places" in body:
        yield [each["text"] for each in body["items"]]
    for part in body.get("parts", ()):
        yield from _texts(part)


def refuse_halves(raw: Any) -> None:
    """Half of a surrogate pair, as a broken program writes it: no encoding has it. Raises Malformed."""
    if any(not text.isascii() and any("\ud800" <= each <= "\udfff" for each in text) for text in _strings(raw)):
        raise Malformed(N_("a character is damaged; write the text anew"))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _strings(name)
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
