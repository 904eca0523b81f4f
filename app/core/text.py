"""Text in two languages, and Chinese-aware tokens for search."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, Literal, TypedDict


class Bilingual(TypedDict):
    """The same text in Chinese and English, as stored in JSON columns."""

    zh: str
    en: str


#: The locale whose pages read a text in this language.
LOCALE_OF: Final = {"zh": "zh_Hans", "en": "en"}


def as_typed(text: str) -> str:
    """A text that was typed into a field, as it is kept: no NUL, no carriage return, no blank ends."""
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def file_name(name: str, longest: int = 200) -> str:
    """What somebody's file is called: no folders, nothing that cannot be seen or turns the writing round."""
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    return " ".join("".join(c if c.isprintable() else " " for c in last).split())[-longest:]


def language_of(locale: str) -> Literal["zh", "en"]:
    """Which of the two texts a reader of this locale reads first."""
    return "en" if locale.startswith("en") else "zh"


def in_language(text: Bilingual | Mapping[str, Any] | None, locale: str) -> str:
    """The text in the reader's language, the other one where hers is empty."""
    if not text:
        return ""
    first = language_of(locale)
    second = "zh" if first == "en" else "en"
    return str(text.get(first) or text.get(second) or "")


def shorten(text: str, length: int = 60) -> str:
    """One line of a text, cut at a length."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


_CJK = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


def search_text(text: str) -> str:
    """Text as both databases' full-text indexes take it: every hanzi a word, width and case folded.

    Legal terms often have two characters (专利), too short for trigrams; as a phrase of two words they
    are found.
    """
    return " ".join(_CJK.sub(r" \1 ", unicodedata.normalize("NFKC", text).casefold()).split())
