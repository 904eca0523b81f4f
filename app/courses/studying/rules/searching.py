"""What a search asks for, and the piece of a text that shows it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.core.text import search_text

MAX_WORDS: Final = 8
MAX_LENGTH: Final = 100
#: Characters shown before the first hit, and in all.
BEFORE: Final = 24
LENGTH: Final = 120


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a snippet; ``hit`` when it is what was searched for."""

    text: str
    hit: bool


def asked_words(query: str) -> list[str]:
    """The words of a query, each a phrase as the index writes it; signs alone ask for nothing."""
    phrases = [search_text(word) for word in query[:MAX_LENGTH].split()]
    asked = [phrase for phrase in phrases if any(char.isalnum() for char in phrase)]
    return list(dict.fromkeys(asked))[:MAX_WORDS]


def hits(phrases: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Where the phrases stand in a text as written, in order and without overlap."""
    if not phrases:
        return []
    longest_first = sorted(phrases, key=len, reverse=True)
    pattern = "|".join(r"\s*".join(map(re.escape, phrase.split())) for phrase in longest_first)
    return [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]


def snippet(phrases: Sequence[str], text: str) -> list[Piece]:
    """About a line of the text around the first hit, cut into what was searched for and the rest."""
    found = hits(phrases, text)
    start = _start(text, found[0][0]) if found else 0
    end = min(len(text), start + LENGTH)
    pieces = [Piece("…", hit=False)] if start else []
    at = start
    for first, last in found:
        if last > end:
            break
        pieces += [Piece(text[at:first], hit=False), Piece(text[first:last], hit=True)]
        at = last
    pieces.append(Piece(text[at:end] + ("…" if end < len(text) else ""), hit=False))
    return [piece for piece in pieces if piece.text]


def _start(text: str, hit: int) -> int:
    """A little before the hit, where Latin text has a word's border."""
    start = max(0, hit - BEFORE)
    space = text.find(" ", start, hit) if start else -1
    return space + 1 if space >= 0 else start


def whole(phrases: Sequence[str], text: str) -> list[Piece]:
    """A short text (a title) in full, cut in the same way."""
    pieces, at = list[Piece](), 0
    for first, last in hits(phrases, text):
        pieces += [Piece(text[at:first], hit=False), Piece(text[first:last], hit=True)]
        at = last
    return [piece for piece in [*pieces, Piece(text[at:], hit=False)] if piece.text]


def worth(phrases: Sequence[str], title: str, text: str) -> int:
    """How much a section answers a search: a hit in its title counts ten times."""
    return 10 * len(hits(phrases, title)) + len(hits(phrases, text))
