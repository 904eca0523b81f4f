"""The authored content as typed values, with where each part was written."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from app.core import markdown
from app.core.text import Bilingual
from app.courses.content.exams import CourseExam, ExamRules, PoolRules, ProgrammeExam, share_out
from app.courses.content.faults import YamlDocument
from app.courses.content.files import FilePath, KeptMedia
from app.courses.content.pictures import media_type_of
from app.courses.content.questions import Question, images_of
from app.courses.content.schema import (
    CourseFile,
    InstrumentFile,
    ModuleFile,
    Organisation,
    ProgrammeFile,
    Term,
)
from app.quizzes.rules import Pool

LANGUAGES = ("zh", "en")


@dataclass(slots=True)
class LessonText:
    """One lesson in one language."""

    path: FilePath
    source: str
    #: Its outline (``loading.outline_lesson``): what is in it, without the tokens that rendering needs.
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

    def outline(self) -> dict[str, Any]:
        """The module file, with the sections and check questions of each lesson.

        Of a module in work, lessons without any text and questions that are not there are left out.
        """
        data = self.file.canonical()
        data["lessons"] = [lesson for lesson in data["lessons"] if self.texts.get(lesson["id"])]
        known = {question.id for question in self.checks()}
        for lesson in data["lessons"]:
            texts = self.texts[lesson["id"]]
            titles = {tag: {one.key: one.title for one in text.document.sections} for tag, text in texts.items()}
            first = texts.get("zh") or texts["en"]
            lesson["sections"] = [
                {
                    "key": one.key,
                    "title": {tag: titles.get(tag, {}).get(one.key, one.title) for tag in ("zh", "en")},
                }
                for one in first.document.sections
            ]
            lesson["checks"] = [spot.text for spot in first.document.questions if spot.text in known]
        return data


@dataclass(slots=True)
class MediaFolder:
    """What lies under a course's ``media/``, by name: recordings and attachments, captions and transcripts."""

    paths: dict[str, FilePath] = field(default_factory=dict)
    files: dict[str, KeptMedia] = field(default_factory=dict)
    #: ``hearing.zh.vtt``, ``hearing.zh.txt``: captions and transcript of ``hearing.mp4`` in Chinese.
    texts: dict[str, str] = field(default_factory=dict)

    def captions(self, name: str, language: str) -> str | None:
        return self.texts.get(f"{PurePosixPath(name).stem}.{language}.vtt")

    def transcript(self, name: str, language: str) -> str | None:
        return self.texts.get(f"{PurePosixPath(name).stem}.{language}.txt")

    def described(self) -> dict[str, dict[str, Any]]:
        """Each recording and attachment as module revisions keep it."""
        return {name: self._described(name, file) for name, file in self.files.items()}

    def _described(self, name: str, file: KeptMedia) -> dict[str, Any]:
        captions = {tag: text for tag in LANGUAGES if (text := self.captions(name, tag)) is not None}
        transcript = {tag: text for tag in LANGUAGES if (text := self.transcript(name, tag)) is not None}
        return {
            "digest": file.digest,
            "media_type": file.media_type,
            "size": file.size,
            "milliseconds": file.milliseconds,
            "width": file.width,
            "height": file.height,
            "captions": {tag: hashlib.sha256(text.encode()).hexdigest() for tag, text in captions.items()},
            "transcript": transcript,
        }


@dataclass(slots=True)
class CourseTree:
    file: CourseFile
    document: YamlDocument
    folder: FilePath
    modules: list[ModuleTree] = field(default_factory=list)
    #: File name → path, for every file under ``figures/``.
    figures: dict[str, FilePath] = field(default_factory=dict)
    media: MediaFolder = field(default_factory=MediaFolder)

    def question_body(self, question: Question, figures: Mapping[str, str]) -> dict[str, Any]:
        """A question as the engine takes it: an image is a stored file. ``figures``: digests by path.

        Raises KeyError for an image that is not there.
        """
        body = question.body()
        for image in images_of(body):
            name = image.pop("figure")
            image["digest"] = figures[self.figures[name].as_posix()]
            image["media_type"] = media_type_of(name)
        return body


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
    #: Ids of questions and examinations that courses and programmes not loaded here use.
    taken_questions: frozenset[str] = frozenset()
    taken_exams: frozenset[str] = frozenset()

    def exam_pools(self, exam: ProgrammeExam) -> list[Pool]:
        """A programme examination's pools: each draws on the bank questions of its course."""
        return _pools(exam, [(pool, self.courses[pool.course]) for _section, _place, pool in exam.all_pools()])

    def course_exam_pools(self, course: CourseTree, exam: CourseExam) -> list[Pool]:
        """A course examination's pools: each draws on the course's bank questions."""
        return _pools(exam, [(pool, course) for _section, _place, pool in exam.all_pools()])


def reach(pool: PoolRules, course: CourseTree) -> list[Question]:
    """The bank questions among which a pool chooses."""
    return [
        question
        for module in course.modules
        if pool.module in (None, module.file.id)
        for question in module.bank()
    ]


def _pools(exam: ExamRules[Any], pools: Sequence[tuple[PoolRules, CourseTree]]) -> list[Pool]:
    shared = share_out([(pool, reach(pool, course)) for pool, course in pools])
    sections = [section for section, _place, _pool in exam.all_pools()]
    return [
        Pool(questions, pool.pick, _label(pool, course), section)
        for (pool, course), questions, section in zip(pools, shared, sections, strict=True)
    ]


def _label(pool: PoolRules, course: CourseTree) -> Bilingual:
    """What the pool is called: its module or course."""
    titles = {module.file.id: module.file.title for module in course.modules}
    return titles.get(pool.module or "", course.file.title).both()
