"""Our own packages: a ZIP file with one folder, the course as it lies under ``content/courses``. Pure."""

from typing import Any

from app.core.errors import Invalid
from app.core.messages import N_
from app.core.text import Bilingual
from app.courses.authoring.rules import MAX_FILES, MAX_TEXT, as_text, is_course_key, is_path, is_text
from app.courses.content.files import Finding
from app.courses.content.parsing import parse_yaml
from app.courses.editing import yaml_files
from app.courses.packages.plans import Plan, Taken, Wish
from app.quizzes.interchange.archive import NESTED, write_archive
from app.quizzes.interchange.model import CannotTake, Refusal

COURSE = "course.yaml"


def pack(course_key: str, files: dict[str, bytes]) -> bytes:
    """The package; the same files give the same bytes."""
    return write_archive({f"{course_key}/{path}": files[path] for path in sorted(files)})


def folder_in(files: dict[str, bytes]) -> str | None:
    """The one folder that holds a course file, if the archive is a package of ours."""
    found = [path.removesuffix(f"/{COURSE}") for path in files if path.endswith(f"/{COURSE}")]
    return found[0] if len(found) == 1 and "/" not in found[0] else None


def read_own(archive: dict[str, bytes], folder: str, wish: Wish) -> Plan:
    """The course in the folder, every file as it is; only its id and owner follow the wish. Raises CannotTake."""
    plan = Plan(kind="own", key=wish.key or folder)
    if not is_course_key(plan.key):
        raise CannotTake(N_("its folder cannot be the id of a course: %(name)s", name=folder))
    for path, data in sorted(archive.items()):
        inside = path.removeprefix(f"{folder}/")
        if inside == path or any(step.startswith(".") for step in inside.split("/")):
            plan.left.append(Refusal(path, "", N_("it is no part of the course")))
            continue
        _check_file(inside, data)
        plan.files[inside] = data
    if len(plan.files) > MAX_FILES:
        raise CannotTake(N_("the archive has more than %(number)s files", number=MAX_FILES))
    course = _mapping(plan.files[COURSE])
    plan.title = _title(course, plan.key)
    plan.files[COURSE] = _adopted(plan.files[COURSE].decode(), course, plan.key, wish.organisation).encode()
    plan.taken = [_taken(path) for path in plan.files if path != COURSE]
    return plan


def _check_file(path: str, data: bytes) -> None:
    if data.startswith(NESTED):
        raise CannotTake(N_("the archive holds another archive: %(name)s", name=path))
    if not is_path(path):
        raise CannotTake(N_("a course cannot have a file of this name: %(name)s", name=path))
    if is_text(path) and (as_text(path, data) is None or len(data.decode()) > MAX_TEXT):
        raise CannotTake(N_("it is no text, or too long: %(name)s", name=path))


def _mapping(data: bytes) -> dict[Any, Any]:
    found = parse_yaml(data)
    if isinstance(found, Finding):
        raise CannotTake(
            N_("course.yaml cannot be read at line %(line)s: %(why)s", line=found.line, why=found.wrong)
        )
    return found.data


def _title(course: dict[Any, Any], fallback: str) -> Bilingual:
    said = course.get("title")
    names = said if isinstance(said, dict) else {}
    return Bilingual(zh=str(names.get("zh") or fallback), en=str(names.get("en") or fallback))


def _adopted(text: str, course: dict[Any, Any], key: str, organisation: str | None) -> str:
    """The course file under its new id and owner; byte for byte the same where they stay."""

    def edit(node: Any) -> None:
        node["id"] = key
        if organisation:
            node["organisation"] = organisation
        else:
            node.pop("organisation", None)

    if course.get("id") == key and course.get("organisation") == organisation:
        return text
    try:
        return yaml_files.change(text, edit)
    except Invalid as error:
        raise CannotTake(N_("course.yaml cannot be read")) from error


def _taken(path: str) -> Taken:
    folder, _slash, name = path.rpartition("/")
    if name == "module.yaml":
        return Taken("module", folder)
    if name == "questions.yaml":
        return Taken("questions", path)
    if folder == "figures":
        return Taken("figure", path)
    return Taken("lesson" if name.endswith(".md") else "file", path)
