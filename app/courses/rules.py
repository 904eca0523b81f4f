"""A course's outline, what counts as completing it, and what comes next. Pure."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.core.text import Bilingual


def figure_name(source: str) -> str:
    """A figure's file name, from the address that a lesson's text gives it: ``../figures/a.svg`` → ``a.svg``."""
    return source.removeprefix("../figures/")


@dataclass(frozen=True, slots=True)
class SectionOutline:
    key: str
    title: Bilingual


@dataclass(frozen=True, slots=True)
class LessonOutline:
    """A lesson with its sections and the keys of its check questions."""

    #: The module in which it stands.
    module_key: str
    #: The module in which it was first published: evidence, notes and questions name it by that wherever it moves.
    home: str
    key: str
    number: int
    title: Bilingual
    minutes: int
    is_case: bool
    sections: tuple[SectionOutline, ...]
    checks: tuple[str, ...]

    @property
    def path(self) -> str:
        """How evidence names it: module/lesson."""
        return f"{self.home}/{self.key}"

    def paths(self) -> list[str]:
        """How evidence names the sections: module/lesson/section."""
        return [f"{self.path}/{section.key}" for section in self.sections]


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    key: str
    number: int
    revision_id: UUID
    data: Mapping[str, Any]
    as_of: date
    hours: Decimal
    lessons: tuple[LessonOutline, ...]


@dataclass(frozen=True, slots=True)
class CourseOutline:
    """One course revision as pages show it; immutable, shared by all requests of a process."""

    revision_id: UUID
    number: int
    digest: str
    data: Mapping[str, Any]
    as_of: date
    hours: Decimal
    modules: tuple[ModuleOutline, ...]
    quiz_id: UUID | None
    #: How evidence names every section, and the keys of every check question, in the course's order.
    section_paths: tuple[str, ...]
    check_keys: tuple[str, ...]

    def lessons(self) -> Iterator[LessonOutline]:
        for module in self.modules:
            yield from module.lessons

    def find_module(self, key: str) -> ModuleOutline | None:
        return next((module for module in self.modules if module.key == key), None)

    def find_lesson(self, module_key: str, lesson_key: str) -> LessonOutline | None:
        """By the module in which it stands; else by that of its first publication, as old addresses have it."""
        return self._find(lesson_key, module_key, lambda one: one.module_key, lambda one: one.home)

    def find_by_home(self, home: str, lesson_key: str) -> LessonOutline | None:
        """By how evidence, notes and questions name it: lessons of one id can have changed places."""
        return self._find(lesson_key, home, lambda one: one.home, lambda one: one.module_key)

    def _find(
        self, lesson_key: str, module_key: str, *ways: Callable[[LessonOutline], str]
    ) -> LessonOutline | None:
        named = [lesson for lesson in self.lessons() if lesson.key == lesson_key]
        return next((lesson for way in ways for lesson in named if way(lesson) == module_key), None)

    def neighbours(self, lesson: LessonOutline) -> tuple[LessonOutline | None, LessonOutline | None]:
        """The lessons before and after, across modules."""
        every = list(self.lessons())
        at = every.index(lesson)
        return (every[at - 1] if at else None), (every[at + 1] if at + 1 < len(every) else None)


def outline_of(
    *, revision_id: UUID, number: int, digest: str, quiz_id: UUID | None, stored: Mapping[str, Any]
) -> CourseOutline:
    """The stored JSON of a course revision as an outline."""
    course = stored["course"]
    modules = tuple(_module(index, module) for index, module in enumerate(stored["modules"], 1))
    return CourseOutline(
        revision_id=revision_id,
        number=number,
        digest=digest,
        data=course,
        as_of=date.fromisoformat(course["as_of"]),
        hours=Decimal(course["hours"]),
        modules=modules,
        quiz_id=quiz_id,
        section_paths=tuple(path for module in modules for lesson in module.lessons for path in lesson.paths()),
        check_keys=tuple(key for module in modules for lesson in module.lessons for key in lesson.checks),
    )


def _module(number: int, data: Mapping[str, Any]) -> ModuleOutline:
    lessons = tuple(
        LessonOutline(
            module_key=data["id"],
            home=lesson.get("moved_from") or data["id"],
            key=lesson["id"],
            number=index,
            title=lesson["title"],
            minutes=lesson["minutes"],
            is_case=lesson["kind"] == "case",
            sections=tuple(SectionOutline(section["key"], section["title"]) for section in lesson["sections"]),
            checks=tuple(lesson["checks"]),
        )
        for index, lesson in enumerate(data["lessons"], 1)
    )
    as_of, hours = date.fromisoformat(data["as_of"]), Decimal(data["hours"])
    return ModuleOutline(data["id"], number, UUID(data["revision_id"]), data, as_of, hours, lessons)


# --- completion --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """What somebody did with the revision she started. ``exam_passed`` is None where nothing was tried."""

    sections_read: int
    sections_total: int
    checks_answered: int
    checks_total: int
    has_exam: bool
    exam_passed: bool | None = None

    @property
    def studied(self) -> bool:
        """All sections read and all check questions answered (right or wrong: they teach, they do not judge)."""
        return self.sections_read >= self.sections_total and self.checks_answered >= self.checks_total

    @property
    def complete(self) -> bool:
        return self.studied and (not self.has_exam or self.exam_passed is True)

    @property
    def share(self) -> Decimal:
        """How far she is, 0 to 1; the examination counts as one more step among sections and checks."""
        exam = 1 if self.has_exam else 0
        total = self.sections_total + self.checks_total + exam
        passed = exam if self.exam_passed else 0
        done = min(self.sections_read, self.sections_total) + min(self.checks_answered, self.checks_total) + passed
        return (Decimal(done) / total).quantize(Decimal("0.001")) if total else Decimal(1)


class Next(StrEnum):
    """What a trainee does next in a course."""

    BEGIN = "begin"
    READ = "read"
    ANSWER = "answer"
    EXAMINATION = "examination"
    NOTHING = "nothing"


def next_kind(evidence: Evidence) -> Next:
    """The kind of the next step."""
    if not evidence.sections_read and not evidence.checks_answered:
        return Next.BEGIN
    if evidence.sections_read < evidence.sections_total:
        return Next.READ
    if evidence.checks_answered < evidence.checks_total:
        return Next.ANSWER
    return Next.EXAMINATION if evidence.has_exam and not evidence.exam_passed else Next.NOTHING


@dataclass(frozen=True, slots=True)
class NextStep:
    """Where the one primary action of the course page leads."""

    kind: Next
    lesson: LessonOutline | None = None
    section: SectionOutline | None = None
    check_key: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """One person's evidence in detail, for her own pages."""

    evidence: Evidence
    read: AbstractSet[str] = field(default_factory=frozenset)
    answered: AbstractSet[str] = field(default_factory=frozenset)

    @classmethod
    def none(cls) -> "Progress":
        """Nothing done: what somebody without an enrolment sees."""
        return cls(Evidence(0, 0, 0, 0, has_exam=False))

    def lesson_done(self, lesson: LessonOutline) -> bool:
        return set(lesson.paths()) <= self.read and set(lesson.checks) <= self.answered

    def lesson_begun(self, lesson: LessonOutline) -> bool:
        return bool(self.read & set(lesson.paths()) or self.answered & set(lesson.checks))

    def counts(self, module: ModuleOutline) -> tuple[int, int]:
        """Done and total steps (sections and check questions) of a module."""
        paths = {path for lesson in module.lessons for path in lesson.paths()}
        checks = {key for lesson in module.lessons for key in lesson.checks}
        return len(paths & self.read) + len(checks & self.answered), len(paths) + len(checks)


def next_step(
    outline: CourseOutline, progress: Progress, last_place: tuple[str, str, str] | None = None
) -> NextStep:
    """The exact place to go on at: where she was if that section is unread, else the first thing still open."""
    kind = next_kind(progress.evidence)
    if kind in {Next.BEGIN, Next.READ}:
        if last_place and (found := _open_section(outline, progress, last_place)):
            return NextStep(kind, *found)
        for lesson in outline.lessons():
            for section, path in zip(lesson.sections, lesson.paths(), strict=True):
                if path not in progress.read:
                    return NextStep(kind, lesson, section)
    if kind is Next.ANSWER:
        for lesson in outline.lessons():
            for key in lesson.checks:
                if key not in progress.answered:
                    return NextStep(kind, lesson, None, key)
    return NextStep(kind)


def _open_section(
    outline: CourseOutline, progress: Progress, place: tuple[str, str, str]
) -> tuple[LessonOutline, SectionOutline] | None:
    module_key, lesson_key, section_key = place
    lesson = outline.find_by_home(module_key, lesson_key)
    if lesson is None or progress.lesson_done(lesson):
        return None
    for section in lesson.sections:
        if section.key == section_key:
            return lesson, section
    return None
