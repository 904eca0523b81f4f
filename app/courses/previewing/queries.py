"""Which states of a course can be previewed, and a state as a trainee's pages need it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.access import Actor
from app.core.errors import Invalid, NotFound
from app.core.identifiers import content_id
from app.core.text import language_of
from app.courses.authoring import queries as authoring
from app.courses.authoring.rules import Manifest, figures_in
from app.courses.authoring.sources import manifest_of, media_of
from app.courses.content.faults import Fault
from app.courses.content.loading import parse_lesson
from app.courses.content.tree import CourseTree, ModuleTree
from app.courses.editing.queries import media_path
from app.courses.previewing import policies
from app.courses.queries import MEDIA, CheckQuestion, figure_path
from app.courses.recordings import showing
from app.courses.rendering import LessonText, drawing, render_lesson
from app.courses.reviewing.queries import history_of
from app.courses.rules import CourseOutline, LessonOutline, outline_of
from app.library.queries import Library
from app.quizzes import grading
from app.quizzes import queries as quizzes
from app.quizzes.rendering import Texts, question_view, solution


@dataclass(frozen=True, slots=True)
class State:
    """A state of a course's files: its draft, or something published."""

    #: None: the draft.
    publication_id: uuid.UUID | None
    #: The number of its revision; a draft's is the one that it would get.
    number: int
    #: When it was published, or last edited.
    at: datetime
    files: Manifest

    @property
    def is_draft(self) -> bool:
        return self.publication_id is None


@dataclass(frozen=True, slots=True)
class StateLine:
    """A state in a list."""

    publication_id: uuid.UUID | None
    number: int
    at: datetime


def states_of(actor: Actor, course_key: str) -> list[StateLine]:
    """What the actor may preview: the draft first, then what was published, the latest first. Raises NotFound."""
    source = authoring.find_source(course_key)
    if source is None:
        raise NotFound
    lines = []
    history = history_of(course_key)
    draft = authoring.find_open_draft(course_key)
    if draft is not None and policies.can_preview_draft(actor, source.organisation_id):
        lines.append(StateLine(None, max((one.revision for one in history), default=0) + 1, draft.updated_at))
    if policies.can_preview_published(actor):
        lines += [StateLine(one.publication.id, one.revision, one.publication.created_at) for one in history]
    if not lines:
        raise NotFound
    return lines


def chosen_state(lines: Sequence[StateLine], course_key: str, publication_id: uuid.UUID | None) -> State:
    """One of them with its files, the first where none is named. Raises NotFound."""
    found = [line for line in lines if publication_id is None or line.publication_id == publication_id]
    if not found:
        raise NotFound
    return State(found[0].publication_id, found[0].number, found[0].at, _files(found[0], course_key))


def _files(line: StateLine, course_key: str) -> Manifest:
    if line.publication_id is None:
        draft = authoring.find_open_draft(course_key)
        if draft is None:
            raise NotFound
        return authoring.manifest_of_draft(draft.id)
    known = {one.id: one.tree_digest for one in authoring.publications_of(course_key)}
    return manifest_of(known[line.publication_id])


@dataclass(frozen=True, slots=True)
class Study:
    """A state of a course, read as ``flask content sync`` reads it. What cannot be read yet is left out."""

    state: State
    tree: CourseTree
    outline: CourseOutline
    faults: Sequence[Fault]

    @property
    def key(self) -> str:
        return self.tree.file.id

    def media_path(self, digest: str) -> str:
        """Where a figure is served from."""
        return media_path(self.key, digest) if self.state.is_draft else figure_path(digest)

    def text(self, lesson: LessonOutline, locale: str, books: Library) -> LessonText:
        """The lesson for a reader of this language; in the other where this one is not written yet."""
        texts = self._module(lesson).texts[lesson.key]
        source = texts.get(language_of(locale)) or next(iter(texts.values()))
        files = self.state.files
        draw = drawing(figures_in(files), media_of(files.values()), self.media_path)
        address = media_path(self.key, "") if self.state.is_draft else MEDIA
        show = showing(self.tree.media.described(), address)
        return render_lesson(parse_lesson(source.source), lesson.path, locale, books, draw=draw, show=show)

    def check_bodies(self, lesson: LessonOutline) -> dict[str, grading.Body]:
        """The lesson's check questions by key, as the assessment engine takes them."""
        files = self.state.files
        figures = {path.as_posix(): files[f"figures/{name}"] for name, path in self.tree.figures.items()}
        bodies: dict[str, grading.Body] = {}
        for question in self._module(lesson).checks():
            if question.id in lesson.checks:
                try:
                    body = self.tree.question_body(question, figures)
                    bodies[question.id] = grading.validate(question.id, body)
                except (Invalid, KeyError):  # a picture that is not there yet, or a fault that the check names
                    continue
        return bodies

    def _module(self, lesson: LessonOutline) -> ModuleTree:
        return next(module for module in self.tree.modules if module.file.id == lesson.module_key)

    def exam_rules(self, now: datetime) -> quizzes.QuizRules | None:
        """What stands before the closing examination's start for somebody who has not tried it."""
        exam = self.tree.file.exam
        if exam is None:
            return None
        picks = [(section, pool.pick) for section, _place, pool in exam.all_pools()]
        try:
            settings = exam.settings()
        except ValueError:  # rules nobody can be examined under; the content check names them
            return None
        return quizzes.rules_untried(content_id(exam.id), exam.title.both(), settings, picks, now)


def study_of(course_key: str, state: State) -> Study | None:
    """The state as a course; None while ``course.yaml`` cannot be read or no lesson has a text."""
    tree, faults = authoring.inspect_manifest(course_key, state.files)
    if tree is None:
        return None
    modules = [_outline(tree, module) for module in tree.modules]
    outline = outline_of(
        revision_id=content_id("preview", course_key),
        number=state.number,
        digest="",
        quiz_id=content_id(tree.file.exam.id) if tree.file.exam else None,
        stored={"course": tree.file.canonical(), "modules": [module for module in modules if module["lessons"]]},
    )
    return Study(state, tree, outline, faults) if outline.section_paths else None


def _outline(tree: CourseTree, module: ModuleTree) -> Mapping[str, Any]:
    return {**module.outline(), "revision_id": str(content_id("preview", tree.file.id, module.file.id))}


def shown_check(key: str, body: grading.Body, locale: str, books: Library) -> CheckQuestion:
    """A question for a reader of this language."""
    texts = Texts(locale, books)
    return CheckQuestion(key, content_id("preview", key), question_view(body, texts), solution(body, texts))
