"""IMS Common Cartridge 1.1 to 1.3: pages, links, questions and pictures; everything else is named. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from lxml import etree

from app.core.messages import N_, Message
from app.core.text import Bilingual
from app.courses.packages.building import PICTURE_IN_QUESTION, Building, Module, Section
from app.courses.packages.plans import Plan, Taken, Wish, in_both, link_to, slug
from app.courses.packages.web_pages import Page, convert
from app.quizzes.interchange import qti12
from app.quizzes.interchange.archive import beside
from app.quizzes.interchange.model import CannotTake
from app.quizzes.interchange.safe_xml import child, children, descendants, name_of, parse_xml, path_text

MANIFEST: Final = "imsmanifest.xml"
NOT_THERE: Final = N_("the manifest lists it, but it is not in the archive")
_QUESTIONS: Final = "imsqti"
NOT_SHOWN: Final = N_("no page of the package shows this file")
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")
_PAGES: Final = (".html", ".htm", ".xhtml")
_WHY: Final = (
    ("imsdt", N_("a discussion: there are none in lessons here")),
    ("imsbasiclti", N_("a tool of another website cannot be taken")),
    ("assignment", N_("an assignment: make it anew as a question that people mark")),
)


@dataclass(frozen=True, slots=True)
class Resource:
    """What the manifest says of a part of the package."""

    name: str
    kind: str
    path: str


@dataclass(slots=True)
class Part:
    """A module of the course to be."""

    title: str
    #: Title and resource of what it holds, in order.
    leaves: list[tuple[str, str]] = field(default_factory=list)


def read_cartridge(files: dict[str, bytes], wish: Wish) -> Plan:
    """The course that the package would become. Raises CannotTake where it is none of these cartridges."""
    manifest = parse_xml(files[MANIFEST])
    _check_version(manifest)
    return _Reader(files, manifest, wish).read()


def _check_version(manifest: etree._Element) -> None:
    metadata = child(manifest, "metadata")
    schema = path_text(metadata, "schema") if metadata is not None else ""
    version = path_text(metadata, "schemaversion") if metadata is not None else ""
    if name_of(manifest) != "manifest" or "common cartridge" not in schema.lower():
        raise CannotTake(N_("it is no Common Cartridge: its manifest says “%(name)s”", name=schema or "—"))
    if not version.startswith(("1.1", "1.2", "1.3")):
        raise CannotTake(
            N_("Common Cartridge %(version)s cannot be read, only 1.1 to 1.3", version=version or "—")
        )


class _Reader:
    """Reads one cartridge into a plan."""

    def __init__(self, files: dict[str, bytes], manifest: etree._Element, wish: Wish) -> None:
        self.language = wish.language
        self.manifest = manifest
        self.resources = {found.name: found for found in map(_resource, descendants(manifest, "resource"))}
        self.used: set[str] = set()
        self.building = Building("cartridge", files, wish, _title(manifest) or "Common Cartridge")
        self.building.seen.add(MANIFEST)

    def read(self) -> Plan:
        for part in self._parts():
            self._module(part)
        self._banks()
        plan = self.building.finish()
        self._name_the_rest()
        return plan

    # --- the outline ---------------------------------------------------------------------------------------

    def _parts(self) -> list[Part]:
        """Folders of the outline as modules; pages beside them, or without any outline, in one of their own."""
        organization = next(iter(descendants(self.manifest, "organization")), None)
        items = children(organization, "item") if organization is not None else []
        if len(items) == 1 and not items[0].get("identifierref"):
            items = children(items[0], "item") or items
        title = _title(self.manifest) or "Pages"
        parts: list[Part] = []
        loose: Part | None = None
        for item in items:
            if children(item, "item"):
                parts.append(Part(path_text(item, "title") or title, list(_leaves(item))))
                loose = None
                continue
            if loose is None:
                loose = Part(title)
                parts.append(loose)
            loose.leaves += _leaves(item)
        if not any(part.leaves for part in parts):
            pages = [("", one.name) for one in self.resources.values() if one.path.lower().endswith(_PAGES)]
            return [Part(title, pages)] if pages else []
        return parts

    # --- a module ------------------------------------------------------------------------------------------

    def _module(self, part: Part) -> None:
        module = self.building.module(part.title)
        links: list[str] = []
        for title, name in part.leaves:
            resource = self.resources.get(name)
            if resource is None:
                self.building.leave(name, title, NOT_THERE)
                continue
            self.used.add(name)
            try:
                if _QUESTIONS in resource.kind:
                    self._questions(module, resource, title)
                elif resource.kind.startswith("imswl"):
                    links.append(self._link(resource, title))
                elif resource.path.lower().endswith(_PAGES):
                    page = self._page(resource, title)
                    sections = [Section(heading, [text] if text else []) for heading, text in page.sections]
                    self.building.lesson(module, in_both(page.title, self.language), sections)
                elif resource.path.lower().endswith(".pdf"):
                    path = beside("", unquote(resource.path))
                    block = self.building.attachment(path, title)
                    heading = title or PurePosixPath(path).stem
                    self.building.lesson(module, in_both(heading, self.language), [Section(heading, [block])])
                else:
                    self.building.leave(resource.path or name, title, _why(resource))
            except CannotTake as error:
                self.building.leave(resource.path or name, title, error.why)
        if links:
            heading = "链接" if self.language == "zh" else "Links"
            self.building.lesson(module, Bilingual(zh="链接", en="Links"), [Section(heading, ["\n".join(links)])])

    def _banks(self) -> None:
        """Question banks stand in no outline: their questions go into the last module."""
        for resource in self.resources.values():
            if _QUESTIONS in resource.kind and resource.name not in self.used:
                self.used.add(resource.name)
                modules = self.building.modules or [self.building.module(self.building.plan.title[self.language])]
                try:
                    self._questions(modules[-1], resource, "")
                except CannotTake as error:
                    self.building.leave(resource.path or resource.name, "", error.why)

    def _questions(self, module: Module, resource: Resource, title: str) -> None:
        """The questions of an assessment or a bank, for the bank, with its name as their tag."""
        root = parse_xml(self._data(resource.path))
        found = qti12.read(root, unquote(resource.path), _no_picture, self.language)
        tag = slug(qti12.title_of_file(root) or title, (), PurePosixPath(resource.path).stem)
        self.building.questions(module, found, use="bank", tags=[slug(tag, (), "bank")])

    # --- its parts -----------------------------------------------------------------------------------------

    def _data(self, path: str) -> bytes:
        return self.building.data(beside("", unquote(path)))

    def _page(self, resource: Resource, title: str) -> Page:
        def take(address: str) -> str:
            return self._picture(unquote(resource.path), address)

        def attach(address: str, words: str) -> str:
            path = qti12.path_in_cartridge(unquote(resource.path), address)
            return self.building.attachment(path, words)

        page = convert(self._data(resource.path), title, take, attach)
        page.title = page.title or PurePosixPath(resource.path).stem
        page.sections = [(heading or page.title, text) for heading, text in page.sections]
        for why in page.left:
            self.building.leave(resource.path, page.title, why)
        return page

    def _link(self, resource: Resource, title: str) -> str:
        root = parse_xml(self._data(resource.path))
        url = child(root, "url")
        address = url.get("href", "").strip() if url is not None else ""
        name = title or path_text(root, "title") or address
        link = link_to(name, address)
        self.building.plan.taken.append(Taken("link", name))
        return f"- {link}"

    def _picture(self, page: str, address: str) -> str:
        """Keep a picture that a page shows; its address in a lesson. Raises CannotTake."""
        return self.building.figure(qti12.path_in_cartridge(page, address))

    def _name_the_rest(self) -> None:
        """Every resource and file that no module took."""
        for resource in self.resources.values():
            path = unquote(resource.path)
            if resource.name not in self.used and path not in self.building.seen:
                self.building.leave(path or resource.name, "", _why(resource))
        self.building.name_the_rest(NOT_SHOWN)


def _no_picture(_address: str) -> str:
    raise CannotTake(PICTURE_IN_QUESTION)


def _resource(element: etree._Element) -> Resource:
    first = next((one.get("href", "") for one in children(element, "file")), "")
    return Resource(element.get("identifier", ""), element.get("type", "").lower(), element.get("href") or first)


def _leaves(item: etree._Element) -> Iterator[tuple[str, str]]:
    """What an item and those below it refer to, in order."""
    for one in descendants(item, "item"):
        if one.get("identifierref"):
            yield path_text(one, "title"), one.get("identifierref", "")


def _title(manifest: etree._Element) -> str:
    """The title in the package's metadata (LOM)."""
    metadata = child(manifest, "metadata")
    title = next(iter(descendants(metadata, "title")), None) if metadata is not None else None
    return " ".join("".join(map(str, title.itertext())).split()) if title is not None else ""


def _why(resource: Resource) -> Message:
    """Why a resource of this kind stays behind."""
    if resource.path.lower().endswith(_PAGES):
        return N_("the page stands in no module of the package")
    if resource.path.lower().endswith(_PICTURES):
        return NOT_SHOWN
    return next(
        (why for part, why in _WHY if part in resource.kind),
        N_("files beside pages and pictures are not taken"),
    )
