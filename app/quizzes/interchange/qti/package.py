"""QTI files and packages: a ZIP file with a manifest that lists items and what they need."""

from typing import Final
from urllib.parse import unquote

from lxml import etree

from app.quizzes.interchange import qti12
from app.quizzes.interchange.archive import beside
from app.quizzes.interchange.carried import ELEMENT, NAMESPACE
from app.quizzes.interchange.media import MediaBox
from app.quizzes.interchange.model import (
    MAX_ITEMS,
    N_,
    CannotTake,
    Imported,
    Language,
    Refusal,
)
from app.quizzes.interchange.qti.reading import Beside, read_item
from app.quizzes.interchange.qti.types import reader_of
from app.quizzes.interchange.safe_xml import child, children, descendants, name_of, parse_xml, path_text, text_of

ITEM_ROOTS: Final = frozenset({"assessmentItem", "qti-assessment-item"})
MANIFEST: Final = "imsmanifest.xml"


def read_file(root: etree._Element, name: str, language: Language) -> Imported:
    """A single item's file."""
    found = Imported()
    box = MediaBox()
    _take(found, root, name, language, box=box, said=Beside())
    found.media = box.used([item.raw for item in found.items])
    return found


def read_package(files: dict[str, bytes], language: Language) -> Imported:
    """Every item the manifest lists. Raises CannotTake when there is no readable manifest."""
    manifest = parse_xml(files[MANIFEST])
    if name_of(manifest) != "manifest":
        raise CannotTake(N_("its imsmanifest.xml is not a manifest"))
    found = Imported()
    box = MediaBox(files)
    for resource in descendants(manifest, "resource"):
        kind = resource.get("type", "").lower()
        path = resource.get("href") or next((f.get("href", "") for f in children(resource, "file")), "")
        if len(found.items) >= MAX_ITEMS:
            found.refused.append(Refusal(path, "", N_("only %(number)s questions at a time", number=MAX_ITEMS)))
            break
        if "qti_item" in kind:
            _take_path(found, files, path, language, box=box, said=_beside(resource))
        elif "qti_xmlv1p2" in kind:
            _take_cartridge(found, files, path, language, box)
        elif "qti_test" in kind or "qti_section" in kind:
            why = N_("a test: its questions are taken, its order and weights are not")
            found.refused.append(Refusal(path, resource.get("identifier", ""), why))
        elif "qti" in kind and "associatedcontent" not in kind:
            why = N_("a resource of the kind “%(kind)s” cannot be taken", kind=kind)
            found.refused.append(Refusal(path, resource.get("identifier", ""), why))
    if not found.items and not found.refused:
        found.refused.append(Refusal(MANIFEST, "", N_("the manifest lists no QTI items")))
    found.media = box.used([item.raw for item in found.items])
    return found


def _take_path(
    found: Imported, files: dict[str, bytes], path: str, language: Language, *, box: MediaBox, said: Beside
) -> None:
    try:
        inside = beside("", unquote(path))
        if inside not in files:
            raise CannotTake(N_("the manifest lists it, but it is not in the archive"))
        root = parse_xml(files[inside])
    except CannotTake as error:
        found.refused.append(Refusal(path, "", error.why))
        return
    _take(found, root, inside, language, box=box, said=said)


def _take_cartridge(
    found: Imported, files: dict[str, bytes], path: str, language: Language, box: MediaBox
) -> None:
    """An assessment or a question bank of a Common Cartridge."""
    try:
        inside = beside("", unquote(path))
        if inside not in files:
            raise CannotTake(N_("the manifest lists it, but it is not in the archive"))
        read = qti12.read_file(parse_xml(files[inside]), inside, language, box)
    except CannotTake as error:
        found.refused.append(Refusal(path, "", error.why))
        return
    found.items += read.items
    found.refused += read.refused


def _take(
    found: Imported, root: etree._Element, path: str, language: Language, *, box: MediaBox, said: Beside
) -> None:
    title = root.get("title", "") or root.get("identifier", "")
    try:
        if name_of(root) not in ITEM_ROOTS:
            raise CannotTake(N_("it is no QTI item: it begins with <%(tag)s>", tag=name_of(root)))
        found.items.append(read_item(root, reader_of, language, box=box, path=path, beside=said))
    except CannotTake as error:
        found.refused.append(Refusal(path, title, error.why))


def _beside(resource: etree._Element) -> Beside:
    """What a resource's metadata says: keywords (LOM), and what our own export had put beside the item."""
    metadata = child(resource, "metadata")
    if metadata is None:
        return Beside()
    keywords = [
        (path_text(keyword, "string") or path_text(keyword, "langstring") or text_of(keyword)).strip()
        for keyword in descendants(metadata, "keyword")
    ]
    return Beside(tuple(keywords), text_of(metadata.find(f"{{{NAMESPACE}}}{ELEMENT}")))
