"""QTI files and packages: a ZIP file with a manifest that lists items and what they need."""

from typing import Final
from urllib.parse import unquote

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange import qti12
from app.quizzes.interchange.archive import beside
from app.quizzes.interchange.carried import ELEMENT, NAMESPACE
from app.quizzes.interchange.media import MediaBox
from app.quizzes.interchange.model import MAX_ITEMS, CannotTake, Imported, Item, Language, Refusal
from app.quizzes.interchange.qti import case
from app.quizzes.interchange.qti.item import read_item
from app.quizzes.interchange.qti.reading import Beside
from app.quizzes.interchange.qti.types import reader_of
from app.quizzes.interchange.safe_xml import child, children, descendants, name_of, parse_xml, path_text, text_of

ITEM_ROOTS: Final = frozenset({"assessmentItem", "qti-assessment-item"})
#: What a package holds beside its items.
PART_ROOTS: Final = frozenset(
    (
        *("manifest", "assessmentTest", "assessmentSection", "assessmentStimulus"),
        *("qti-assessment-test", "qti-assessment-section", "qti-assessment-stimulus"),
    )
)
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
    package = _Package(files, language)
    for resource in descendants(manifest, "resource"):
        path = resource.get("href") or next((f.get("href", "") for f in children(resource, "file")), "")
        if package.found.is_full:
            package.refuse(path, "", N_("only %(number)s questions at a time", number=MAX_ITEMS))
            break
        package.take(resource, path)
    package.finish()
    found = package.found
    if not found.items and not found.refused:
        found.refused.append(Refusal(MANIFEST, "", N_("the manifest lists no QTI items")))
    found.media = package.box.used([item.raw for item in found.items])
    return found


class _Package:
    """A package while it is read: items that share a stimulus wait for each other."""

    def __init__(self, files: dict[str, bytes], language: Language) -> None:
        self.files = files
        self.language = language
        self.found = Imported()
        self.box = MediaBox(files)
        #: Of each stimulus what its metadata says, and the items that share it.
        self.stimuli: dict[str, Beside] = {}
        self.shared: dict[str, list[tuple[etree._Element, str, Beside]]] = {}
        self.tests: list[tuple[str, str]] = []

    def refuse(self, path: str, what: str, why: Message) -> None:
        self.found.refused.append(Refusal(path, what, why))

    def take(self, resource: etree._Element, path: str) -> None:
        """One entry of the manifest."""
        kind, name = resource.get("type", "").lower(), resource.get("identifier", "")
        try:
            if "qti_item" in kind:
                self._item(path, _beside(resource))
            elif "qti_stimulus" in kind:
                self.stimuli[self._inside(path)] = _beside(resource)
            elif "qti_xmlv1p2" in kind:
                _take_cartridge(self.found, self.files, path, self.language, self.box)
            elif "qti_test" in kind or "qti_section" in kind:
                self.tests.append((path, name))
            elif "qti" in kind and "associatedcontent" not in kind:
                raise CannotTake(N_("a resource of the kind “%(kind)s” cannot be taken", kind=kind))
        except CannotTake as error:
            self.refuse(path, name if "qti_item" not in kind else "", error.why)

    def _inside(self, path: str) -> str:
        """The path of a file that the manifest lists. Raises CannotTake when it is not there."""
        inside = beside("", unquote(path))
        if inside not in self.files:
            raise CannotTake(N_("the manifest lists it, but it is not in the archive"))
        return inside

    def _item(self, path: str, said: Beside) -> None:
        inside = self._inside(path)
        root = parse_xml(self.files[inside])
        stimulus = case.stimulus_of(root)
        if stimulus and (shared := beside(inside, unquote(stimulus))) in self.files:
            self.shared.setdefault(shared, []).append((root, inside, said))
        else:
            _take(self.found, root, inside, self.language, box=self.box, said=said)

    def finish(self) -> None:
        """The cases, now that all their parts are known; then the tests that are more than one of them."""
        for path, parts in self.shared.items():
            where = path
            try:
                items = []
                for root, where, said in parts:
                    items.append(_read(root, where, self.language, box=self.box, said=said))
                where, said = path, self.stimuli.get(path, Beside())
                whole = parse_xml(self.files[path])
                self.found.items.append(case.read(whole, path, items, self.language, box=self.box, beside=said))
            except CannotTake as error:
                self.refuse(where, path, error.why)
        for path, name in self.tests:
            if not self._is_case(path):
                self.refuse(path, name, N_("a test: its questions are taken, its order and weights are not"))

    def _is_case(self, path: str) -> bool:
        """Does a test ask only the parts of one case, or is it what they share?"""
        try:
            inside = self._inside(path)
            if inside in self.shared:  # the manifest only calls it a test
                return True
            asked = {beside(inside, unquote(href)) for href in case.items_of(parse_xml(self.files[inside]))}
        except CannotTake:
            return False
        return any(asked == {where for _root, where, _said in parts} for parts in self.shared.values())


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
        if case.stimulus_of(root):
            raise CannotTake(N_("it depends on a separate exhibit"))
        found.items.append(_read(root, path, language, box=box, said=said))
    except CannotTake as error:
        found.refused.append(Refusal(path, title, error.why))


def _read(root: etree._Element, path: str, language: Language, *, box: MediaBox, said: Beside) -> Item:
    """One item of QTI 2 or 3. Raises CannotTake."""
    if name_of(root) not in ITEM_ROOTS:
        raise CannotTake(N_("it is no QTI item: it begins with <%(tag)s>", tag=name_of(root)))
    return read_item(root, reader_of, language, box=box, path=path, beside=said)


def _beside(resource: etree._Element) -> Beside:
    """What a resource's metadata says: keywords (LOM), and what our own export had put beside the item."""
    metadata = child(resource, "metadata")
    if metadata is None:
        return Beside()
    keywords = [
        (path_text(keyword, "string") or path_text(keyword, "langstring") or text_of(keyword)).strip()
        for keyword in descendants(metadata, "keyword")
    ]
    return Beside(tuple(keywords), text_of(metadata.find(f".//{{{NAMESPACE}}}{ELEMENT}")))
