"""Case analyses in QTI: a stimulus with stem and exhibits, an item for each part, a test of one section."""

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from app.core.messages import N_
from app.quizzes.interchange import carried
from app.quizzes.interchange.about import read_tags, tags_of
from app.quizzes.interchange.media import MediaBox, references
from app.quizzes.interchange.model import (
    LANGUAGES,
    CannotTake,
    Item,
    Language,
    Media,
    Question,
    Raw,
    Texts,
    as_key,
    is_key,
    settle,
)
from app.quizzes.interchange.qti import losses, names
from app.quizzes.interchange.qti.content import LANGUAGE_TAGS, Listed, fill
from app.quizzes.interchange.qti.reading import Beside, Page, drop
from app.quizzes.interchange.qti.writing import Writers, item_identifier, write_item
from app.quizzes.interchange.safe_xml import XML_NS, descendants, name_of

_EXHIBIT: Final = "exhibit"
_REFERENCES: Final = frozenset({"assessmentStimulusRef", "qti-assessment-stimulus-ref"})
_TITLED: Final = re.compile(r"### +([^\n]+)\n\n(.*)", re.DOTALL)


def stimulus_of(root: etree._Element) -> str:
    """Where an item says that its shared material is; empty when it has none."""
    return next((found.get("href", "") for found in root.iter(etree.Element) if name_of(found) in _REFERENCES), "")


def items_of(root: etree._Element) -> list[str]:
    """The items that a test names."""
    return [ref.get("href", "") for ref in descendants(names.to_version_2(root), "assessmentItemRef")]


def read(
    root: etree._Element, path: str, parts: Sequence[Item], language: Language, *, box: MediaBox, beside: Beside
) -> Item:
    """A case of its stimulus and the items that share it. Raises CannotTake."""
    page = Page(names.to_version_2(root), box, path, "stimulusBody")
    key = as_key(root.get("identifier", ""))
    raw: Raw = {"type": "case", "prompt": page.texts(_stem(page.body))}
    blocks = [block for block in page.body if block.get("class") == _EXHIBIT]
    exhibits = [_exhibit(page, block) for block in blocks]
    if exhibits:
        raw["exhibits"] = [{"id": f"e{number}"} | found for number, found in enumerate(exhibits, start=1)]
    settle(raw, page.own_language or language)
    losses.note_parts(page)
    page.notes += [note for part in parts for note in part.notes if note not in page.notes]
    raw["parts"] = [_part(part, key, number) for number, part in enumerate(parts, start=1)]
    raw |= read_tags(beside.tags)[0]
    if beside.carried:
        carried.restore(raw, beside.carried, lambda address: box.keep_file(f"media/{address[6:]}"), page.notes)
    return Item(key, raw, path, tuple(page.notes))


def _part(item: Item, key: str, number: int) -> Raw:
    if item.raw["type"] in {"case", "file_upload"}:
        raise CannotTake(N_("a part of a case cannot be of the type %(type)s", type=item.raw["type"]))
    name = item.key.removeprefix(f"{key}-")
    return {"id": name if is_key(name) and name != item.key else f"p{number}"} | item.raw


def _stem(body: etree._Element) -> etree._Element:
    copied = copy.deepcopy(body)
    for block in [found for found in copied if found.get("class") == _EXHIBIT]:
        drop(block)
    return copied


def _exhibit(page: Page, block: etree._Element) -> Raw:
    """Title and text of one exhibit; without a title its first words stand for it."""
    title, text = {}, {}
    for tag, written in page.texts_of(block).items():
        found = _TITLED.match(written)
        title[tag], text[tag] = (found[1], found[2]) if found else (written.split("\n")[0][:60], written)
    return {"title": title, "text": text}


def write(
    question: Question, writers: Writers, version: str, media: Mapping[str, Media]
) -> list[tuple[Listed, bytes]]:
    """The files of a case. Raises CannotGo."""
    raw, key = question.raw, question.key
    stimulus = f"stimuli/{key}.xml"
    shared = Listed(
        key=key,
        kind="stimulus",
        path=stimulus,
        pictures=references([{"prompt": raw["prompt"], "exhibits": raw.get("exhibits") or []}]),
        tags=tags_of(raw),
        carried=question.carried,
    )
    files = [(shared, _as_file(_stimulus(question, media), version))]
    for part in raw["parts"]:
        inside = {name: value for name, value in part.items() if name != "id"}
        written = Question(f"{key}--{part['id']}", inside)
        data, notes = write_item(written, writers, version, media, stimulus=(key, f"../{stimulus}"))
        path = f"items/{written.key}.xml"
        files.append((Listed(written.key, "item", path, references([inside]), notes=notes), data))
    items = [listed for listed, _data in files[1:]]
    test = Listed(f"{key}-test", "test", f"tests/{key}.xml", needs=[shared.key, *(listed.key for listed in items)])
    return [*files, (test, _as_file(_test(key, items), version))]


def _as_file(root: etree._Element, version: str) -> bytes:
    written: bytes = etree.tostring(
        names.to_version_3(root) if version == "3.0" else root, xml_declaration=True, encoding="UTF-8"
    )
    return written


def _element(parent: etree._Element | None, name: str, **attributes: str) -> etree._Element:
    namespace = names.NS2["2.2"]
    if parent is None:
        return etree.Element(f"{{{namespace}}}{name}", attributes, nsmap={None: namespace})
    return etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)


def _stimulus(question: Question, media: Mapping[str, Media]) -> etree._Element:
    root = _element(None, "assessmentStimulus", identifier=item_identifier(question.key), title=question.key)
    body = _element(root, "stimulusBody")
    _blocks(body, question.raw["prompt"], media)
    for exhibit in question.raw.get("exhibits") or ():
        block = _element(body, "div")
        block.set("class", _EXHIBIT)
        titled = {
            tag: f"### {' '.join(exhibit['title'][tag].split())}\n\n{exhibit['text'][tag]}" for tag in LANGUAGES
        }
        _blocks(block, titled, media)
    return root


def _blocks(parent: etree._Element, texts: Texts | dict[Language, str], media: Mapping[str, Media]) -> None:
    for tag in LANGUAGES:
        block = _element(parent, "div")
        block.set(f"{{{XML_NS}}}lang", LANGUAGE_TAGS[tag])
        fill(block, texts[tag], media)


def _test(key: str, items: Sequence[Listed]) -> etree._Element:
    """One section with the parts in their order."""
    root = _element(None, "assessmentTest", identifier=item_identifier(f"{key}-test"), title=key)
    part = _element(root, "testPart", identifier="part", navigationMode="nonlinear", submissionMode="simultaneous")
    section = _element(
        part, "assessmentSection", identifier="section", title=key, visible="true", keepTogether="true"
    )
    for number, item in enumerate(items, start=1):
        _element(section, "assessmentItemRef", identifier=f"item-{number}", href=f"../{item.path}")
    return root
