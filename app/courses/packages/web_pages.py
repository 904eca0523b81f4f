"""Web pages of other systems as lessons: sections at the upper headings, our Markdown below them. Pure."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree, html

from app.courses.authoring.rules import MAX_TEXT
from app.courses.packages.plans import UNTRANSLATED, slug
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.model import N_, CannotTake, Language, Message
from app.quizzes.interchange.safe_xml import name_of, text_of

#: What no lesson holds; what stands inside goes with it.
_DROPPED: Final = (
    *("applet", "audio", "button", "embed", "form", "frame", "iframe", "input", "math", "object", "script"),
    *("select", "svg", "textarea", "video", "style"),
)
_SILENT: Final = frozenset({"script", "style"})
_WRAPPERS: Final = frozenset({"div", "main", "article", "section"})
_HEADINGS: Final = frozenset({"h1", "h2"})
#: Code, or what a reader of Markdown could take for the beginning of an element.
_MARKUP: Final = re.compile(r"(`+[^`]*`+)|(?<!\\)<(?=[A-Za-z/!?])")

#: Takes a picture by its address and returns where the lesson finds it. Raises CannotTake.
TakePicture = Callable[[str], str]


@dataclass(slots=True)
class Page:
    """A converted page: its sections (heading, text), and what was left behind."""

    title: str
    sections: list[tuple[str, str]] = field(default_factory=list)
    left: list[Message] = field(default_factory=list)

    def source(self, language: Language, *, translated: bool) -> str:
        """The lesson's text; without a translation its headings alone, which the content check then names."""
        keys: list[str] = []
        parts = []
        for number, (heading, text) in enumerate(self.sections, 1):
            keys.append(slug(heading, keys, f"section-{number}"))
            mark = "" if translated else UNTRANSLATED[language]
            parts.append(f"## {mark}{_heading(heading)} {{#{keys[-1]}}}\n" + (f"\n{text}\n" if translated else ""))
        return "\n".join(parts)


def convert(data: bytes, title: str, take_picture: TakePicture) -> Page:
    """The page as a lesson. Raises CannotTake when nothing of it can be read."""
    body = _body(data)
    page = Page(title or " ".join(text_of(body.getroottree().find(".//title")).split()))
    _prepare(body, take_picture, page.left)
    converter = Converter(lambda address: address, page.left)
    for heading, nodes in _split(body, page.title):
        text = "\n\n".join(filter(None, (_text(converter, node, page.left) for node in nodes)))
        if text or heading != page.title:
            page.sections.append((heading, text))
    if not any(text for _heading_, text in page.sections):
        raise CannotTake(N_("the page has no text"))
    if sum(len(text) for _heading_, text in page.sections) > MAX_TEXT // 2:
        raise CannotTake(N_("the page is too long for a lesson"))
    page.left = list({str(message): message for message in page.left}.values())
    return page


def _body(data: bytes) -> html.HtmlElement:
    try:
        data.decode()
        parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    except UnicodeDecodeError:
        parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.ParserError, ValueError):
        raise CannotTake(N_("its HTML cannot be read")) from None
    found: html.HtmlElement | None = root.find("body")
    if found is None:
        raise CannotTake(N_("the page has no text"))
    while len(found) == 1 and not (found.text or "").strip() and name_of(found[0]) in _WRAPPERS:
        if (found[0].tail or "").strip():
            break
        found = found[0]
    return found


def _prepare(body: etree._Element, take_picture: TakePicture, left: list[Message]) -> None:
    """Take pictures over; drop what lessons do not show, and say so."""
    for node in list(body.iter(*_DROPPED)):
        if name_of(node) not in _SILENT:
            left.append(N_("<%(tag)s> is not shown in lessons and was left out", tag=name_of(node)))
        _drop(node, "")
    for node in list(body.iter("img")):
        words = " ".join(node.get("alt", "").split())
        try:
            node.set("src", take_picture(node.get("src", "")))
        except CannotTake as error:
            left.append(error.why)
            _drop(node, words)
    for node in body.iter("a"):
        address = node.get("href", "")
        if address and not re.match(r"(https?://|mailto:)", address):
            left.append(N_("a link inside the package became plain text: %(name)s", name=address))


def _drop(node: etree._Element, words: str) -> None:
    """Remove an element and what is in it; what follows stays, after ``words``."""
    parent, before = node.getparent(), node.getprevious()
    tail = words + (node.tail or "")
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    node.tail = None
    parent.remove(node)


def _split(body: html.HtmlElement, title: str) -> Iterator[tuple[str, list[html.HtmlElement]]]:
    """Headings of the first two levels with what follows each; what comes before stands under the title."""
    heading = title
    nodes = [_wrapped(body.text or "")]
    for node in body:
        if name_of(node) in _HEADINGS and text_of(node).strip():
            yield heading, nodes
            heading, nodes = " ".join(text_of(node).split()), [_wrapped(node.tail or "")]
        else:
            nodes.append(_wrapped("", node))
    yield heading, nodes


def _wrapped(text: str, node: html.HtmlElement | None = None) -> html.HtmlElement:
    around = html.Element("div")
    around.text = text
    if node is not None:
        around.append(copy.deepcopy(node))
    return around


def _text(converter: Converter, node: etree._Element, left: list[Message]) -> str:
    try:
        return _MARKUP.sub(lambda found: found[1] or r"\<", converter.element(node))
    except CannotTake as error:
        left.append(error.why)
        return ""


def _heading(text: str) -> str:
    """A title on one line, its characters shown as they are."""
    return re.sub(r"[\\`*_\[\]<>#]", r"\\\g<0>", re.sub(r"[{}\s]+", " ", text)).strip()
