"""The authored content as typed values, with where each part was written."""

from dataclasses import dataclass, field
from pathlib import Path

from app.core import markdown
from app.courses.content.faults import YamlDocument
from app.courses.content.questions import Question
from app.courses.content.schema import (
    CourseExam,
    CourseFile,
    InstrumentFile,
    ModuleFile,
    Organisation,
    ProgrammeExam,
    ProgrammeFile,
    Term,
)
from app.quizzes.rules import Pool


@dataclass(slots=True)
class LessonText:
    """One lesson in one language."""

    path: Path
    source: str
    document: markdown.Document


@dataclass(slots=True)
class ModuleTree:
    """A module with its texts (by lesson id and language) and questions."""

    file: ModuleFile
    document: YamlDocument
    texts: dict[str, dict[str, LessonText]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    questions_document: YamlDocument | None = None

    def checks(self) -> list[Question]:
        return [question for question in self.questions if question.use == "check"]

    def bank(self) -> list[Question]:
        return [question for question in self.questions if question.use == "bank"]


@dataclass(slots=True)
class CourseTree:
    file: CourseFile
    document: YamlDocument
    folder: Path
    modules: list[ModuleTree] = field(default_factory=list)
    #: File name → path, for every file under ``figures/``.
    figures: dict[str, Path] = field(default_factory=dict)


@dataclass(slots=True)
class Content:
    """Everything under ``content/``. ``digest`` is of the bytes of all files."""

    root: Path
    digest: str
    organisations: list[Organisation] = field(default_factory=list)
    instruments: dict[str, InstrumentFile] = field(default_factory=dict)
    terms: list[Term] = field(default_factory=list)
    programmes: dict[str, ProgrammeFile] = field(default_factory=dict)
    courses: dict[str, CourseTree] = field(default_factory=dict)
    #: Every parsed YAML file by what it describes, for faults found later.
    documents: dict[tuple[str, str], YamlDocument] = field(default_factory=dict)

    def exam_pools(self, exam: ProgrammeExam) -> list[Pool]:
        """A programme examination's pools: each draws on every bank question of its course."""
        return [
            Pool(
                [question.id for module in self.courses[pool.course].modules for question in module.bank()],
                pool.pick,
                self.courses[pool.course].file.title.both(),
            )
            for pool in exam.pools
        ]

    def course_exam_pools(self, course: CourseTree, exam: CourseExam) -> list[Pool]:
        """A course examination's pools: each draws on the bank questions of its module."""
        modules = {module.file.id: module for module in course.modules}
        return [
            Pool(
                [question.id for question in modules[pool.module].bank()],
                pool.pick,
                modules[pool.module].file.title.both(),
            )
            for pool in exam.pools
        ]
