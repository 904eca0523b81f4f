"""Running text with gaps, written ``{{gap-id}}`` in both languages."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.malformed import Malformed

_GAP = re.compile(r"\{\{\s*([a-z0-9-]+)\s*\}\}")

#: Of each paragraph the pieces in order: ``{"text": …}`` or ``{"gap": id}``.
Paragraphs = list[list[dict[str, str]]]


def read_text(raw: Any, gaps: Mapping[str, str]) -> dict[str, str]:
    """The text with its gaps' identifiers (``gaps``: authored id → identifier) in place of the authored ids.

    Raises Invalid unless each gap stands exactly once in each language, and no other.
    """
    texts = base.bilingual(raw, "text")
    for tag, text in texts.items():
        found = Counter(_GAP.findall(text))
        wanted = Counter(list(gaps))
        if found != wanted:
            wrong = sorted((found - wanted) + (wanted - found))
            raise Malformed(N_("text: %(tag)s: each gap exactly once: %(known)s", tag=tag, known=", ".join(wrong)))
    return {tag: _GAP.sub(lambda match: "{{" + gaps[match[1]] + "}}", text) for tag, text in texts.items()}


def paragraphs(text: str) -> Paragraphs:
    """The text cut at its gaps, paragraph by paragraph."""
    cut: Paragraphs = []
    for block in re.split(r"\n\s*\n", text.strip()):
        pieces: list[dict[str, str]] = []
        for number, piece in enumerate(_GAP.split(" ".join(block.split("\n")))):
            if number % 2:
                pieces.append({"gap": piece})
            elif piece:
                pieces.append({"text": piece})
        cut.append(pieces)
    return cut


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with a value in each gap that has one."""
    return _GAP.sub(lambda match: values.get(match[1], match[0]), text)


def names_in(text: str) -> Collection[str]:
    """The gaps of a text."""
    return set(_GAP.findall(text))
