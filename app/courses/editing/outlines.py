"""The outline of a course in work: modules, lessons, how far they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.courses.authoring import queries as drafts
from app.courses.authoring import sources
from app.courses.content.faults import Fault
from app.courses.editing import texts, translations
from app.courses.editing.queries import Work, mapping_of


@dataclass(frozen=True, slots=True)
class LessonLine:
    key: str
    title: Mapping[str, Any]
    minutes: Any
    kind: str
    #: Words by language; a language without a file is missing.
    words: Mapping[str, int]
    #: Sections whose translation is out of date.
    lagging: int
    faults: int


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the outline. ``place`` is its place in the file: broken questions may have no id."""

    place: int
    key: str
    type: str
    use: str
    prompt: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModuleLine:
    key: str
    title: Mapping[str, Any]
    hours: Any
    lessons: Sequence[LessonLine]
    questions: Sequence[QuestionLine]
    faults: int


@dataclass(frozen=True, slots=True)
class Outline:
    """``course`` are the values of ``course.yaml``, as far as they can be read."""

    course: Mapping[str, Any]
    modules: Sequence[ModuleLine]
    faults: Sequence[Fault]
    #: Faults by file of the course.
    by_file: Mapping[str, int]


def outline_of(work: Work) -> Outline:
    """The draft as the outline page shows it."""
    faults = drafts.inspect_draft(work.draft.id)[1]
    by_file = Counter(path_of(work, fault) for fault in faults)
    found = sources.texts_of(head.digest for head in work.files.values() if head.digest)
    by_path = {path: found[head.digest] for path, head in work.files.items() if head.digest in found}
    course = mapping_of(by_path.get("course.yaml", ""))
    lagging = translations.lagging(work)
    modules = [_module(str(key), by_path, lagging, by_file) for key in listed(course, "modules")]
    return Outline(course, modules, faults, by_file)


def path_of(work: Work, fault: Fault) -> str:
    """The fault's file within the course."""
    return fault.file.removeprefix(f"content/courses/{work.key}/")


def listed(values: Mapping[str, Any], name: str) -> list[Any]:
    """A list in a file; empty where something else stands there."""
    found = values.get(name)
    return found if isinstance(found, list) else []


def _both(value: Any, instead: str) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"zh": instead, "en": instead}


def _module(
    key: str,
    by_path: Mapping[str, str],
    lagging: Mapping[tuple[str, str], set[str]],
    by_file: Mapping[str, int],
) -> ModuleLine:
    module = mapping_of(by_path.get(f"{key}/module.yaml", ""))
    entries = [entry for entry in listed(module, "lessons") if isinstance(entry, Mapping)]
    return ModuleLine(
        key=key,
        title=_both(module.get("title"), key),
        hours=module.get("hours", ""),
        lessons=[_lesson(key, entry, by_path, lagging, by_file) for entry in entries],
        questions=questions_in(mapping_of(by_path.get(f"{key}/questions.yaml", ""))),
        faults=sum(count for path, count in by_file.items() if path.startswith(f"{key}/")),
    )


def _lesson(
    module: str,
    entry: Mapping[str, Any],
    by_path: Mapping[str, str],
    lagging: Mapping[tuple[str, str], set[str]],
    by_file: Mapping[str, int],
) -> LessonLine:
    key = str(entry.get("id", ""))
    paths = {tag: texts.find_path(by_path, module, key, tag) for tag in ("zh", "en")}
    return LessonLine(
        key=key,
        title=_both(entry.get("title"), key),
        minutes=entry.get("minutes", ""),
        kind=str(entry.get("kind", "text")),
        words={tag: texts.count_words(by_path[path]) for tag, path in paths.items() if path},
        lagging=len(lagging.get((module, key), ())),
        faults=sum(by_file.get(path, 0) for path in paths.values() if path),
    )


def questions_in(values: Mapping[str, Any]) -> list[QuestionLine]:
    """The questions of a module's file, also those that lack something."""
    return [
        QuestionLine(
            place,
            str(entry.get("id", "")),
            str(entry.get("type", "")),
            str(entry.get("use", "")),
            _both(entry.get("prompt"), ""),
        )
        for place, entry in enumerate(listed(values, "questions"))
        if isinstance(entry, Mapping)
    ]


def faults_in(work: Work, path: str) -> list[Fault]:
    """What is wrong with one file."""
    return drafts.faults_of(work.draft.id, path)
