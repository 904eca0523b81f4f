"""Two languages in one text, as Moodle's filters write them: spans with ``lang``, or ``{mlang}`` blocks."""

import re
from typing import Final

from app.quizzes.interchange.model import ANY, LANGUAGES, Texts

#: The names by which Moodle knows our languages.
MOODLE_NAMES: Final = {"zh": "zh_cn", "en": "en"}

#: What is never closed goes to the end of the text, so that nothing behind it is searched again.
_SPAN: Final = re.compile(r"<span\s([^<>]*)>(.*?)(</span\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_CLASS: Final = re.compile(r"""class\s*=\s*["']?multilang\b""", re.IGNORECASE)
_LANG: Final = re.compile(r"""(?<![\w:])lang\s*=\s*["']?([A-Za-z_-]+)""", re.IGNORECASE)
_BLOCK: Final = re.compile(r"\{mlang\s+([A-Za-z_,-][A-Za-z_, -]*)\}(.*?)(\{mlang\}|\Z)", re.DOTALL | re.IGNORECASE)


def language_of(tag: str) -> str:
    """Our language for a language tag of any style (``zh_cn``, ``zh-Hans``, ``en-US``); empty for others."""
    main = re.split(r"[-_]", tag.strip().lower())[0]
    return main if main in LANGUAGES else ""


def split(text: str) -> Texts:
    """A text by language; under ANY when it does not say. What stands outside the marks belongs to each."""
    pieces = _pieces(text)
    tags = {tag for marked, _content in pieces for tag in marked}
    if not tags & set(LANGUAGES):
        other = [content for marked, content in pieces if not marked or "other" in marked]
        return {ANY: "".join(other).strip()}
    found: Texts = {}
    for tag in LANGUAGES:
        wanted = tag if tag in tags else "other"
        whole = "".join(content for marked, content in pieces if not marked or wanted in marked).strip()
        if tag in tags or "other" in tags:
            found[tag] = whole
    return found


def other_languages(text: str) -> bool:
    """Does the text also speak a language that is not kept here?"""
    return any("" in marked for marked, _content in _pieces(text))


def _pieces(text: str) -> list[tuple[frozenset[str], str]]:
    """The text in order, each piece with the languages it is marked for (none: for all; '' stands for others)."""
    pieces: list[tuple[frozenset[str], str]] = []
    position = 0
    for start, end, tags, content in _marks(text):
        if between := text[position:start]:
            pieces.append((frozenset(), between if between.strip() else ""))
        names = frozenset("other" if tag.strip() == "other" else language_of(tag) for tag in tags.split(","))
        pieces.append((names, content))
        position = end
    pieces.append((frozenset(), text[position:]))
    return pieces


def _marks(text: str) -> list[tuple[int, int, str, str]]:
    blocks = [(*match.span(), match[1], match[2]) for match in _BLOCK.finditer(text) if match[3]]
    if blocks:
        return blocks
    found = []
    for match in _SPAN.finditer(text):
        lang = _LANG.search(match[1])
        if lang and _CLASS.search(match[1]) and match[3]:
            found.append((*match.span(), lang[1], match[2]))
    return found


def as_spans(texts: Texts) -> str:
    """Both languages as spans, for Markdown in Moodle: text of several blocks stands on lines of its own."""
    return "".join(
        f'<span lang="{MOODLE_NAMES[tag]}" class="multilang">{_framed(_hide(texts[tag]))}</span>'
        for tag in LANGUAGES
    )


def _framed(text: str) -> str:
    return f"\n\n{text}\n\n" if "\n" in text or text.endswith("\\") else text


def _hide(text: str) -> str:
    """Text that would look like a mark, written so that Markdown shows the same."""
    text = re.sub(r"(?i)<(?=/?span)", "&lt;", text)
    return re.sub(r"(?i)\{(?=mlang)", "&#123;", text)
