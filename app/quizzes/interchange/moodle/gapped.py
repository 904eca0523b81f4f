"""Running text with gaps in Moodle: each gap once, the words around it in both languages."""

import re
from collections.abc import Mapping
from typing import Final

from app.quizzes.interchange.languages import MOODLE_NAMES
from app.quizzes.interchange.markup import literal
from app.quizzes.interchange.model import LANGUAGES, Texts
from app.quizzes.interchange.running import START, in_one_order, numbered, pieces

#: Where the text with gaps begins: an empty span, which nobody sees.
BEGIN: Final = '<span class="gapped"></span>'
_BEGIN: Final = re.compile(r'<span\s+class="gapped"\s*>\s*</span\s*>', re.IGNORECASE)


def with_start(text: str) -> str:
    """A text read from a file, its beginning of the gapped text marked."""
    return _BEGIN.sub(START, text)


def as_markdown(texts: Texts, fields: Mapping[str, str]) -> str:
    """The text with Moodle's own gaps (gap id → what stands there).

    Moodle would count a gap that stands in each language twice. So the words change their language around each
    gap; where the languages have the gaps in different orders, the text has numbers and the gaps follow it.
    """
    words = {tag: pieces(texts[tag])[0] for tag in LANGUAGES}
    order = pieces(texts["zh"])[1]
    if not in_one_order(texts):
        numbers = {name: number for number, name in enumerate(order, start=1)}
        whole = _spans({tag: numbered(texts[tag], numbers) for tag in LANGUAGES})
        listed = "\n".join(f"- 【{numbers[name]}】 {fields[name]}" for name in order)
        return f"{BEGIN}{whole}\n\n{listed}"
    around = [_spans({tag: words[tag][number] for tag in LANGUAGES}) for number in range(len(order) + 1)]
    return BEGIN + around[0] + "".join(fields[name] + after for name, after in zip(order, around[1:], strict=True))


def in_language(tag: str, words: str) -> str:
    """Words that are shown to readers of one language."""
    return f'<span lang="{MOODLE_NAMES[tag]}" class="multilang">{words}</span>'


def _spans(texts: Texts) -> str:
    """Words in both languages; once where they are the same."""
    written = {tag: _words(texts[tag]) for tag in LANGUAGES}
    if len(set(written.values())) == 1:
        return written["zh"]
    return "".join(in_language(tag, written[tag]) for tag in LANGUAGES)


def _words(text: str) -> str:
    return literal(re.sub(r"[ \t]+", " ", text))
