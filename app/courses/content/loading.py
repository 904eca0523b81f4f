"""From the folder ``content/`` to one typed value; every fault on the way is reported, none hides another."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.core import markdown
from app.core.messages import N_
from app.courses.content.checks import check_everything, check_programmes, taught_in
from app.courses.content.faults import ContentFaults, Fault, Report, YamlDocument, read_yaml
from app.courses.content.files import FilePath, in_order
from app.courses.content.hints import nearest
from app.courses.content.lesson_checks import HEADING_TOKENS
from app.courses.content.media_files import load_media
from app.courses.content.parsing import plain_newlines
from app.courses.content.questions import QuestionsFile
from app.courses.content.schema import (
    CourseFile,
    GlossaryFile,
    InstrumentFile,
    ModuleFile,
    OrganisationsFile,
    ProgrammeFile,
)
from app.courses.content.tree import LANGUAGES, Content, CourseTree, LessonText, ModuleTree

#: Folders of a course that are none of its modules.
NO_MODULES = frozenset({"figures", "media"})
_LESSON_FILE = re.compile(r"^\d\d-(?P<id>[a-z0-9-]+)\.(?P<language>zh|en)\.md$")

#: Checks of the packages above, for files that only they can read.
_FURTHER: list[Callable[[Path, Report], object]] = []


def also_check(check: Callable[[Path, Report], object]) -> None:
    """Let a package above report the faults of its own files in the content folder."""
    if check not in _FURTHER:
        _FURTHER.append(check)


def tree_digest(root: Path) -> str:
    """The SHA-256 of all files' names and bytes: equal means that nothing was touched."""
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            whole.update(f"{path.relative_to(root).as_posix()}\0".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def load_content(root: Path, kept: Mapping[str, FilePath] | None = None) -> Content:
    """Load and check everything, as ``inspect`` does. Raises ContentFaults listing every fault."""
    content, faults = inspect(root, kept)
    if faults:
        raise ContentFaults(faults)
    return content


def inspect(root: Path, kept: Mapping[str, FilePath] | None = None) -> tuple[Content, list[Fault]]:
    """Load as much as can be loaded, with every fault found, in the order of files and lines.

    ``kept``: folders of courses, by key, that count instead of what the disk holds of them.
    """
    root = root.resolve()
    report = Report(root)
    content = Content(root, tree_digest(root) if root.is_dir() else "")
    if not root.is_dir():
        report.add(root, 1, 1, N_("there is no such folder"), N_("name the folder that holds organisations.yaml"))
        return content, report.faults
    _load_shared(content, report)
    courses: dict[str, Any] = {folder.name: folder for folder in _folders(root / "courses")} | dict(kept or {})
    for _key, folder in sorted(courses.items()):
        _load_course(content, folder, report)
    check_everything(content, report)
    for check in _FURTHER:
        check(root, report)
    return content, sorted(set(report.faults))


def inspect_course(folder: FilePath, surroundings: Content) -> tuple[CourseTree | None, list[Fault]]:
    """One course alone, by the same rules and words; what it refers to is in ``surroundings``."""
    report = Report()
    content = replace(surroundings, courses={}, documents={}, programmes={})
    _load_course(content, folder, report)
    check_everything(content, report)
    return content.courses.get(folder.name), sorted(set(report.faults))


def _folders(parent: FilePath) -> list[Any]:
    return in_order(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []


def _read(path: FilePath, model: type[BaseModel], report: Report) -> tuple[Any, YamlDocument | None]:
    if not path.is_file():
        report.add(path, 1, 1, N_("the file is missing"), N_("add it as docs/content-format.md describes"))
        return None, None
    document = read_yaml(path, report)
    return (document.validated(model), document) if document else (None, None)


def _named_as_file(value: Any, document: YamlDocument, name: str) -> None:
    if value.id != name:
        document.fault(
            ("id",),
            N_("`id` is %(id)s but the name is %(name)s", id=value.id, name=name),
            N_("write `id: %(name)s`, or rename", name=name),
        )


def _load_shared(content: Content, report: Report) -> None:
    root = content.root
    organisations, document = _read(root / "organisations.yaml", OrganisationsFile, report)
    if organisations:
        content.organisations = organisations.organisations
    if document:
        content.documents["organisations", ""] = document
    glossary, document = _read(root / "glossary.yaml", GlossaryFile, report)
    if glossary:
        content.terms = glossary.terms
    if document:
        content.documents["glossary", ""] = document
    for path in sorted((root / "library").glob("*/*.yaml")):
        instrument, document = _read(path, InstrumentFile, report)
        if document:
            content.documents["instrument", path.stem] = document
        if instrument and document:
            _named_as_file(instrument, document, path.stem)
            _place_instrument(content, instrument, document)
    _load_programmes(content, root, report)


def _load_programmes(content: Content, root: FilePath, report: Report) -> None:
    for path in in_order((root / "programmes").glob("*.yaml")):
        programme, document = _read(path, ProgrammeFile, report)
        if programme and document:
            _named_as_file(programme, document, path.stem)
            content.programmes[programme.id] = programme
            content.documents["programme", programme.id] = document


def load_programmes(root: FilePath, content: Content, course_key: str) -> None:
    """Add to the content those programmes of a folder that a course belongs to."""
    _load_programmes(content, root, Report())
    for key, programme in list(content.programmes.items()):
        if course_key not in taught_in(programme):
            del content.programmes[key]


def inspect_programmes(content: Content) -> list[Fault]:
    """What is wrong between the content's programmes and its courses."""
    found = [content.documents["programme", key] for key in content.programmes]
    report = Report()
    for document in found:
        document.report = report
    check_programmes(content)
    return sorted(set(report.faults))


def _place_instrument(content: Content, instrument: InstrumentFile, document: YamlDocument) -> None:
    folder = document.path.parent.name
    if folder != instrument.jurisdiction.lower():
        document.fault(
            ("jurisdiction",),
            N_(
                "`jurisdiction` is %(jurisdiction)s but the file lies in library/%(folder)s",
                jurisdiction=instrument.jurisdiction,
                folder=folder,
            ),
            N_(
                "move the file to library/%(folder)s, or correct the jurisdiction",
                folder=instrument.jurisdiction.lower(),
            ),
        )
    if instrument.id in content.instruments:
        document.fault(
            ("id",), N_("`%(key)s` is used twice", key=instrument.id), N_("give every instrument an id of its own")
        )
    content.instruments[instrument.id] = instrument


def _load_course(content: Content, folder: FilePath, report: Report) -> None:
    course, document = _read(folder / "course.yaml", CourseFile, report)
    if not course or not document:
        return
    _named_as_file(course, document, folder.name)
    tree = CourseTree(course, document, folder)
    tree.figures = {path.name: path for path in in_order((folder / "figures").glob("*")) if path.is_file()}
    tree.media = load_media(folder / "media")
    content.courses[course.id] = tree
    for index, key in enumerate(course.modules):
        if not (folder / key).is_dir():
            others = [path.name for path in _folders(folder) if path.name not in NO_MODULES]
            document.fault(
                ("modules", index),
                N_("there is no module `%(key)s`%(meant)s", key=key, meant=nearest(key, others)),
                N_("add the folder %(key)s, or remove the entry", key=key),
            )
        elif module := _load_module(folder / key, report):
            tree.modules.append(module)
    for path in _folders(folder):
        if path.name not in NO_MODULES and path.name not in course.modules:
            document.fault(
                ("modules",),
                N_("the folder %(name)s is not among the modules", name=path.name),
                N_("add %(name)s to `modules`, or remove the folder", name=path.name),
                key=True,
            )


def _load_module(folder: FilePath, report: Report) -> ModuleTree | None:
    module, document = _read(folder / "module.yaml", ModuleFile, report)
    if not module or not document:
        return None
    _named_as_file(module, document, folder.name)
    tree = ModuleTree(module, document)
    _load_lessons(tree, folder, report)
    questions, questions_document = _read(folder / "questions.yaml", QuestionsFile, report)
    tree.questions = questions.questions if questions else []
    tree.questions_document = questions_document
    return tree


#: Few, since a parsed lesson has some thousand tokens: those that are being written just now.
@lru_cache(maxsize=32)
def parse_lesson(source: str) -> markdown.Document:
    """``markdown.parse``, to be read only."""
    return markdown.parse(source)


@lru_cache(maxsize=512)
def outline_lesson(source: str) -> markdown.Document:
    """The same without what only rendering needs: a large folder has a million tokens."""
    document = parse_lesson(source)
    return replace(
        document,
        opening=replace(document.opening, tokens=document.opening.tokens[:1]),
        sections=[
            replace(section, tokens=[token for token in section.tokens if token.type not in HEADING_TOKENS][:1])
            for section in document.sections
        ],
        footnotes=[],
        env={},
    )


def _load_lessons(tree: ModuleTree, folder: FilePath, report: Report) -> None:
    expected = {
        f"{number:02}-{entry.id}.{language}.md": (entry.id, language, number - 1)
        for number, entry in enumerate(tree.file.lessons, 1)
        for language in LANGUAGES
    }
    for name, (lesson, language, index) in expected.items():
        path = folder / name
        if not path.is_file():
            tree.document.fault(
                ("lessons", index, "id"),
                N_("the file %(name)s is missing", name=name),
                N_("write it, or remove the lesson"),
            )
            continue
        source = plain_newlines(path.read_bytes().decode(errors="replace"))
        tree.texts.setdefault(lesson, {})[language] = LessonText(path, source, outline_lesson(source))
    for path in in_order(folder.glob("*.md")):
        if path.name in expected:
            continue
        match = _LESSON_FILE.match(path.name)
        known = match and any(entry.id == match["id"] for entry in tree.file.lessons)
        mend = (
            N_("number it as its place in `lessons`")
            if known
            else N_("add the lesson to module.yaml, or remove the file")
        )
        report.add(path, 1, 1, N_("the file is not among the module's lessons"), mend)
