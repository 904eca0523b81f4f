"""A lesson goes from one module to another, with its files and check questions."""

from collections.abc import Iterable

from flask_babel import gettext as _
from ruamel.yaml.comments import CommentedMap

from app.core.errors import Conflict, NotFound
from app.core.identifiers import new_id
from app.courses.authoring import services as drafts
from app.courses.authoring.sources import manifest_of
from app.courses.content.loading import parse_lesson
from app.courses.editing import texts, yaml_files, yaml_lists
from app.courses.editing.outlines import listed
from app.courses.editing.queries import Work
from app.courses.editing.services import Author, lesson_ids, renumber, save

LANGUAGES = ("zh", "en")


def move_between(author: Author, work: Work, module: str, lesson: str, *, to: str, place: int) -> list[str]:
    """Put a lesson at a place, counted from 0, of another module; the check questions that went along.

    Ids stay. ``moved_from`` says where it was first published, so that what trainees have done in it, and their
    notes and questions, stay with it. Raises NotFound, Conflict where that module has a lesson of this id.
    """
    if lesson not in lesson_ids(work, module):
        raise NotFound
    there = lesson_ids(work, to)
    work.head(f"{to}/module.yaml")
    if lesson in there:
        raise Conflict(_("That module has a lesson with this id already."))
    order = [*there]
    order.insert(max(0, place), lesson)
    asked = _questions_of(work, module, lesson)
    _move_entry(author, work, module, lesson, to=to, place=place)
    _move_questions(author, work, module, to, asked)
    for language in LANGUAGES:
        if path := texts.find_path(work.files, module, lesson, language):
            drafts.rename_file(
                author.actor,
                work.draft.id,
                path,
                f"{to}/{order.index(lesson) + 1:02}-{lesson}.{language}.md",
                base_version=work.head(path).version,
                edit_id=new_id(),
                device=author.device,
                now=author.now,
            )
    renumber(author, work, module, [one for one in lesson_ids(work, module) if one != lesson])
    renumber(author, work, to, order)
    return asked


def _move_entry(author: Author, work: Work, module: str, lesson: str, *, to: str, place: int) -> None:
    source, target = f"{module}/module.yaml", f"{to}/module.yaml"
    left, entry = yaml_lists.take(work.text(source), "lessons", lesson)
    given = yaml_lists.give(work.text(target), "lessons", entry, place)
    published = texts.find_path(manifest_of(work.draft.base_tree), module, lesson, "zh") is not None

    def say_home(node: CommentedMap) -> None:
        moved = next(one for one in node["lessons"] if one.get("id") == lesson)
        home = moved.get("moved_from") or (module if published else None)
        if home == to:
            moved.pop("moved_from", None)
        elif home is not None and "moved_from" not in moved:
            moved.insert(1, "moved_from", home)

    save(author, work, source, left)
    save(author, work, target, yaml_files.change(given, say_home))


def _questions_of(work: Work, module: str, lesson: str) -> list[str]:
    """The questions of the module that stand in this lesson and in no other."""
    path = f"{module}/questions.yaml"
    known = [str(one.get("id")) for one in listed(work.mapping(path), "questions") if isinstance(one, dict)]
    others = [one for one in lesson_ids(work, module) if one != lesson]
    own, elsewhere = _placed(work, module, [lesson]), _placed(work, module, others)
    return [key for key in known if key in own and key not in elsewhere]


def _placed(work: Work, module: str, lessons: Iterable[str]) -> set[str]:
    paths = (texts.find_path(work.files, module, lesson, tag) for lesson in lessons for tag in LANGUAGES)
    return {spot.text for path in paths if path for spot in parse_lesson(work.text(path)).questions}


def _move_questions(author: Author, work: Work, module: str, to: str, keys: list[str]) -> None:
    if not keys:
        return
    source, target = f"{module}/questions.yaml", f"{to}/questions.yaml"
    left, given = work.text(source), work.text(target)
    for key in keys:
        left, entry = yaml_lists.take(left, "questions", key)
        given = yaml_lists.give(given, "questions", entry, len(listed(yaml_files.load(given), "questions")))
    save(author, work, source, left)
    save(author, work, target, given)
