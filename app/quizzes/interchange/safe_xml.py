"""Read XML that a stranger sent: no entities, no document types, no network, no depth, no bulk."""

from typing import Final

from lxml import etree

from app.core.messages import N_
from app.quizzes.interchange.model import CannotTake

MAX_ELEMENTS: Final = 400_000
MAX_DEPTH: Final = 100
XML_NS: Final = "http://www.w3.org/XML/1998/namespace"


def parse_xml(data: bytes) -> etree._Element:
    """The root element. Raises CannotTake, with the line where the parser stopped."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise CannotTake(
            N_("the XML cannot be read at line %(line)s: %(message)s", line=line, message=error.msg)
        ) from None
    except (ValueError, LookupError):
        raise CannotTake(N_("the XML cannot be read: its encoding is unknown")) from None
    if root.getroottree().docinfo.doctype:
        raise CannotTake(N_("the XML declares a document type; files with one are not accepted"))
    _check_shape(root)
    return root


def _check_shape(root: etree._Element) -> None:
    depth = count = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > MAX_DEPTH or count > MAX_ELEMENTS:
            raise CannotTake(N_("the XML is nested too deeply or has too many elements"))


def local_name(tag: str) -> str:
    """A tag or attribute without its namespace."""
    return tag.rpartition("}")[2]


def name_of(element: etree._Element) -> str:
    """An element's name without its namespace; empty for what is not an element."""
    return local_name(element.tag) if isinstance(element.tag, str) else ""


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child of a name."""
    return next((found for found in element if name_of(found) == name), None)


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """All children of a name."""
    return [found for found in element if name_of(found) == name]


def descendants(element: etree._Element, name: str) -> list[etree._Element]:
    """All elements of a name below (or at) this one."""
    return [found for found in element.iter() if name_of(found) == name]


def text_of(element: etree._Element | None) -> str:
    """All text inside, as it stands."""
    return "".join(str(part) for part in element.itertext()) if element is not None else ""


def path_text(element: etree._Element, *names: str) -> str:
    """The trimmed text at a path of children; empty where there is none."""
    found: etree._Element | None = element
    for name in names:
        found = child(found, name) if found is not None else None
    return text_of(found).strip()


def drop(element: etree._Element, words: str = "") -> None:
    """Take an element out with what is in it; what follows stays, after ``words``."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    tail = words + (element.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)  # and its own tail with it
