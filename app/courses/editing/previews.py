"""A text in work as a trainee will see it, with what the checks say of it. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from flask_babel import force_locale

from app.core import formulas, markdown
from app.core.digests import digest_of
from app.core.errors import Invalid
from app.core.kept import Kept
from app.core.messages import N_, Message
from app.core.text import LOCALE_OF
from app.courses.authoring import queries as drafts
from app.courses.authoring.sources import media_of
from app.courses.content.faults import Fault
from app.courses.content.lesson_checks import UNREAD_FORMULA
from app.courses.content.loading import parse_lesson
from app.courses.content.pictures import media_type_of
from app.courses.content.questions import images_of
from app.courses.editing import outlines, recordings, texts, translations, yaml_files
from app.courses.editing.queries import Work, media_path
from app.courses.editing.texts import Advice, Heading, LessonPath
from app.courses.recordings import showing
from app.courses.rendering import LessonText, drawing, render_lesson
from app.library.queries import Library, library
from app.quizzes import grading
from app.quizzes.rendering import QuestionView, Solution, Texts, question_view, solution


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question of the draft in one language; without a view where it cannot be shown yet."""

    key: str
    view: QuestionView | None
    solution: Solution | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A lesson in one language."""

    language: str
    text: LessonText
    checks: Mapping[str, ShownQuestion]
    headings: list[Heading]
    advice: list[Advice]
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LessonPreview:
    languages: Mapping[str, Preview]
    #: Sections whose translation is out of date.
    lagging: set[str]


def lesson_preview(work: Work, module: str, lesson: str, sources: Mapping[str, str]) -> LessonPreview:
    """The lesson with texts as they stand on the author's screen (by language)."""
    paths = {language: work.lesson_path(module, lesson, language) for language in sources}
    faults = drafts.faults_if(work.draft.id, {paths[language]: text for language, text in sources.items()})
    languages = {}
    for language, source in sources.items():
        page = _page(work, module, lesson, language, source)
        own = [fault for fault in faults if outlines.path_of(work, fault) == paths[language]]
        languages[language] = replace(page, faults=own)
    present = {LessonPath(module, lesson, language): source for language, source in sources.items()}
    lagging = translations.lagging(work, present).get((module, lesson), set())
    return LessonPreview(languages, lagging)


_Key = tuple[str, str, str, str, str, str]
_pages: Kept[_Key, Preview] = Kept(64)


def _page(work: Work, module: str, lesson: str, language: str, source: str) -> Preview:
    """One language, rendered once for the same source, questions, figures and library."""
    books = library()
    questions = work.files.get(f"{module}/questions.yaml")
    named = {"figures": work.figures, "media": work.media, "questions": questions.digest if questions else None}
    path = f"{work.key}/{module}/{lesson}"
    key = (path, language, digest_of(source), digest_of(named), books.digest, str(work.draft.id))
    return _pages.get(key, lambda: _rendered(work, f"{module}/{lesson}", language, source, books))


def _rendered(work: Work, path: str, language: str, source: str, books: Library) -> Preview:
    draw = drawing(work.figures, media_of(work.figures.values()), partial(media_path, work.key))
    show = showing(recordings.folder_in(work).described(), media_path(work.key, ""))
    questions = _check_questions(work, path.partition("/")[0])
    document = parse_lesson(source)
    with force_locale(LOCALE_OF[language]):
        text = render_lesson(document, path, LOCALE_OF[language], books, draw=draw, show=show, doc_id=language)
        checks = {
            spot.text: shown(questions[spot.text], language, work, books)
            for spot in document.questions
            if spot.text in questions
        }
    return Preview(language, text, checks, texts.outline_of(document), texts.advice_on(document, language))


def _check_questions(work: Work, module: str) -> dict[str, dict[str, Any]]:
    found = work.mapping(f"{module}/questions.yaml")
    return {
        str(entry.get("id")): entry
        for entry in outlines.listed(found, "questions")
        if isinstance(entry, dict) and entry.get("use") == "check"
    }


def formula_preview(tex: str, *, display: bool) -> tuple[str, tuple[Message, Message] | None]:
    """A formula alone as a page shows it; or, with an empty page, what is wrong and the mend."""
    marked = f"$$\n{tex}\n$$" if display else f"${tex}$"
    if [formula.tex for formula in markdown.parse(marked).formulas] != [tex]:
        return "", UNREAD_FORMULA
    fault = formulas.fault_in(tex)
    return ("", (fault.wrong, fault.mend)) if fault else (str(markdown.render(marked)), None)


# --- questions ---------------------------------------------------------------------------------------------


def body_of(values: Mapping[str, Any], work: Work) -> grading.Body:
    """A question of a draft as the assessment engine takes it. Raises Invalid while something is missing."""
    raw: dict[str, Any] = _copy(values)
    images: list[Any] = images_of(raw)
    for image in images:
        if not isinstance(image, dict):
            continue
        name = str(image.pop("figure", ""))
        image["digest"] = work.figures.get(name, "0" * 64)
        image["media_type"] = media_type_of(name)
    try:
        return grading.validate(str(values.get("id", "?")), raw)
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # half-written: rows without their parts
        raise Invalid(N_("Something is still missing in the question.")) from error


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(entry) for key, entry in value.items()}
    return [_copy(entry) for entry in value] if isinstance(value, list | tuple) else value


def shown(values: Mapping[str, Any], language: str, work: Work, books: Library | None = None) -> ShownQuestion:
    """A question in one language, as candidates see it."""
    key = str(values.get("id", ""))
    with force_locale(LOCALE_OF[language]):
        try:
            body = body_of(values, work)
            words = Texts(LOCALE_OF[language], books or library())
            return ShownQuestion(key, question_view(body, words), solution(body, words))
        except Invalid:
            return ShownQuestion(key, None)


def with_media(html: str, work: Work) -> str:
    """Images of questions are published with the question; until then the draft serves them."""
    return html.replace("/question-images/", media_path(work.key, ""))


def question_faults(work: Work, path: str, values: Mapping[str, Any]) -> list[Fault]:
    """What the checks say of a question as it stands in its form: of it alone, so that it is quick."""
    alone = yaml_files.dump(yaml_files.styled({"questions": [values]}))
    return [one for one in drafts.faults_if(work.draft.id, {path: alone}) if outlines.path_of(work, one) == path]
