"""A course in the making: what readers of other systems' packages put together, written as our files. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote

from app.core.messages import N_, Message
from app.core.text import Bilingual
from app.courses.authoring.rules import MAX_FILES, MAX_TEXT, is_course_key
from app.courses.content import pictures
from app.courses.content.figure_checks import findings
from app.courses.content.recordings import examine
from app.courses.editing import yaml_files
from app.courses.packages.plans import UNTRANSLATED, Plan, Taken, Wish, heading_of, in_both, slug
from app.quizzes.interchange.formats import gradable
from app.quizzes.interchange.model import LANGUAGES, CannotTake, Imported, Item, Language, Raw, Refusal, title_of

MAX_LESSONS: Final = 99
#: Of all pictures of a package together; encoding some four million anew takes a second.
MAX_PIXELS: Final = 150_000_000
PICTURE_IN_QUESTION: Final = N_("it has a picture at a place where questions of a course cannot show one")
#: In the order of docs/content-format.md; what a type has of its own follows.
_ORDER: Final = ("id", "type", "use", "difficulty", "tags", "as_of", "law", "prompt", "feedback", "marks")
_NUMBERS: Final = frozenset({"answer", "tolerance", "factor", "points"})


@dataclass(slots=True)
class Section:
    """A section of a lesson to be: Markdown and placed questions, in order."""

    heading: str
    blocks: list[str] = field(default_factory=list)
    #: The ids of the check questions that stand among the blocks.
    checks: list[str] = field(default_factory=list)

    def place(self, question: str) -> None:
        """Let a check question follow."""
        self.checks.append(question)
        self.blocks.append(f"::: question {question}\n:::")


@dataclass(slots=True)
class Lesson:
    """A lesson to be."""

    title: Bilingual
    sections: list[Section]
    key: str = ""

    def source(self, language: Language, *, translated: bool) -> str:
        """Its text. Without a translation the headings alone, which the content check then names; only a section
        that has nothing but questions is whole in both languages."""
        keys: list[str] = []
        parts = []
        for number, section in enumerate(self.sections, 1):
            keys.append(slug(section.heading, keys, f"section-{number}"))
            mark = "" if translated else UNTRANSLATED[language]
            said = translated or len(section.checks) == len(section.blocks)
            body = "\n\n".join(section.blocks) if said else ""
            parts.append(
                f"## {mark}{heading_of(section.heading)} {{#{keys[-1]}}}\n" + (f"\n{body}\n" if body else "")
            )
        return "\n".join(parts)


@dataclass(slots=True)
class Module:
    """A module to be."""

    key: str
    title: str
    lessons: list[Lesson] = field(default_factory=list)
    questions: list[Raw] = field(default_factory=list)


class Building:
    """Gathers a course from the files of a package, and notes what is taken and what stays behind."""

    def __init__(self, kind: str, archive: dict[str, bytes], wish: Wish, title: str) -> None:
        self.archive = archive
        self.wish = wish
        #: Paths that were taken or named already.
        self.seen: set[str] = set()
        self.plan = Plan(kind=kind, title=in_both(title, wish.language))
        self.plan.key = wish.key or slug(title, (), "imported-course")
        if not is_course_key(self.plan.key):
            self.plan.key = "imported-course"
        self.modules: list[Module] = []
        self._figures: dict[str, str | CannotTake] = {}
        self._pixels = 0

    def leave(self, where: str, what: str, why: Message) -> None:
        """Name something that stays behind, or comes changed."""
        self.seen |= {where, unquote(where)}
        refusal = Refusal(where, what, why)
        if refusal not in self.plan.left:
            self.plan.left.append(refusal)

    def data(self, path: str) -> bytes:
        """A file of the package. Raises CannotTake."""
        if path not in self.archive:
            raise CannotTake(N_("the package lists it, but does not hold it"))
        self.seen.add(path)
        return self.archive[path]

    def module(self, title: str) -> Module:
        """A further module."""
        name = f"m{len(self.modules) + 1}-{slug(title, (), '')}".rstrip("-")
        self.modules.append(Module(name, title))
        return self.modules[-1]

    def lesson(self, module: Module, title: Bilingual, sections: list[Section]) -> None:
        """A further lesson, unless there are too many or it is too long."""
        name = title[self.wish.language]
        if len(module.lessons) >= MAX_LESSONS:
            self.leave(module.key, name, N_("a module has at most %(number)s lessons", number=MAX_LESSONS))
        elif sum(len(block) for section in sections for block in section.blocks) > MAX_TEXT // 2:
            self.leave(module.key, name, N_("the page is too long for a lesson"))
        else:
            taken = [lesson.key for lesson in module.lessons]
            key = slug(name, taken, f"lesson-{len(taken) + 1}")
            module.lessons.append(Lesson(title, sections, key))

    def name_the_rest(self, why: Message) -> None:
        """Every file that nothing took and nobody named."""
        for path in sorted(self.archive.keys() - self.seen):
            self.leave(path, "", why)

    # --- pictures ------------------------------------------------------------------------------------------

    def figure(self, path: str) -> str:
        """Keep a picture, encoded anew as uploads are; its address in a lesson. Raises CannotTake."""
        if path not in self.archive:
            raise CannotTake(N_("a picture is not in the package: %(name)s", name=path))
        self.seen.add(path)
        if path not in self._figures:
            try:
                self._figures[path] = self._kept(path)
            except CannotTake as error:
                self._figures[path] = error
        found = self._figures[path]
        if isinstance(found, CannotTake):
            raise CannotTake(found.why)
        return found

    def _kept(self, path: str) -> str:
        data = self.archive[path]
        pixels = _pixels(data)
        if self._pixels + pixels > MAX_PIXELS:
            raise CannotTake(
                N_(
                    "the pictures of the package have more than %(number)s pixels together; "
                    "this one does not come: %(name)s",
                    number=f"{MAX_PIXELS:,}",
                    name=path,
                )
            )
        self._pixels += pixels
        try:
            picture = pictures.make_safe(data)
        except pictures.Unsafe as error:
            raise CannotTake(N_("%(why)s: %(name)s", why=error.wrong, name=path)) from None
        stem = slug(PurePosixPath(path).stem, (), "figure")
        name = f"{stem}-{sha256(picture.data).hexdigest()[:8]}{picture.suffix}"
        for finding in findings(name, picture.data):
            raise CannotTake(N_("%(why)s: %(name)s", why=finding.wrong, name=path))
        if f"figures/{name}" not in self.plan.files:
            self.plan.files[f"figures/{name}"] = picture.data
            self.plan.taken.append(Taken("figure", path))
        return f"../figures/{name}"

    def attachment(self, path: str, title: str) -> str:
        """Keep a PDF under the course's media; the block that places it in a lesson. Raises CannotTake."""
        if path not in self.archive:
            raise CannotTake(N_("the package lists it, but does not hold it"))
        self.seen.add(path)
        data = self.archive[path]
        if not data.startswith(b"%PDF-"):
            raise CannotTake(N_("only PDF files are attached to lessons: %(name)s", name=path))
        try:
            examine(data)
        except pictures.Unsafe as error:
            raise CannotTake(N_("%(why)s: %(name)s", why=error.wrong, name=path)) from None
        name = f"{slug(PurePosixPath(path).stem, (), 'file')}-{sha256(data).hexdigest()[:8]}.pdf"
        if f"media/{name}" not in self.plan.files:
            self.plan.files[f"media/{name}"] = data
            self.plan.taken.append(Taken("file", path))
        words = " ".join(re.sub(r"[`*_<>{}\[\]\\]", " ", title).split()) or PurePosixPath(path).stem
        return f"::: file {name} {words}\n:::"

    # --- questions -----------------------------------------------------------------------------------------

    def questions(self, module: Module, found: Imported, *, use: str, tags: Sequence[str] = ()) -> list[str]:
        """Add those that our engine can grade to a module; their ids. The others are named."""
        kept = gradable(found)
        for refusal in kept.refused:
            self.leave(refusal.where, refusal.what, refusal.why)
        ids = []
        for item in kept.items:
            number = len(module.questions) + 1
            ids.append(f"{self.plan.key[:40].rstrip('-')}-{module.key.partition('-')[0]}-q{number:02}")
            module.questions.append(self._entry(ids[-1], item, use, tags))
            self.plan.taken.append(Taken("question", _name(item.raw)))
        return ids

    def _entry(self, key: str, item: Item, use: str, tags: Sequence[str]) -> Raw:
        """A question as authors write it; what only they know (objective, law) is left for them."""
        raw = _with_numbers(item.raw)
        marks = Decimal(str(raw.pop("marks", 1)))
        if marks == marks.to_integral_value() and 1 <= marks <= 100:
            raw |= {"marks": int(marks)} if marks != 1 else {}
        else:
            self.leave(
                item.where, _name(raw), N_("questions have whole marks: 1 instead of %(marks)s", marks=marks)
            )
        for note in item.notes:
            self.leave(item.where, _name(raw), note)
        today = (
            self.wish.today.replace()
        )  # the very same day twice would become an alias, which our files have not
        raw |= {"id": key, "use": use, "as_of": today, "law": []}
        raw.setdefault("feedback", dict.fromkeys(LANGUAGES, ""))
        if tags:
            raw["tags"] = list(tags)
        ordered = [name for name in _ORDER if name in raw] + [name for name in raw if name not in _ORDER]
        return {name: raw[name] for name in ordered}

    # --- the files -----------------------------------------------------------------------------------------

    def finish(self) -> Plan:
        """Write everything down. Raises CannotTake when it is more than a course may hold."""
        modules = [module for module in self.modules if module.lessons or module.questions]
        for module in modules:
            self._write_module(module)
        if not modules:
            self.plan.files = {}
            return self.plan
        self._write("course.yaml", self._course([module.key for module in modules]))
        if len(self.plan.files) > MAX_FILES:
            raise CannotTake(N_("the archive has more than %(number)s files", number=MAX_FILES))
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

    def _write_module(self, module: Module) -> None:
        title = in_both(module.title, self.wish.language)
        self.plan.taken.append(Taken("module", title[self.wish.language]))
        entries = []
        for number, lesson in enumerate(module.lessons, 1):
            entries.append({"id": lesson.key, "title": dict(lesson.title), "minutes": 15})
            self.plan.taken.append(Taken("lesson", lesson.title[self.wish.language]))
            for language in LANGUAGES:
                text = lesson.source(language, translated=language == self.wish.language)
                self.plan.files[f"{module.key}/{number:02}-{lesson.key}.{language}.md"] = text.encode()
        self._write(f"{module.key}/questions.yaml", {"questions": module.questions})
        described = {
            "id": module.key,
            "title": dict(title),
            "summary": dict(title),
            "as_of": self.wish.today,
            "jurisdictions": ["INT"],
            "hours": 1,
            "objectives": [],
            "law": [],
            "lessons": entries,
        }
        self._write(f"{module.key}/module.yaml", described)

    def _write(self, path: str, data: dict[str, Any]) -> None:
        self.plan.files[path] = yaml_files.dump(yaml_files.styled(data)).encode()


def _pixels(data: bytes) -> int:
    """What encoding a picture anew costs: its pixels as it will be shown, and a tenth for each that is decoded."""
    width, height = (side or 0 for side in pictures.size_of(data))
    shown = min(1, pictures.MAX_WIDTH / max(width, 1)) ** 2
    return round(width * height * (shown + 0.1))


def _name(raw: Raw) -> str:
    """The first words of a question, without the marks of Markdown."""
    return re.sub(r"\\(.)|[*`]", r"\1", title_of(raw))


def _with_numbers(node: Any, name: str = "") -> Any:
    """A copy in which numbers are numbers, as authors write them."""
    if isinstance(node, dict):
        return {key: _with_numbers(value, key) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_numbers(value, name) for value in node]
    if name in _NUMBERS and isinstance(node, str):
        number = Decimal(node)
        return int(number) if number == number.to_integral_value() else float(number)
    return node
