"""Our Markdown as the XHTML that QTI allows, and the manifest of a package."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree, html

from app.core import markdown
from app.core.messages import N_, Message
from app.quizzes.interchange import formulas
from app.quizzes.interchange.carried import ELEMENT, NAMESPACE
from app.quizzes.interchange.markup import inline_html
from app.quizzes.interchange.media import REFERENCE
from app.quizzes.interchange.model import LANGUAGES, CannotGo, Media, Texts
from app.quizzes.interchange.safe_xml import XML_NS, name_of

LANGUAGE_TAGS: Final = {"zh": "zh-CN", "en": "en"}

_KEPT = frozenset({"alt", "width", "height", "src", "href", "class", "start"})


def fill(block: etree._Element, text: str, media: Mapping[str, Media]) -> None:
    """Put a Markdown text into a block. Raises CannotGo for a missing picture or characters XML does not know."""
    if any(ord(character) < 32 and character not in "\t\n\r" for character in text):
        raise CannotGo(N_("one of its texts has control characters"))
    missing = [digest for digest, _suffix in REFERENCE.findall(text) if digest not in media]
    if missing:
        raise CannotGo(N_("one of its pictures is missing here"))
    # Citations are read back from their own notation, which other systems show as it is.
    literal = markdown.CITATION.sub(lambda found: f"\\{found.group(0)}", text)
    shown = markdown.render(literal, draw=_draw)
    for part in html.fragments_fromstring(str(shown)):
        if isinstance(part, str):
            _append_text(block, part)
        else:
            block.append(_convert(part, namespace_of(block)))


def fill_line(line: etree._Element, texts: Texts) -> None:
    """Put a short text in both languages into a line; once where they are the same. Raises CannotGo."""
    if any(REFERENCE.search(text) for text in texts.values()):
        raise CannotGo(N_("a list inside a text cannot hold pictures"))
    same = texts["zh"] == texts["en"]
    for tag in LANGUAGES[: 1 if same else None]:
        span = etree.SubElement(line, f"{namespace_of(line)}span")
        if not same:
            span.set(f"{{{XML_NS}}}lang", LANGUAGE_TAGS[tag])
            span.tail = " " if tag == LANGUAGES[0] else None
        for part in html.fragments_fromstring(inline_html(texts[tag])):
            if isinstance(part, str):
                _append_text(span, part)
            else:
                span.append(_convert(part, namespace_of(line)))


def namespace_of(element: etree._Element) -> str:
    """The namespace of an element's name, in braces."""
    return str(element.tag).rpartition("}")[0] + "}"


def _draw(address: str) -> markdown.FigureFile | None:
    found = REFERENCE.fullmatch(address)
    return markdown.FigureFile(f"../media/{found.group(1)}.{found.group(2)}") if found else None


def _convert(element: etree._Element, namespace: str) -> etree._Element:
    if element.get("class") == "table-scroll" and len(element):
        inner = element[0]
        inner.tail = element.tail
        element = inner
    if "formula" in element.get("class", "").split():
        return formulas.as_mathml(element)
    copied = etree.Element(f"{namespace}{name_of(element)}")
    for name, value in element.attrib.items():
        if name in _KEPT:
            copied.set(str(name), str(value))
    copied.text, copied.tail = element.text, element.tail
    copied.extend(_convert(inner, namespace) for inner in element)
    return copied


def _append_text(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = f"{parent[-1].tail or ''}{text}"
    else:
        parent.text = f"{parent.text or ''}{text}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of a package: an item, a stimulus or a test, the digests of its pictures, and what it needs.

    ``notes``: what other systems will not show as we do.
    """

    key: str
    kind: str
    path: str
    pictures: Sequence[str] = ()
    tags: Sequence[str] = ()
    carried: str = ""
    needs: Sequence[str] = ()
    notes: Sequence[Message] = ()


def manifest(listed: Sequence[Listed], media: Mapping[str, Media], version: str) -> bytes:
    """The manifest of a package: each file with what it needs."""
    short = "v3p0" if version == "3.0" else "v2p2"
    ns = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" if version == "3.0" else _CP2
    root = etree.Element(f"{{{ns}}}manifest", {"identifier": "questions"}, nsmap={None: ns, "lom": _LOM})
    about = etree.SubElement(root, f"{{{ns}}}metadata")
    etree.SubElement(about, f"{{{ns}}}schema").text = "QTI Package" if version == "3.0" else "QTIv2.2 Package"
    etree.SubElement(about, f"{{{ns}}}schemaversion").text = "3.0.0" if version == "3.0" else "1.0.0"
    etree.SubElement(root, f"{{{ns}}}organizations")
    resources = etree.SubElement(root, f"{{{ns}}}resources")
    for each in listed:
        attributes = {"identifier": f"r-{each.key}", "type": f"imsqti_{each.kind}_xml{short}", "href": each.path}
        resource = etree.SubElement(resources, f"{{{ns}}}resource", attributes)
        if each.tags or each.carried:
            _describe(etree.SubElement(resource, f"{{{ns}}}metadata"), each)
        pictures = [f"media/{digest}.{media[digest].suffix}" for digest in each.pictures]
        for name in (each.path, *pictures):
            etree.SubElement(resource, f"{{{ns}}}file", {"href": name})
        for needed in each.needs:
            etree.SubElement(resource, f"{{{ns}}}dependency", {"identifierref": f"r-{needed}"})
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _describe(metadata: etree._Element, each: Listed) -> None:
    """Tags as keywords, and what only we know: in the LOM record, where version 3 has its one place for it."""
    record = etree.SubElement(metadata, f"{{{_LOM}}}lom")
    if each.tags:
        general = etree.SubElement(record, f"{{{_LOM}}}general")
        for tag in each.tags:
            keyword = etree.SubElement(general, f"{{{_LOM}}}keyword")
            etree.SubElement(keyword, f"{{{_LOM}}}string").text = re.sub(r"\s+", " ", tag)
    if each.carried:
        own = etree.SubElement(record, f"{{{NAMESPACE}}}{ELEMENT}", nsmap={"academy": NAMESPACE})
        own.text = each.carried


_LOM: Final = "http://ltsc.ieee.org/xsd/LOM"
_CP2: Final = "http://www.imsglobal.org/xsd/imscp_v1p1"
