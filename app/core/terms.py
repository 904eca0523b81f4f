"""Terms of a glossary in a text: each one's first occurrence becomes a link that a page can open as a pop-up.

Works on the parser's tokens, so that a term is never found inside a heading, a link, a citation or code, and
that what a reader sees elsewhere stays exactly as it was written.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from markdown_it.token import Token

_LATIN: Final = re.compile(r"[A-Za-z0-9]")


@dataclass(slots=True)
class Glossary:
    """The terms of one language by key, and where each one's entry stands (``url`` of a key)."""

    terms: Iterable[tuple[str, str]]
    url: Callable[[str], str]
    _keys: dict[str, str] = field(init=False)
    _pattern: re.Pattern[str] | None = field(init=False)

    def __post_init__(self) -> None:
        self._keys = {words.casefold(): key for key, words in self.terms if words.strip()}
        longest_first = sorted(self._keys, key=lambda words: (-len(words), words))
        self._pattern = (
            re.compile("|".join(_expression(words) for words in longest_first), re.IGNORECASE)
            if longest_first
            else None
        )

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Every occurrence as (start, end, key); where two overlap the earlier and longer one counts."""
        if self._pattern is None:
            return []
        return [(match.start(), match.end(), self._key(match.group())) for match in self._pattern.finditer(text)]

    def _key(self, found: str) -> str:
        words = found.casefold()
        while words not in self._keys:  # an English plural: orders, processes
            words = words[:-1]
        return self._keys[words]

    def mark(self, tokens: Sequence[Token], seen: set[str]) -> list[Token]:
        """The tokens with the terms not yet in ``seen`` as links (``a.term`` with the key in ``data-term``)."""
        marked: list[Token] = []
        in_heading = False
        for token in tokens:
            if token.type in {"heading_open", "heading_close"}:
                in_heading = token.nesting == 1
            if token.type == "inline" and not in_heading:
                marked.append(token.copy(children=self._mark_inline(token.children or [], seen)))
            else:
                marked.append(token)
        return marked

    def _mark_inline(self, children: Sequence[Token], seen: set[str]) -> list[Token]:
        marked: list[Token] = []
        links = 0
        for child in children:
            if child.type in {"link_open", "link_close"}:
                links += child.nesting
            if child.type == "text" and not links:
                marked += self._mark_text(child, seen)
            else:
                marked.append(child)
        return marked

    def _mark_text(self, token: Token, seen: set[str]) -> list[Token]:
        text, parts, at = token.content, list[Token](), 0
        for start, end, key in self.find(text):
            if key in seen:
                continue
            seen.add(key)
            if start > at:
                parts.append(token.copy(content=text[at:start]))
            attributes: dict[str, str | int | float] = {
                "class": "term",
                "href": self.url(key),
                "data-term": key,
            }
            parts.append(Token("link_open", "a", 1, attrs=attributes, level=token.level))
            parts.append(token.copy(content=text[start:end], level=token.level + 1))
            parts.append(Token("link_close", "a", -1, level=token.level))
            at = end
        if not parts:
            return [token]
        if at < len(text):
            parts.append(token.copy(content=text[at:]))
        return parts


def _expression(words: str) -> str:
    """Latin edges end at a word's border, and an English term is found in the plural too."""
    before = r"(?<![A-Za-z0-9])" if _LATIN.match(words[0]) else ""
    after = r"(?:e?s)?(?![A-Za-z0-9])" if _LATIN.match(words[-1]) else ""
    return f"{before}{re.escape(words)}{after}"
