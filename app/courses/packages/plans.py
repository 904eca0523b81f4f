"""What a package would become: the files of a course, and what of it stays behind. Pure."""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from app.core.messages import N_, message_from
from app.core.text import Bilingual, shorten
from app.quizzes.interchange.archive import write_archive
from app.quizzes.interchange.model import CannotTake, Language, Refusal

#: Before a text that nobody has translated yet.
UNTRANSLATED: Final[dict[Language, str]] = {"zh": "（未翻译）", "en": "(untranslated) "}
_REPORT: Final = "plan.json"
_FILES: Final = "files/"


@dataclass(frozen=True, slots=True)
class Wish:
    """How the course is to be taken in, as the form says it."""

    #: Empty: the id that the package gives it.
    key: str
    #: What course.yaml names as its owner; None is the national authority.
    organisation: str | None
    language: Language
    today: date


@dataclass(frozen=True, slots=True)
class Taken:
    """Something that comes over. ``kind``: module, lesson, link, question, figure, questions or file."""

    kind: str
    name: str


@dataclass(slots=True)
class Plan:
    """A package as it was understood. Without files nothing of it can be taken."""

    kind: str = ""
    key: str = ""
    title: Bilingual = field(default_factory=lambda: Bilingual(zh="", en=""))
    files: dict[str, bytes] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    left: list[Refusal] = field(default_factory=list)


def packed(plan: Plan) -> bytes:
    """The plan as one file; the same plan gives the same bytes."""
    said = {
        "kind": plan.kind,
        "key": plan.key,
        "title": plan.title,
        "taken": [[one.kind, one.name] for one in plan.taken],
        "left": [one.as_json() for one in plan.left],
    }
    files = {f"{_FILES}{path}": data for path, data in plan.files.items()}
    return write_archive({_REPORT: json.dumps(said, ensure_ascii=False).encode(), **files})


def unpacked(data: bytes) -> Plan:
    """The plan that was packed by us."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    said = json.loads(files.pop(_REPORT))
    return Plan(
        said["kind"],
        said["key"],
        Bilingual(zh=said["title"]["zh"], en=said["title"]["en"]),
        {name.removeprefix(_FILES): content for name, content in files.items()},
        [Taken(*one) for one in said["taken"]],
        [Refusal(one["where"], one["what"], message_from(one["why"])) for one in said["left"]],
    )


def in_both(text: str, language: Language) -> Bilingual:
    """A text in its language, and marked as untranslated in the other."""
    name = shorten(" ".join(text.split()), 140)
    return Bilingual(
        zh=name if language == "zh" else UNTRANSLATED["zh"] + name,
        en=name if language == "en" else UNTRANSLATED["en"] + name,
    )


def slug(text: str, taken: Iterable[str], fallback: str) -> str:
    """An id of our form made from a title, unlike those taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or fallback
    known, number, found = set(taken), 2, plain
    while found in known:
        found, number = f"{plain}-{number}", number + 1
    return found


def heading_of(text: str) -> str:
    """A title as a heading on one line, its characters shown as they are."""
    return re.sub(r"[\\`*_\[\]<>#]", r"\\\g<0>", re.sub(r"[{}\s]+", " ", text)).strip()


def link_to(words: str, address: str) -> str:
    """A link in Markdown. Raises CannotTake for what lessons may not link to."""
    if not re.fullmatch(r"https?://[^\s<>()\[\]\\]+", address):
        raise CannotTake(N_("its address is none that a lesson may link to"))
    said = re.sub(r"[\\`*_\[\]<>{}]", r"\\\g<0>", " ".join(words.split()))
    return f"[{said}]({address})"
