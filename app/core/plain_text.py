"""The running words of a text, for search and for finding places again."""

from collections.abc import Sequence

from markdown_it.token import Token

from app.core import formulas
from app.core.markdown import MEDIA, Section


def plain_text(section: Section) -> str:
    """A section's running words, formulas as TeX, in one line; no heading, marks, citations, media, questions."""
    words: list[str] = []
    skipping = False
    for token in section.tokens[3:] if section.tokens and section.tokens[0].tag == "h2" else section.tokens:
        if token.type == "container_block_open":
            kind, _, title = token.info.strip().partition(" ")
            is_slot = kind in {"question", *MEDIA}
            skipping = skipping or is_slot
            words.append("" if is_slot else title)
        elif token.type == "container_block_close":
            skipping = False
        elif skipping:
            continue
        elif token.type == "inline":
            words.append(_plain_inline(token.children or []))
        elif token.type in {"fence", "code_block"}:
            words.append(token.content)
        elif token.type in formulas.TOKENS:
            words.append(formulas.as_words(token.content))
    return " ".join(" ".join(words).split())


def _plain_inline(children: Sequence[Token]) -> str:
    words = ""
    for child in children:
        if child.type in {"text", "code_inline"}:
            words += child.content
        elif child.type in formulas.TOKENS:
            words += formulas.as_words(child.content)
        elif child.type == "citation":
            words = words.rstrip()
        elif child.type in {"softbreak", "hardbreak"}:
            words += " "
    return words
