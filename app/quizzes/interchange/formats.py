"""The formats: which one a file is in, reading it, and writing questions in one of them.

Every question is proved as it is written: it is read back, and where it would not come back the same it does not
go, and the reader is told why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.core.messages import N_, Message
from app.quizzes import grading
from app.quizzes.grading.malformed import Malformed
from app.quizzes.interchange import aiken, native, qti12
from app.quizzes.interchange.archive import folder_of, inside, read_archive, write_archive
from app.quizzes.interchange.carried import as_text, parts_to_carry
from app.quizzes.interchange.comparing import difference
from app.quizzes.interchange.gift import reading as gift_reading
from app.quizzes.interchange.gift import writing as gift_writing
from app.quizzes.interchange.media import MediaBox, references
from app.quizzes.interchange.model import (
    CannotGo,
    CannotTake,
    Exported,
    Imported,
    Item,
    Language,
    Media,
    Question,
    Raw,
    Refusal,
    completed,
    title_of,
)
from app.quizzes.interchange.moodle import file as moodle_file
from app.quizzes.interchange.qti import content as qti_content
from app.quizzes.interchange.qti import package as qti_package
from app.quizzes.interchange.qti import types as qti_types
from app.quizzes.interchange.recognition import OFFICE_DOCUMENT, decode, kind_of
from app.quizzes.interchange.safe_xml import name_of, parse_xml

#: Our own file in an archive.
_OWN: Final = "questions.yaml"
MAX_FILE: Final = 16 * 1024 * 1024
#: What an exported file is compared in; every text of an export names its language, so it does not matter which.
_ANY_LANGUAGE: Final[Language] = "zh"


@dataclass(frozen=True, slots=True)
class Format:
    """A format to write: its name for people, and the ending and type of its file."""

    name: str
    title: str
    suffix: str
    content_type: str


EXPORTS: Final = {
    found.name: found
    for found in (
        Format("yaml", "YAML", "yaml", "application/yaml"),
        Format("gift", "GIFT", "gift.txt", "text/plain"),
        Format("moodle", "Moodle XML", "xml", "application/xml"),
        Format("qti22", "QTI 2.2", "zip", "application/zip"),
        Format("qti30", "QTI 3.0", "zip", "application/zip"),
    )
}
IMPORTS: Final = {
    "yaml": "YAML",
    "gift": "GIFT",
    "aiken": "Aiken",
    "moodle": "Moodle XML",
    "qti": "QTI",
}

_QTI: Final = {"qti22": "2.2", "qti30": "3.0"}
#: The formats in which a part can travel that they have no words for.
_CARRYING: Final = frozenset({"gift", "moodle", "qti22", "qti30"})


def read(data: bytes, name: str, language: Language) -> tuple[str, Imported]:
    """A file in any of the formats: which one it was, and what is in it. Never raises for what a file holds."""
    kind = ""
    try:
        if not data.strip():
            raise CannotTake(N_("the file is empty"))
        if len(data) > MAX_FILE:
            raise CannotTake(N_("the file is larger than %(number)s MB", number=MAX_FILE // 1024 // 1024))
        kind = kind_of(data, name)
        found = gradable(_READERS[kind](data, name, language))
        if not found.items and not found.refused:
            raise CannotTake(N_("there are no questions in it"))
    except CannotTake as error:
        return kind, Imported(refused=[Refusal(name, "", error.why)])
    return kind, found


def gradable(found: Imported) -> Imported:
    """Only what the bank would take, once both languages are there."""
    taken: list[Item] = []
    for item in found.items:
        try:
            grading.validate("", completed(item.raw))
        except Malformed as error:
            why = error.why
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
            why = N_("its parts are not as docs/content-format.md describes them")
        else:
            if title_of(item.raw):
                taken.append(item)
                continue
            why = N_("it has no question text")
        found.refused.append(Refusal(item.where, item.key or title_of(item.raw), why))
    used = references([item.raw for item in taken])
    media = {digest: found.media[digest] for digest in used if digest in found.media}
    return Imported(taken, found.refused, media)


def as_language(name: object) -> Language:
    """A language somebody chose, Chinese unless it is English."""
    return "en" if name == "en" else "zh"


def _read_xml(data: bytes, name: str, language: Language) -> Imported:
    root = parse_xml(data)
    if name_of(root) in qti_package.ITEM_ROOTS:
        return qti_package.read_file(root, name, language)
    if name_of(root) in qti_package.PART_ROOTS:
        raise CannotTake(N_("it is one part of a QTI package; choose the whole package (a ZIP file)"))
    if name_of(root) == qti12.ROOT:
        return qti12.read_file(root, name, language)
    return moodle_file.read(root, language)


def _read_zip(data: bytes, _name: str, language: Language) -> Imported:
    files = read_archive(data)
    if (folder := folder_of(files, qti_package.MANIFEST)) is not None:
        return qti_package.read_package(inside(files, folder), language)
    if (folder := folder_of(files, _OWN)) is not None:
        beside = inside(files, folder)
        return native.read(decode(beside[_OWN]), language, MediaBox(beside))
    if "[Content_Types].xml" in files:
        raise CannotTake(OFFICE_DOCUMENT)
    if len(files) == 1:
        ((path, content),) = files.items()
        return read(content, path, language)[1]
    raise CannotTake(N_("the archive has neither an imsmanifest.xml nor a questions.yaml"))


_READERS: Final[dict[str, Callable[[bytes, str, Language], Imported]]] = {
    "yaml": lambda data, _name, language: native.read(decode(data), language),
    "gift": lambda data, _name, language: gift_reading.read(decode(data), language),
    "aiken": lambda data, _name, language: aiken.read(decode(data), language),
    "xml": _read_xml,
    "zip": _read_zip,
}


# --- writing -----------------------------------------------------------------------------------------------


def write(
    kind: str, questions: Sequence[Question], media: Mapping[str, Media], *, name: str = "questions"
) -> Exported:
    """The questions in a format. What cannot go is named in the result, never left out in silence."""
    form = EXPORTS[kind]
    going: list[Question] = []
    left_out: list[Refusal] = []
    notes: list[Refusal] = []
    for question in questions:
        try:
            proved, said = _prove(kind, question, media)
        except CannotGo as error:
            left_out.append(Refusal(question.key, title_of(question.raw), error.why))
            continue
        going.append(proved)
        notes += [Refusal(question.key, title_of(question.raw), note) for note in said]
    data, zipped = _assemble(kind, going, media)
    suffix, content_type = ("zip", "application/zip") if zipped else (form.suffix, form.content_type)
    return Exported(f"{name}.{suffix}", content_type, data, [q.key for q in going], left_out, notes)


def _prove(kind: str, question: Question, media: Mapping[str, Media]) -> tuple[Question, list[Message]]:
    """Write one question, read it back and compare; what did not come back is carried, and the proof made again.

    Raises CannotGo.
    """
    said = _notes(kind, question, media)
    again = _read_back(kind, question, media)
    if difference(question.raw, again) and kind in _CARRYING:
        parts = parts_to_carry(question.raw, again)
        question = replace(question, carried=as_text(parts))
        names = ", ".join(name for part in parts for name, value in part.fields.items() if value is not None)
        said = [*said, N_("Part of it is understood only here, when it comes back: %(names)s.", names=names)]
        again = _read_back(kind, question, media)
    if changed := difference(question.raw, again):
        raise CannotGo(N_("the format would change it at “%(path)s”", path=changed))
    return question, said


def _read_back(kind: str, question: Question, media: Mapping[str, Media]) -> Raw:
    """The question as it is read from the file that is written of it. Raises CannotGo."""
    data, zipped = _assemble(kind, [question], media)
    _kind_read, found = read(data, "proof.zip" if zipped else f"proof.{EXPORTS[kind].suffix}", _ANY_LANGUAGE)
    if found.refused or len(found.items) != 1:
        why = str(found.refused[0].why) if found.refused else ""
        raise CannotGo(N_("it cannot be read back: %(why)s", why=why))
    return found.items[0].raw


def _notes(kind: str, question: Question, media: Mapping[str, Media]) -> list[Message]:
    if kind == "gift":
        return gift_writing.write_question(question)[1]
    if kind == "moodle":
        return moodle_file.write(question, media)[1]
    if kind in _QTI:
        files = qti_types.write(question, _QTI[kind], media)
        return [note for listed, _data in files for note in listed.notes]
    return []


def _assemble(kind: str, questions: Sequence[Question], media: Mapping[str, Media]) -> tuple[bytes, bool]:
    """The file's bytes, and whether it is an archive. Raises CannotGo."""
    if kind == "gift":
        return "\n".join(gift_writing.write_question(question)[0] for question in questions).encode(), False
    if kind == "moodle":
        elements = [element for question in questions for element in moodle_file.write(question, media)[0]]
        return moodle_file.write_file(elements), False
    if kind in _QTI:
        return _assemble_qti(_QTI[kind], questions, media), True
    written = native.write(questions)
    pictures = _pictures(questions, media)
    return (write_archive({"questions.yaml": written, **pictures}), True) if pictures else (written, False)


def _assemble_qti(version: str, questions: Sequence[Question], media: Mapping[str, Media]) -> bytes:
    pictures = _pictures(questions, media)
    written = [file for question in questions for file in qti_types.write(question, version, media)]
    files = {listed.path: data for listed, data in written}
    listed = qti_content.manifest([listed for listed, _data in written], media, version)
    return write_archive({qti_package.MANIFEST: listed, **files, **pictures})


def _pictures(questions: Sequence[Question], media: Mapping[str, Media]) -> dict[str, bytes]:
    """The pictures of questions by their path in an archive. Raises CannotGo for a missing one."""
    digests = references([question.raw for question in questions])
    if any(digest not in media for digest in digests):
        raise CannotGo(N_("one of its pictures is missing here"))
    return {f"media/{digest}.{media[digest].suffix}": media[digest].data for digest in digests}
