"""Web pages of other systems as lessons: sections at the upper headings, our Markdown below them. Pure."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree, html

from app.core.messages import N_, Message
from app.courses.authoring.rules import MAX_TEXT
from app.quizzes.interchange import formulas
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.model import CannotTake
from app.quizzes.interchange.safe_xml import drop, name_of, text_of

#: What no lesson holds; what stands inside goes with it.
_DROPPED: Final = (
    *("applet", "audio", "button", "embed", "form", "frame", "iframe", "input", "math", "object", "script"),
    *("select", "svg", "textarea", "video", "style"),
)
_SILENT: Final = frozenset({"script", "style"})
_WRAPPERS: Final = frozenset({"div", "main", "article", "section"})
#: What stands within a line.
_RUNNING: Final = frozenset(
    (
        *("a", "abbr", "b", "br", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label"),
        *("mark", "math", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var"),
    )
)
_HEADINGS: Final = frozenset({"h1", "h2"})
#: Code or a formula, or what a reader of Markdown could take for the beginning of an element.
_MARKUP: Final = re.compile(r"(`+[^`]*`+|(?<!\\)\$[^$\n]+\$)|(?<!\\)<(?=[A-Za-z/!?])")

#: Takes a picture by its address and returns where the lesson finds it. Raises CannotTake.
TakePicture = Callable[[str], str]
#: Takes a file by its address and what the link says; the block that places it in the lesson. Raises CannotTake.
TakeFile = Callable[[str, str], str]


@dataclass(slots=True)
class Page:
    """A converted page: its sections (heading, text), and what was left behind."""

    title: str
    sections: list[tuple[str, str]] = field(default_factory=list)
    left: list[Message] = field(default_factory=list)


def convert(data: bytes, title: str, take_picture: TakePicture, take_file: TakeFile) -> Page:
    """The page as a lesson. Raises CannotTake when nothing of it can be read."""
    body = _body(data)
    page = Page(title or " ".join(text_of(body.getroottree().find(".//title")).split()))
    attached = _prepare(body, take_picture, take_file, page.left)
    converter = Converter(lambda address: address, page.left, delimited=True)
    for heading, nodes in _split(body, page.title):
        text = "\n\n".join(filter(None, (_text(converter, node, page.left) for node in nodes)))
        if text or heading != page.title:
            page.sections.append((heading, text))
    if attached:
        heading, text = page.sections.pop() if page.sections else (page.title, "")
        page.sections.append((heading, "\n\n".join(filter(None, (text, *attached)))))
    if not any(text for _heading_, text in page.sections):
        raise CannotTake(N_("the page has no text"))
    if sum(len(text) for _heading_, text in page.sections) > MAX_TEXT // 2:
        raise CannotTake(N_("the page is too long for a lesson"))
    page.left = list({str(message): message for message in page.left}.values())
    return page


def fragment(data: bytes, take_picture: TakePicture, take_file: TakeFile, left: list[Message]) -> str:
    """A piece of a page as our Markdown; ``left`` gathers what was left behind. Raises CannotTake for no HTML."""
    body = _body(data)
    attached = _prepare(body, take_picture, take_file, left)
    converter = Converter(lambda address: address, left, delimited=True)
    return "\n\n".join(filter(None, (*(_text(converter, block, left) for block in _blocks(body)), *attached)))


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


def _prepare(
    body: etree._Element, take_picture: TakePicture, take_file: TakeFile, left: list[Message]
) -> list[str]:
    """Take pictures over; drop what lessons do not show, and say so. The blocks of files that it links to."""
    for node in list(body.iter(*_DROPPED)):
        if name_of(node) == "math" and formulas.can_take(node):
            continue
        if name_of(node) not in _SILENT:
            left.append(N_("<%(tag)s> is not shown in lessons and was left out", tag=name_of(node)))
        drop(node)
    for node in list(body.iter("img")):
        words = " ".join(node.get("alt", "").split())
        try:
            node.set("src", take_picture(node.get("src", "")))
        except CannotTake as error:
            left.append(error.why)
            drop(node, words)
    attached, inside = [], []
    for node in body.iter("a"):
        address = node.get("href", "")
        if re.search(r"\.pdf(?:$|[?#])", address, re.IGNORECASE) and "://" not in address:
            try:
                attached.append(take_file(address, text_of(node)))
            except CannotTake as error:
                left.append(error.why)
        elif address and not re.match(r"(https?://|mailto:)", address):
            inside.append(address)
    _note_links(inside, left)
    return list(dict.fromkeys(attached))


def _note_links(inside: list[str], left: list[Message]) -> None:
    if len(inside) == 1:
        left.append(N_("a link inside the package became plain text: %(name)s", name=inside[0]))
    elif inside:
        several = N_(
            "%(number)s links inside the package became plain text, such as %(name)s",
            number=len(inside),
            name=inside[0],
        )
        left.append(several)


def _split(body: html.HtmlElement, title: str) -> Iterator[tuple[str, list[html.HtmlElement]]]:
    """Headings of the first two levels with what follows each; what comes before stands under the title."""
    heading = title
    blocks: list[html.HtmlElement] = []
    for block in _blocks(body):
        if len(block) and name_of(block[0]) in _HEADINGS and text_of(block[0]).strip():
            yield heading, blocks
            heading, blocks = " ".join(text_of(block[0]).split()), []
        else:
            blocks.append(block)
    yield heading, blocks


def _blocks(body: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """What stands in the body, each block around itself and each run of words around the whole run: what cannot be
    said in Markdown then costs a block, not the page."""
    run = _around(body.text or "")
    for node in body:
        if name_of(node) not in _RUNNING:
            yield run
            block = _around("")
            block.append(copy.deepcopy(node))
            block[0].tail = None
            yield block
            run = _around(node.tail or "")
        else:
            run.append(copy.deepcopy(node))
    yield run


def _around(text: str) -> html.HtmlElement:
    found = html.Element("div")
    found.text = text
    return found


def _text(converter: Converter, node: etree._Element, left: list[Message]) -> str:
    try:
        return _MARKUP.sub(lambda found: found[1] or r"\<", converter.element(node))
    except CannotTake as error:
        left.append(error.why)
        return ""
