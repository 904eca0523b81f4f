"""What the pages of the editor do to a draft: each verb changes files, and only those parts that it is about."""

import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from app.core import clock
from app.core.access import Actor
from app.core.database import db, upsert
from app.core.errors import Conflict, Invalid, NotFound
from app.core.identifiers import new_id
from app.core.text import Bilingual
from app.courses.authoring import queries
from app.courses.authoring import services as drafts
from app.courses.authoring.rules import Saved
from app.courses.editing import exam_fields, texts, yaml_files, yaml_lists
from app.courses.editing.models import TranslationCheck
from app.courses.editing.queries import Work
from app.courses.editing.texts import LessonPath

_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Author:
    """Who edits, from which browser, and when."""

    actor: Actor
    now: datetime
    device: str = ""


def slug(words: str) -> str:
    """An id made of an English title."""
    return "-".join(re.findall(r"[a-z0-9]+", words.lower()))[:60].strip("-")


def _checked_key(key: str, title: Bilingual, taken: Iterable[str]) -> str:
    key = key or slug(title["en"])
    if not _KEY.match(key) or len(key) > 60:
        raise Invalid(_("Write the id in lower-case letters, digits and single hyphens, such as m1-elements."))
    if key in taken:
        raise Conflict(_("This id is in use already. Choose another one."))
    return key


def save(author: Author, work: Work, path: str, text: str, *, base_version: int | None = None) -> Saved:
    """Save a file that a form changed; ``base_version`` is the one that the form was filled from."""
    head = work.files.get(path)
    version = base_version if base_version is not None else (head.version if head else _version_of(work, path))
    return drafts.save_file(
        author.actor,
        work.draft.id,
        path,
        text=text,
        base_version=version,
        edit_id=new_id(),
        device=author.device,
        now=author.now,
    )


def _version_of(work: Work, path: str) -> int:
    """The version of a path without a file: of its deletion, or 0."""
    head = work.heads.get(path)
    return head.version if head else 0


def edit_yaml(
    author: Author,
    work: Work,
    path: str,
    edit: Callable[[CommentedMap], None],
    *,
    base: tuple[int, str] | None = None,
) -> Saved:
    """Change a YAML file; ``base`` are what the form was filled from. Raises NotFound, Invalid."""
    version, text = base or (work.head(path).version, work.text(path))
    changed = yaml_files.change(text, edit)
    return save(author, work, path, changed, base_version=version)


def _delete(author: Author, work: Work, path: str) -> None:
    drafts.delete_file(
        author.actor,
        work.draft.id,
        path,
        base_version=work.head(path).version,
        edit_id=new_id(),
        device=author.device,
        now=author.now,
    )


def _sequence(node: CommentedMap, name: str) -> CommentedSeq:
    found = node.get(name)
    if not isinstance(found, CommentedSeq):
        found = node[name] = CommentedSeq()
        found.fa.set_flow_style()
    return found


# --- modules -----------------------------------------------------------------------------------------------


def add_module(author: Author, work: Work, *, key: str, title: Bilingual) -> str:
    """A module with one empty lesson at the end of the course; its id. Raises Invalid, Conflict."""
    course = work.mapping("course.yaml")
    key = _checked_key(key, title, {path.partition("/")[0] for path in work.files} | {"figures"})
    edit_yaml(author, work, "course.yaml", lambda node: _sequence(node, "modules").append(key))
    module = {
        "id": key,
        "title": dict(title),
        "summary": dict(title),
        "as_of": course.get("as_of") or clock.day_of(author.now),
        "jurisdictions": course.get("jurisdictions") or ["INT"],
        "hours": 1,
        "objectives": [],
        "law": [],
        "lessons": [{"id": "start", "title": {"zh": "第一课", "en": "First lesson"}, "minutes": 15}],
    }
    save(author, work, f"{key}/module.yaml", yaml_files.dump(yaml_files.styled(module)))
    save(author, work, f"{key}/questions.yaml", "questions: []\n")
    _write_lesson(author, work, key, 1, "start")
    return key


def _write_lesson(author: Author, work: Work, module: str, number: int, lesson: str) -> None:
    headings = {"zh": "## 第一节 {#start}\n", "en": "## First section {#start}\n"}
    for language, text in headings.items():
        save(author, work, f"{module}/{number:02}-{lesson}.{language}.md", text)


def remove_module(author: Author, work: Work, module: str) -> None:
    """The module leaves the draft with its files; their versions stay on record. Raises NotFound."""

    def edit(node: CommentedMap) -> None:
        entries = _sequence(node, "modules")
        if module not in entries:
            raise NotFound
        entries.remove(module)

    edit_yaml(author, work, "course.yaml", edit)
    for path in [path for path in work.files if path.startswith(f"{module}/")]:
        _delete(author, work, path)


