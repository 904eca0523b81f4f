"""Running text with gaps in QTI: each gap once, in the first language; the other language names it by number."""

import copy
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from lxml import etree

from app.quizzes.interchange.model import LANGUAGES, Texts, is_key
from app.quizzes.interchange.qti.content import LANGUAGE_TAGS
from app.quizzes.interchange.qti.reading import Reading, drop
from app.quizzes.interchange.qti.writing import Writing
from app.quizzes.interchange.running import START, gap_mark, pieces, without_marks
from app.quizzes.interchange.safe_xml import XML_NS, name_of

#: The class of the block that holds the text in both languages.
CLASS: Final = "gapped"
_NUMBER: Final = re.compile("【([0-9]+)】(?!\ue000)")


def is_marked(body: etree._Element) -> bool:
    """Does a block of ours with running text stand in it?"""
    return any(found.get("class") == CLASS for found in body.iter(etree.Element))


def names_of(identifiers: Sequence[str], prefix: str, letter: str = "g") -> list[str]:
    """Our places' own names where all are ours, else numbered ones."""
    names = [name.removeprefix(prefix) for name in identifiers]
    ours = all(name.startswith(prefix) for name in identifiers) and all(map(is_key, names))
    if ours and len(set(names)) == len(names):
        return names
    return [f"{letter}{number}" for number in range(1, len(identifiers) + 1)]


def texts(
    reading: Reading,
    places: Sequence[etree._Element],
    root: etree._Element | None = None,
    without: Collection[str] = (),
) -> Texts:
    """What stands around the places, each now a mark with its number, by language.

    ``root``: the body, or the element that is all text with gaps but for its children named in ``without``.
    """
    whole = root is None
    root = reading.body if root is None else root
    numbers = {id(place): number for number, place in enumerate(places, start=1)}
    body = copy.deepcopy(root)
    pairs = list(zip(list(root.iter()), list(body.iter()), strict=True))
    for element in body.iter(etree.Element):
        element.text, element.tail = without_marks(element.text or ""), without_marks(element.tail or "")
    for before, after in pairs:
        if id(before) in numbers:
            after.tail = f"{gap_mark(numbers[id(before)])}{after.tail or ''}"
            drop(after)
    for block in [found for found in body.iter(etree.Element) if found.get("class") == CLASS]:
        for element in block.iter(etree.Element):
            element.text = _named(element.text)
            element.tail = _named(element.tail) if element is not block else element.tail
        block.text = f"{START}{block.text or ''}"
    for element in [found for found in body if name_of(found) in without]:
        drop(element)
    body.text = f"{body.text or ''}{'' if whole else START}"
    return reading.texts(body)


def _named(text: str | None) -> str | None:
    """Numbers in our text are gaps; before a gap they only announce it."""
    if not text:
        return text
    announced = re.sub("【([0-9]+)】(?=\ue000\\1\ue001)", "", text)
    return _NUMBER.sub(lambda found: gap_mark(int(found[1])), announced)


def write(
    writing: Writing, parent: etree._Element, text: Texts, fields: Mapping[str, Sequence[etree._Element]]
) -> None:
    """A block with the text in both languages; ``fields``: gap id → what stands in the first language."""
    block = writing.add(parent, "div")
    block.set("class", CLASS)
    numbers = {name: number for number, name in enumerate(fields, start=1)}
    for tag in LANGUAGES:
        inner = writing.add(block, "div")
        inner.set(f"{{{XML_NS}}}lang", LANGUAGE_TAGS[tag])
        for paragraph in re.split(r"\n\s*\n", text[tag].strip()):
            _paragraph(writing.add(inner, "p"), paragraph, numbers, fields if tag == LANGUAGES[0] else {})


def _paragraph(
    line: etree._Element, text: str, numbers: Mapping[str, int], fields: Mapping[str, Sequence[etree._Element]]
) -> None:
    words, gaps = pieces(text)
    line.text = words[0]
    last: etree._Element | None = None
    for name, after in zip(gaps, words[1:], strict=True):
        announced = f"【{numbers[name]}】" if name in numbers else f"{{{{{name}}}}}"
        if last is None:
            line.text = f"{line.text}{announced}"
        else:
            last.tail = f"{last.tail or ''}{announced}"
        for element in fields.get(name, ()):
            line.append(element)
            last = element
        if last is None:
            line.text = f"{line.text}{after}"
        else:
            last.tail = f"{last.tail or ''}{after}"
