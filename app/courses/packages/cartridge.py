"""IMS Common Cartridge 1.1 to 1.3: web pages, web links and pictures; everything else is named. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from lxml import etree

from app.core.text import Bilingual
from app.courses.authoring.rules import MAX_FILES
from app.courses.editing import yaml_files
from app.courses.packages.plans import Plan, Taken, Wish, in_both, slug
from app.courses.packages.web_pages import Page, convert
from app.quizzes.interchange.archive import beside
from app.quizzes.interchange.media import suffix_of
from app.quizzes.interchange.model import LANGUAGES, N_, CannotTake, Message, Refusal
from app.quizzes.interchange.safe_xml import child, children, descendants, name_of, parse_xml, path_text

MANIFEST: Final = "imsmanifest.xml"
MAX_LESSONS: Final = 99
_PAGES: Final = (".html", ".htm", ".xhtml")
_BASE: Final = re.compile(r"^\$IMS[-_]CC[-_]FILEBASE\$/*")
_WHY: Final = (
    (
        "imsqti",
        N_(
            "questions in QTI 1.2 are not taken; export them as QTI 2.1 or Moodle XML and import them as questions"
        ),
    ),
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
        self.archive = files
        self.wish = wish
        self.manifest = manifest
        self.resources = {found.name: found for found in map(_resource, descendants(manifest, "resource"))}
        self.used: set[str] = set()
        #: Paths of pages, links and pictures that were taken.
        self.paths: set[str] = {MANIFEST}
        self.plan = Plan(kind="cartridge")

    def read(self) -> Plan:
        title = _title(self.manifest)
        self.plan.title = in_both(title or "Common Cartridge", self.wish.language)
        self.plan.key = self.wish.key or slug(title, (), "imported-course")
        modules: list[str] = []
        for part in self._parts():
            key = slug(part.title, (), "")
            name = f"m{len(modules) + 1}-{key}".rstrip("-")
            if self._write_module(name, part):
                modules.append(name)
        self._name_the_rest()
        if not modules:
            self.plan.files = {}
            return self.plan
        if len(self.plan.files) >= MAX_FILES:
            raise CannotTake(N_("the archive has more than %(number)s files", number=MAX_FILES))
        self._write("course.yaml", self._course(modules))
        return self.plan

    def _course(self, modules: list[str]) -> dict[str, Any]:
        names = dict(self.plan.title)
        owner = {"organisation": self.wish.organisation} if self.wish.organisation else {}
        return {
            "id": self.plan.key,
            "code": "NEW",
            "track": "L",
            "title": names,
            "summary": dict(names),
            **owner,
            "as_of": self.wish.today,
            "jurisdictions": ["INT"],
            "hours": len(modules),
            "modules": modules,
        }

    def _write(self, path: str, data: dict[str, Any]) -> None:
        self.plan.files[path] = yaml_files.dump(yaml_files.styled(data)).encode()

    def _leave(self, where: str, what: str, why: Message) -> None:
        self.plan.left.append(Refusal(where, what, why))

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

    def _write_module(self, key: str, part: Part) -> bool:
        """Write its files; False where nothing of it can be taken."""
        lessons: list[tuple[str, Bilingual, Page]] = []
        links: list[str] = []
        for title, name in part.leaves:
            resource = self.resources.get(name)
            if resource is None:
                self._leave(name, title, N_("the manifest lists it, but it is not in the archive"))
                continue
            self.used.add(name)
            try:
                if resource.kind.startswith("imswl"):
                    links.append(self._link(resource, title))
                elif resource.path.lower().endswith(_PAGES):
                    page = self._page(resource, title)
                    lesson = slug(page.title, [one[0] for one in lessons], f"lesson-{len(lessons) + 1}")
                    lessons.append((lesson, in_both(page.title, self.wish.language), page))
                else:
                    self._leave(resource.path or name, title, _why(resource))
            except CannotTake as error:
                self._leave(resource.path or name, title, error.why)
        if links:
            heading = "链接" if self.wish.language == "zh" else "Links"
            key_of_links = slug("links", [one[0] for one in lessons], "links")
            lessons.append(
                (key_of_links, Bilingual(zh="链接", en="Links"), Page(heading, [(heading, "\n".join(links))]))
            )
        for _lesson, names, _page in lessons[MAX_LESSONS:]:
            self._leave(
                key, names[self.wish.language], N_("a module has at most %(number)s lessons", number=MAX_LESSONS)
            )
        if lessons:
            self._write_lessons(key, in_both(part.title, self.wish.language), lessons[:MAX_LESSONS])
        return bool(lessons)

    def _write_lessons(self, key: str, title: Bilingual, lessons: list[tuple[str, Bilingual, Page]]) -> None:
        self.plan.taken.append(Taken("module", title[self.wish.language]))
        entries = []
        for number, (lesson, names, page) in enumerate(lessons, 1):
            entries.append({"id": lesson, "title": dict(names), "minutes": 15})
            self.plan.taken.append(Taken("lesson", names[self.wish.language]))
            for language in LANGUAGES:
                text = page.source(language, translated=language == self.wish.language)
                self.plan.files[f"{key}/{number:02}-{lesson}.{language}.md"] = text.encode()
        self.plan.files[f"{key}/questions.yaml"] = b"questions: []\n"
        module = {
            "id": key,
            "title": dict(title),
            "summary": dict(title),
            "as_of": self.wish.today,
            "jurisdictions": ["INT"],
            "hours": 1,
            "objectives": [],
            "law": [],
            "lessons": entries,
        }
        self._write(f"{key}/module.yaml", module)

    # --- its parts -----------------------------------------------------------------------------------------

    def _data(self, path: str) -> bytes:
        inside = beside("", unquote(path))
        if inside not in self.archive:
            raise CannotTake(N_("the manifest lists it, but it is not in the archive"))
        self.paths.add(inside)
        return self.archive[inside]

    def _page(self, resource: Resource, title: str) -> Page:
        def take(address: str) -> str:
            return self._picture(unquote(resource.path), address)

        page = convert(self._data(resource.path), title, take)
        page.title = page.title or PurePosixPath(resource.path).stem
        page.sections = [(heading or page.title, text) for heading, text in page.sections]
        for why in page.left:
            self._leave(resource.path, page.title, why)
        return page

    def _link(self, resource: Resource, title: str) -> str:
        root = parse_xml(self._data(resource.path))
        url = child(root, "url")
        address = url.get("href", "").strip() if url is not None else ""
        if not re.fullmatch(r"https?://[^\s<>()\[\]\\]+", address):
            raise CannotTake(N_("its address is none that a lesson may link to"))
        name = title or path_text(root, "title") or address
        self.plan.taken.append(Taken("link", name))
        words = re.sub(r"[\\`*_\[\]<>{}]", r"\\\g<0>", " ".join(name.split()))
        return f"- [{words}]({address})"

    def _picture(self, page: str, address: str) -> str:
        """Keep a picture under the course's figures; its address in a lesson. Raises CannotTake."""
        plain = unquote(address).split("?", maxsplit=1)[0]
        if re.match(r"[a-z][a-z0-9+.-]*:|//", plain, re.IGNORECASE):
            raise CannotTake(N_("a picture is not in the package: %(name)s", name=address))
        path = f"web_resources/{_BASE.sub('', plain)}" if _BASE.match(plain) else plain
        inside = beside("" if _BASE.match(plain) else page, path)
        if inside not in self.archive:
            raise CannotTake(N_("a picture is not in the package: %(name)s", name=address))
        data = self.archive[inside]
        suffix = suffix_of(data)
        if suffix not in {"png", "svg"}:
            raise CannotTake(N_("a figure has to be PNG or SVG: %(name)s", name=inside))
        self.paths.add(inside)
        name = f"{slug(PurePosixPath(inside).stem, (), 'figure')}-{sha256(data).hexdigest()[:8]}.{suffix}"
        if f"figures/{name}" not in self.plan.files:
            self.plan.files[f"figures/{name}"] = data
            self.plan.taken.append(Taken("figure", inside))
        return f"../figures/{name}"

    def _name_the_rest(self) -> None:
        """Every resource and file that no module took."""
        known = {where for refusal in self.plan.left for where in (refusal.where, unquote(refusal.where))}
        for resource in self.resources.values():
            path = unquote(resource.path)
            if resource.name not in self.used and path not in self.paths | known:
                self._leave(path or resource.name, "", _why(resource))
                known.add(path)
        for path in sorted(self.archive.keys() - self.paths - known):
            self._leave(path, "", N_("no page of the package shows this file"))


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
    return next(
        (why for part, why in _WHY if part in resource.kind),
        N_("files beside pages and pictures are not taken"),
    )