def move_module(author: Author, work: Work, module: str, place: int) -> None:
    """Put a module at a place, counted from 0. Raises NotFound."""

    def edit(node: CommentedMap) -> None:
        _move(_sequence(node, "modules"), lambda entry: entry == module, place)

    edit_yaml(author, work, "course.yaml", edit)


def _move(entries: CommentedSeq, is_it: Callable[[Any], bool], place: int) -> None:
    found = next((index for index, entry in enumerate(entries) if is_it(entry)), None)
    if found is None:
        raise NotFound
    rest = list(entries)
    entry = rest.pop(found)
    rest.insert(max(0, min(place, len(rest))), entry)
    entries[:] = rest


# --- lessons -----------------------------------------------------------------------------------------------


def add_lesson(
    author: Author, work: Work, module: str, *, key: str, title: Bilingual, minutes: int = 15, kind: str = "text"
) -> str:
    """An empty lesson at the end of a module; its id. Raises NotFound, Invalid, Conflict."""
    entries = work.mapping(f"{module}/module.yaml").get("lessons") or []
    key = _checked_key(key, title, [entry.get("id") for entry in entries])
    entry: dict[str, Any] = {"id": key, "title": dict(title), "minutes": minutes}
    if kind != "text":
        entry["kind"] = kind
    edit_yaml(
        author,
        work,
        f"{module}/module.yaml",
        lambda node: _sequence(node, "lessons").append(yaml_files.styled(entry, within=True)),
    )
    _write_lesson(author, work, module, len(entries) + 1, key)
    return key


def remove_lesson(author: Author, work: Work, module: str, lesson: str) -> None:
    """The lesson leaves the draft; what its files held stays in their versions. Raises NotFound."""

    def edit(node: CommentedMap) -> None:
        entries = _sequence(node, "lessons")
        kept = [entry for entry in entries if entry.get("id") != lesson]
        if len(kept) == len(entries):
            raise NotFound
        entries[:] = kept

    edit_yaml(author, work, f"{module}/module.yaml", edit)
    for language in _LANGUAGES:
        if path := texts.find_path(work.files, module, lesson, language):
            _delete(author, work, path)
    renumber(author, work, module, [entry for entry in lesson_ids(work, module) if entry != lesson])


def move_lesson(author: Author, work: Work, module: str, lesson: str, place: int) -> None:
    """Put a lesson at a place, counted from 0; the files are numbered anew. Raises NotFound."""

    def edit(node: CommentedMap) -> None:
        _move(_sequence(node, "lessons"), lambda entry: entry.get("id") == lesson, place)

    edit_yaml(author, work, f"{module}/module.yaml", edit)
    order = [entry for entry in lesson_ids(work, module) if entry != lesson]
    order.insert(max(0, min(place, len(order))), lesson)
    renumber(author, work, module, order)


def lesson_ids(work: Work, module: str) -> list[str]:
    """The lessons of a module, in its order."""
    entries = work.mapping(f"{module}/module.yaml").get("lessons") or []
    return [str(entry.get("id")) for entry in entries]


def renumber(author: Author, work: Work, module: str, order: list[str]) -> None:
    """Give the files of a module's lessons the numbers of their places."""
    for number, lesson in enumerate(order, 1):
        for language in _LANGUAGES:
            path = texts.find_path(work.files, module, lesson, language)
            wanted = f"{module}/{number:02}-{lesson}.{language}.md"
            if path is not None and path != wanted:
                drafts.rename_file(
                    author.actor,
                    work.draft.id,
                    path,
                    wanted,
                    base_version=work.head(path).version,
                    edit_id=new_id(),
                    device=author.device,
                    now=author.now,
                )


# --- settings ----------------------------------------------------------------------------------------------


def save_settings(
    author: Author,
    work: Work,
    path: str,
    values: Mapping[str, Any],
    names: Iterable[str],
    *,
    base: tuple[int, str],
    lesson: str | None = None,
) -> Saved:
    """What a form says of a course, a module, or one of its lessons; other keys stay. Raises NotFound, Invalid."""
    named = list(names)

    def edit(node: CommentedMap) -> None:
        target = node if lesson is None else _entry(_sequence(node, "lessons"), lesson)
        yaml_files.put(target, values, named)

    return edit_yaml(author, work, path, edit, base=base)


def save_exam(author: Author, work: Work, values: Mapping[str, Any], *, base: tuple[int, str]) -> Saved:
    """The rules of the course's examination as its form says them; keys it does not offer stay. Raises Invalid."""

    def edit(node: CommentedMap) -> None:
        exam = node.get("exam")
        if isinstance(exam, CommentedMap):
            yaml_files.put(exam, values, exam_fields.KEYS)
        else:
            node["exam"] = yaml_files.styled(values)

    return edit_yaml(author, work, "course.yaml", edit, base=base)


