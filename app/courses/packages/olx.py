"""Open edX courses (OLX): chapters become modules, sequentials lessons, verticals their sections. Pure.

Both layouts are read: a file for each part, named by its ``url_name``, and everything in one ``course.xml``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from lxml import etree

from app.core.messages import N_, Message
from app.courses.packages.building import Building, Module, Section
from app.courses.packages.olx_problems import read_problem
from app.courses.packages.olx_videos import read_video
from app.courses.packages.plans import Plan, Taken, Wish, in_both
from app.courses.packages.web_pages import fragment
from app.quizzes.interchange.archive import beside
from app.quizzes.interchange.model import CannotTake, Imported
from app.quizzes.interchange.safe_xml import name_of, parse_xml

COURSE: Final = "course.xml"
_MAX_NESTING: Final = 8
#: What holds other components in line, and what draws questions from a bank.
_WRAPPERS: Final = frozenset({"vertical", "wrapper", "videosequence", "problemset", "randomize"})
_BANKS: Final = frozenset({"library_content", "itembank", "problembank"})
#: ``/static/a.png``, ``asset-v1:Org+Course+Run+type@asset+block@a.png``, ``/c4x/Org/Course/asset/a.png``.
_STATIC: Final = re.compile(r"(?:/static/|/?asset-v1:[^@]+@asset\+block@|/c4x/[^/]+/[^/]+/asset/)(.+)")
_WHY: Final = {
    "discussion": N_("a discussion: there are none in lessons here"),
    "lti": N_("a tool of another website cannot be taken"),
    "lti_consumer": N_("a tool of another website cannot be taken"),
    "openassessment": N_("an assignment: make it anew as a question that people mark"),
}
#: Why files stay behind that no part of the course names, by their folder.
_FOLDERS: Final = {
    "policies": N_("policies (grading, dates, settings) are made anew here and were ignored"),
    "about": N_("a page about the course, not of the course"),
    "info": N_("a page about the course, not of the course"),
    "assets": N_("policies (grading, dates, settings) are made anew here and were ignored"),
    "drafts": N_("an unpublished draft"),
}


def root_in(files: dict[str, bytes]) -> str | None:
    """The folder that holds ``course.xml``, with a slash at its end; None where there is no such course."""
    found = [path for path in files if PurePosixPath(path).name == COURSE and path.count("/") <= 1]
    return found[0].removesuffix(COURSE) if len(found) == 1 else None


def read_olx(files: dict[str, bytes], root: str, wish: Wish) -> Plan:
    """The course that the package would become. Raises CannotTake where its outline cannot be read."""
    return _Reader(files, root, wish).read()


@dataclass(slots=True)
class Unit:
    """A vertical while it is read: where its questions go, and its section."""

    module: Module
    section: Section
    use: str


class _Reader:
    """Reads one course into a plan."""

    def __init__(self, files: dict[str, bytes], root: str, wish: Wish) -> None:
        self.files = files
        self.root = root
        self.language = wish.language
        self.opened: set[str] = set()
        self.statics = {_plain(path): path for path in files if path.startswith(f"{root}static/")}
        outline = parse_xml(files[f"{root}{COURSE}"])
        if name_of(outline) != "course":
            raise CannotTake(
                N_("its course.xml is no Open edX course: it begins with <%(tag)s>", tag=name_of(outline))
            )
        name = f"{outline.get('org', '')} {outline.get('course', '')}".strip()
        self.course = self._followed(outline, files)
        title = self.course.get("display_name") or name or "Open edX"
        self.building = Building("olx", files, wish, title)
        self.building.seen |= {f"{root}{COURSE}", *self.opened}
        self.readers: dict[str, Callable[[etree._Element, str, Unit], None]] = {
            "html": self._html,
            "video": self._video,
            "problem": self._problem,
        }

    def read(self) -> Plan:
        for chapter, where in self._children(self.course, "chapter", self.root + COURSE):
            module = self.building.module(chapter.get("display_name") or chapter.get("url_name") or "Chapter")
            for sequential, place in self._children(chapter, "sequential", where):
                self._lesson(module, sequential, place)
        plan = self.building.finish()
        for path in sorted(self.files.keys() - self.building.seen):
            folder = path.removeprefix(self.root).partition("/")[0]
            self.building.leave(path, "", _FOLDERS.get(folder, N_("no page of the package shows this file")))
        return plan

    # --- the outline ---------------------------------------------------------------------------------------

    def _followed(self, node: etree._Element, files: dict[str, bytes]) -> etree._Element:
        """The element itself, or the root of the file that it points to. Raises CannotTake."""
        name, tag = node.get("url_name", ""), name_of(node)
        if len(node) or (node.text or "").strip() or not name:
            return node
        path = self.path_of(tag, name)
        if path not in files:
            if set(node.keys()) <= {"url_name", "org", "course", "slug"} and tag != "html":
                raise CannotTake(N_("the package lists it, but does not hold it"))
            return node
        if path in self.opened:
            raise CannotTake(N_("it stands in the course more than once; it was taken at the first place"))
        self.opened.add(path)
        found = parse_xml(files[path])
        if "url_name" not in found.attrib:
            found.set("url_name", name)
        return found

    def path_of(self, folder: str, name: str, ending: str = "xml") -> str:
        """Where a part of the course lies in the archive."""
        return beside("", f"{self.root}{folder}/{name.replace(':', '/')}.{ending}")

    def _children(self, parent: etree._Element, wanted: str, where: str) -> Iterator[tuple[etree._Element, str]]:
        """The parts of a kind with where they stand; everything else is named."""
        for node in parent:
            if name_of(node) == wanted:
                if (found := self._opened(node, where)) is not None:
                    yield found
            elif name_of(node) not in {"", "wiki"}:
                self.building.leave(self._place(node, where), _title(node), _why(name_of(node)))

    def _opened(self, node: etree._Element, where: str) -> tuple[etree._Element, str] | None:
        place = self._place(node, where)
        try:
            found = self._followed(node, self.files)
        except CannotTake as error:
            self.building.leave(place, _title(node), error.why)
            return None
        self.building.seen.add(place)
        if found.get("visible_to_staff_only") == "true":
            self.building.leave(place, _title(found), N_("only its staff see it there"))
            return None
        return found, place

    def _place(self, node: etree._Element, where: str) -> str:
        """The file of a part, or of what holds it."""
        path = self.path_of(name_of(node), node.get("url_name", ""))
        return path if path in self.files else where

    # --- a lesson ------------------------------------------------------------------------------------------

    def _lesson(self, module: Module, sequential: etree._Element, where: str) -> None:
        """A sequential with its verticals; questions of graded ones go into the bank, others into the lesson."""
        use = "bank" if sequential.get("graded") == "true" else "check"
        title = _title(sequential) or f"{module.title} {len(module.lessons) + 1}"
        sections: list[Section] = []
        for node in sequential:
            tag = name_of(node)
            if not tag or (found := self._opened(node, where)) is None:
                continue
            heading = _title(found[0]) if tag == "vertical" else ""
            unit = Unit(module, Section(heading or title), use)
            self._component(*found, unit, 0)
            if unit.section.blocks:
                sections.append(unit.section)
        if sections:
            self.building.lesson(module, in_both(title, self.language), sections)

    def _component(self, node: etree._Element, where: str, unit: Unit, depth: int) -> None:
        tag = name_of(node)
        if tag in _WRAPPERS | _BANKS and depth < _MAX_NESTING:
            inner = Unit(unit.module, unit.section, "bank") if tag in _BANKS else unit
            for child in node:
                if name_of(child) and (found := self._opened(child, where)) is not None:
                    self._component(*found, inner, depth + 1)
            return
        try:
            read = self.readers.get(tag)
            if read is None:
                raise CannotTake(_why(tag))
            read(node, where, unit)
        except CannotTake as error:
            self.building.leave(where, _title(node), error.why)

    # --- its components ------------------------------------------------------------------------------------

    def _html(self, node: etree._Element, where: str, unit: Unit) -> None:
        name = node.get("filename") or node.get("url_name") or ""
        path = self.path_of("html", name, "html")
        if len(node) or (node.text or "").strip():
            data = b"".join((_escaped(node.text), *(etree.tostring(child, encoding="utf-8") for child in node)))
        elif path in self.files:
            data, where = self.building.data(path), path
        else:
            raise CannotTake(N_("the package lists it, but does not hold it"))
        left: list[Message] = []
        text = fragment(data, self.picture, self.file, left)
        for why in left:
            self.building.leave(where, _title(node), why)
        if text:
            unit.section.blocks.append(text)
        elif not left:
            raise CannotTake(N_("the page has no text"))

    def _video(self, node: etree._Element, where: str, unit: Unit) -> None:
        video = read_video(node, lambda name: self.building.data(self.static(f"/static/{name}")), self.language)
        for why in video.left:
            self.building.leave(where, _title(node), why)
        if video.text:
            unit.section.blocks.append(video.text)
            self.building.plan.taken.append(Taken("link", _title(node) or video.address))

    def _problem(self, node: etree._Element, where: str, unit: Unit) -> None:
        for found in read_problem(node, where, self.picture if unit.use == "check" else None, self.language):
            imported = Imported(items=[found.item] if found.item else [], refused=found.refused)
            ids = self.building.questions(unit.module, imported, use=unit.use)
            if ids and unit.use == "check":
                unit.section.blocks += found.figures
                unit.section.place(ids[0])

    # --- files ---------------------------------------------------------------------------------------------

    def static(self, address: str) -> str:
        """The path of a static file by how pages refer to it. Raises CannotTake for one that is elsewhere."""
        found = _STATIC.fullmatch(unquote(address).split("?", maxsplit=1)[0])
        if found is None:
            raise CannotTake(N_("a picture is not in the package: %(name)s", name=address))
        path = beside("", f"{self.root}static/{found[1]}")
        return self.statics.get(_plain(path), path)

    def picture(self, address: str) -> str:
        """Keep a picture that a page shows; its address in a lesson. Raises CannotTake."""
        return self.building.figure(self.static(address))

    def file(self, address: str, words: str) -> str:
        """Keep a PDF to which a page leads; the block that places it. Raises CannotTake."""
        return self.building.attachment(self.static(address), words)


def _plain(path: str) -> str:
    """A path as pages write it: exports keep the characters that addresses do without."""
    return re.sub(r"[^\w.-]", "_", path)


def _title(node: etree._Element) -> str:
    return " ".join(node.get("display_name", "").split())


def _why(tag: str) -> Message:
    return _WHY.get(tag, N_("a component of the kind “%(kind)s” cannot be taken", kind=tag))


def _escaped(text: str | None) -> bytes:
    holder = etree.Element("div")
    holder.text = text
    return etree.tostring(holder, encoding="utf-8").removeprefix(b"<div>").removesuffix(b"</div>") if text else b""
