"""Running text with gaps, taken out of other systems' texts and put into them.

While a text is converted, a gap is a private character with its number: no format and no markup touches it.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree, html

from app.core import markdown
from app.core.messages import N_, Message
from app.quizzes.interchange.model import LANGUAGES, CannotTake, Raw, Texts
from app.quizzes.interchange.safe_xml import name_of, text_of

#: Where the running text begins, where a file says it.
START: Final = "\ue002"
_MARK: Final = re.compile("\ue000([0-9]+)\ue001")
_PRIVATE: Final = re.compile("[\ue000-\ue002]")
_GAP: Final = re.compile(r"\{\{\s*([a-z0-9-]+)\s*\}\}")
_BLOCKS: Final = frozenset(("blockquote", "div", "li", "ol", "ul", "p", "h2", "h3", "h4", "h5", "h6", "aside"))
_PLAIN: Final = _BLOCKS | {"br"}
#: What is asked where a text with gaps says it nowhere.
_ASK: Final = {"zh": "请完成下面的文字。", "en": "Complete the text."}


def gap_mark(number: int) -> str:
    """The private characters of a gap, numbered from 1."""
    return f"\ue000{number}\ue001"


def without_marks(text: str) -> str:
    """A stranger's text without characters that look like ours."""
    return _PRIVATE.sub("", text)


def pieces(text: str) -> tuple[list[str], list[str]]:
    """The words around the gaps of a text of ours, and the gaps in their order."""
    parts = _GAP.split(text)
    return parts[::2], parts[1::2]


def in_one_order(texts: Texts) -> bool:
    """Do the gaps stand in the same order in both languages?"""
    return pieces(texts["zh"])[1] == pieces(texts["en"])[1]


def numbered(text: str, numbers: Mapping[str, int]) -> str:
    """The text with its gaps as 【1】, 【2】 …"""
    return _GAP.sub(lambda found: f"【{numbers[found[1]]}】", text)


def cut(texts: Texts, names: Sequence[str], notes: list[Message]) -> tuple[Texts, Texts]:
    """The question and the running text of Markdown with marks; gap n is ``names[n - 1]``. Raises CannotTake."""
    prompt: Texts = {}
    running: Texts = {}
    for tag, text in texts.items():
        if Counter(_MARK.findall(text)) != Counter(str(number) for number in range(1, len(names) + 1)):
            raise CannotTake(N_("its gaps do not stand once in each language"))
        before, after = _parted(text)
        prompt[tag] = before.replace(START, "").strip()
        running[tag] = put_names(_flat(after, notes), names)
    return prompt, running


def put_names(text: str, names: Sequence[str]) -> str:
    """A text of ours: each mark as ``{{name}}`` with the name of its number."""
    return _MARK.sub(lambda found: f"{{{{{names[int(found[1]) - 1]}}}}}", text)


def ask(raw: Raw) -> None:
    """Say what to do where a settled text with gaps has no question before it."""
    for tag in LANGUAGES:
        if isinstance(raw.get("text"), dict) and raw["text"].get(tag) and not raw["prompt"].get(tag):
            raw["prompt"][tag] = _ASK[tag]


def _parted(text: str) -> tuple[str, str]:
    """What is asked, and the text with gaps: from the block of the first gap on where nothing else is said."""
    if START in text:
        before, _start, after = text.partition(START)
        return before, after.replace(START, "")
    blocks = re.split(r"\n\s*\n", text)
    first = next(number for number, block in enumerate(blocks) if _MARK.search(block))
    return "\n\n".join(blocks[:first]), "\n\n".join(blocks[first:])


def _flat(text: str, notes: list[Message]) -> str:
    """Markdown as plain paragraphs. Raises CannotTake for what is more than words."""
    shown = html.fragment_fromstring(str(markdown.render(text, draw=_draw)) or "<p></p>", create_parent="div")
    names = {name_of(found) for found in shown.iter(etree.Element) if found is not shown}
    if names & {"table", "img", "pre", "figure", "math"}:
        raise CannotTake(N_("gaps stand in a table, or beside a picture or a formula"))
    if names - _PLAIN:
        note = N_("Emphasis and links in the text with gaps are not kept.")
        notes += [note] if note not in notes else []
    for line in shown.iter("br"):
        line.tail = f" {line.tail or ''}"
    return "\n\n".join(" ".join(block.split()) for block in _blocks(shown) if block.strip())


def _blocks(element: etree._Element) -> list[str]:
    """The words of the innermost blocks."""
    if not any(name_of(inner) in _BLOCKS for inner in element):
        return [text_of(element)]
    found = [element.text or ""]
    for inner in element:
        found += [*_blocks(inner), inner.tail or ""]
    return found


def _draw(address: str) -> markdown.FigureFile:
    return markdown.FigureFile(address)