def remove_exam(author: Author, work: Work) -> None:
    """The examination leaves the draft. Raises NotFound."""

    def edit(node: CommentedMap) -> None:
        if "exam" not in node:
            raise NotFound
        yaml_files.remove(node, "exam")

    edit_yaml(author, work, "course.yaml", edit)


def _entry(entries: CommentedSeq, key: str) -> CommentedMap:
    found = next((entry for entry in entries if isinstance(entry, CommentedMap) and entry.get("id") == key), None)
    if found is None:
        raise NotFound
    return found


def confirm_translation(author: Author, work: Work, place: LessonPath, section: str, chinese_digest: str) -> None:
    """The section's English says what its present Chinese says: the mark goes until the Chinese changes again."""
    values = {
        "course_key": work.key,
        "section": f"{work.homes().get((place.module, place.lesson), place.module)}/{place.lesson}/{section}",
        "chinese_digest": chinese_digest,
        "person_id": author.actor.person_id,
        "at": author.now,
    }
    db.session.execute(upsert(TranslationCheck).values(**values).on_conflict_do_nothing())


# --- questions ---------------------------------------------------------------------------------------------


def save_question(
    author: Author,
    work: Work,
    module: str,
    key: str | None,
    values: Mapping[str, Any],
    *,
    base: tuple[int, str],
    edit_id: uuid.UUID | None = None,
) -> Saved:
    """Write one question of a module; ``key`` None adds it at the end. Raises NotFound, Invalid, Conflict."""
    path = f"{module}/questions.yaml"

    def edit(node: CommentedMap) -> None:
        entries = _sequence(node, "questions")
        entries.fa.set_block_style()
        taken = [entry.get("id") for entry in entries if isinstance(entry, CommentedMap)]
        if values.get("id") != key and values.get("id") in taken:
            raise Conflict(_("This id is in use already. Choose another one."))
        if key is None:
            entries.append(yaml_files.styled(values))
        else:
            yaml_files.put(_entry(entries, key), values)

    version, text = base
    return drafts.save_file(
        author.actor,
        work.draft.id,
        path,
        text=yaml_files.change(text, edit),
        base_version=version,
        edit_id=edit_id or new_id(),
        device=author.device,
        now=author.now,
    )


def remove_question(author: Author, work: Work, module: str, key: str) -> None:
    """The question leaves the draft. Raises NotFound."""
    path = f"{module}/questions.yaml"
    save(author, work, path, yaml_lists.take(work.text(path), "questions", key)[0])


# --- texts -------------------------------------------------------------------------------------------------


def save_text(author: Author, work: Work, path: str, text: str, *, base_version: int, edit_id: uuid.UUID) -> Saved:
    """Save a text as a browser sends it; a lesson that was moved meanwhile is found under its new number.

    The answer names the path at which it lies. Raises as ``authoring.services.save_file``.
    """
    path, base_version = _followed(work, path, base_version)
    base_version = _own_line(author, work, path, base_version)
    return drafts.save_file(
        author.actor,
        work.draft.id,
        path,
        text=text,
        base_version=base_version,
        edit_id=edit_id,
        device=author.device,
        now=author.now,
    )


def _followed(work: Work, path: str, version: int) -> tuple[str, int]:
    """Where the file lies now, and the version there that holds the same text."""
    place = texts.lesson_of(path)
    if place is None or path in work.files or path not in work.heads:
        return path, version
    here = texts.find_path(work.files, place.module, place.lesson, place.language)
    digest = queries.digest_at(work.draft, path, version)
    for now in [here] if here else texts.paths_elsewhere(work.files, place):
        same = [edit.version for edit in queries.edits_of(work.draft.id, now) if edit.digest == digest]
        if same:
            return now, max(same)
    return path, version


def _own_line(author: Author, work: Work, path: str, version: int) -> int:
    """The head's version where all since came from the same window, whose text holds it: an answer was lost."""
    since = [edit for edit in queries.edits_of(work.draft.id, path) if edit.version > version]
    own = all(
        (edit.person_id, edit.device) == (author.actor.person_id, author.device) and not edit.merged
        for edit in since
    )
    return max(edit.version for edit in since) if since and own and author.device else version


# --- recordings --------------------------------------------------------------------------------------------


def save_words(author: Author, work: Work, path: str, text: str, *, base_version: int) -> Saved | None:
    """Captions or a transcript as a form holds them; without words there is no file. None: nothing changed."""
    present = work.text(path) if path in work.files else ""
    if text == present:
        return None
    if not text:
        _delete(author, work, path)
        return None
    return save(author, work, path, text, base_version=base_version)


def remove_files(author: Author, work: Work, paths: Iterable[str]) -> None:
    """The files leave the draft; what they held stays in its versions. Raises NotFound, Conflict."""
    for path in paths:
        _delete(author, work, path)
