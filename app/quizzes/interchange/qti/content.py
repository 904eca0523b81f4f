"""Our Markdown as the XHTML that QTI allows, and the manifest of a package."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree, html

from app.core import markdown
from app.quizzes.interchange import formulas
from app.quizzes.interchange.about import tags_of
from app.quizzes.interchange.carried import ELEMENT, NAMESPACE
from app.quizzes.interchange.markup import inline_html
from app.quizzes.interchange.media import REFERENCE
from app.quizzes.interchange.model import LANGUAGES, N_, CannotGo, Media, Question, Texts
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


def manifest(questions: Sequence[tuple[Question, str, list[str]]], version: str) -> bytes:
    """The manifest of a package: each question with its file and the pictures it needs."""
    short = "v3p0" if version == "3.0" else "v2p2"
    ns = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" if version == "3.0" else _CP2
    lom = "http://ltsc.ieee.org/xsd/LOM"
    root = etree.Element(f"{{{ns}}}manifest", {"identifier": "questions"}, nsmap={None: ns, "lom": lom})
    about = etree.SubElement(root, f"{{{ns}}}metadata")
    etree.SubElement(about, f"{{{ns}}}schema").text = "QTI Package" if version == "3.0" else "QTIv2.2 Package"
    etree.SubElement(about, f"{{{ns}}}schemaversion").text = "3.0.0" if version == "3.0" else "1.0.0"
    etree.SubElement(root, f"{{{ns}}}organizations")
    resources = etree.SubElement(root, f"{{{ns}}}resources")
    for question, path, pictures in questions:
        resource = etree.SubElement(
            resources,
            f"{{{ns}}}resource",
            {"identifier": f"r-{question.key}", "type": f"imsqti_item_xml{short}", "href": path},
        )
        tags = tags_of(question.raw)
        if tags or question.carried:
            metadata = etree.SubElement(resource, f"{{{ns}}}metadata")
        if tags:
            general = etree.SubElement(etree.SubElement(metadata, f"{{{lom}}}lom"), f"{{{lom}}}general")
            for tag in tags:
                keyword = etree.SubElement(general, f"{{{lom}}}keyword")
                etree.SubElement(keyword, f"{{{lom}}}string").text = re.sub(r"\s+", " ", tag)
        if question.carried:
            own = etree.SubElement(metadata, f"{{{NAMESPACE}}}{ELEMENT}", nsmap={"academy": NAMESPACE})
            own.text = question.carried
        for name in (path, *pictures):
            etree.SubElement(resource, f"{{{ns}}}file", {"href": name})
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


_CP2 = "http://www.imsglobal.org/xsd/imscp_v1p1"
