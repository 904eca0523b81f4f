"""Essays and file uploads in Moodle XML: both are its essay questions."""

from decimal import Decimal
from typing import Final

from app.core.messages import N_
from app.quizzes.grading.essay import MAX_LENGTH
from app.quizzes.grading.file_types import KINDS
from app.quizzes.grading.upload import MAX_FILES, MAX_MEBIBYTES
from app.quizzes.interchange.answers import whole_number
from app.quizzes.interchange.essays import essay_part, for_markers
from app.quizzes.interchange.model import Raw
from app.quizzes.interchange.moodle.reading import Reading
from app.quizzes.interchange.moodle.writing import Writing
from app.quizzes.interchange.safe_xml import child, path_text

_MEBIBYTE: Final = 1024 * 1024
_ENDINGS: Final = {
    **{f".{kind}": kind for kind in KINDS if kind not in {"jpeg", "text"}},
    **dict.fromkeys((".jpg", ".jpeg"), "jpeg"),
    ".txt": "text",
}
#: Moodle's names for groups of types.
_GROUPS: Final = {"document": ("pdf", "docx"), "image": ("png", "jpeg"), "web_image": ("png", "jpeg")}


def read(reading: Reading, _raw: Raw) -> Raw:
    """An essay; where only files are handed in, a file upload."""
    if path_text(reading.element, "responseformat") == "noinline":
        return _upload(reading)
    if path_text(reading.element, "attachments") not in {"", "0"}:
        reading.note(N_("Files beside the text are not kept; ask for them in a question of their own."))
    part = essay_part(reading.text(child(reading.element, "graderinfo")), reading.notes)
    if path_text(reading.element, "responsetemplate", "text"):
        reading.note(N_("The text that stood in the answer at the beginning is not kept."))
    return part | {
        ours: number
        for ours, theirs in (("minimum", "minwordlimit"), ("maximum", "maxwordlimit"))
        if (number := whole_number(path_text(reading.element, theirs), MAX_LENGTH))
    }


def _upload(reading: Reading) -> Raw:
    names = path_text(reading.element, "filetypeslist").replace(";", ",").split(",")
    wanted = [name.strip().lower() for name in names if name.strip()]
    known = [kind for name in wanted for kind in _GROUPS.get(name, (_ENDINGS.get(name, ""),)) if kind]
    if len(known) < len(wanted) or not wanted:
        reading.note(N_("Of its types of files only those are kept that can be recognised here."))
    files = whole_number(path_text(reading.element, "attachments"), MAX_FILES)
    size = whole_number(path_text(reading.element, "maxbytes"), MAX_MEBIBYTES * _MEBIBYTE)
    if path_text(reading.element, "graderinfo", "text"):
        reading.note(N_("Its notes for markers are not kept."))
    return {
        "type": "file_upload",
        "accept": sorted(set(known)) or sorted(KINDS),
        "max_files": files or MAX_FILES,
        "max_mebibytes": -(-size // _MEBIBYTE) or 10,
    }


def _settings(writing: Writing, **values: object) -> None:
    for name, value in values.items():
        writing.add(writing.element, name, str(value))


def write_essay(writing: Writing, raw: Raw) -> None:
    """The rubric and the model answer go to the markers as a text."""
    _settings(writing, responseformat="editor", responserequired=1, responsefieldlines=15)
    if raw.get("count", "words") == "words":
        limits = {"minwordlimit": raw.get("minimum"), "maxwordlimit": raw.get("maximum")}
        _settings(writing, **{name: Decimal(str(value)) for name, value in limits.items() if value})
    _settings(writing, attachments=0, attachmentsrequired=0, maxbytes=0, filetypeslist="")
    writing.texts(writing.element, "graderinfo", for_markers(raw))
    writing.text(writing.element, "responsetemplate", "", format="html")


def write_upload(writing: Writing, raw: Raw) -> None:
    """An essay without a text of its own, with attachments."""
    endings = [ending for ending, kind in _ENDINGS.items() if kind in raw["accept"]]
    _settings(writing, responseformat="noinline", responserequired=0, responsefieldlines=15)
    _settings(writing, attachments=raw.get("max_files") or 1, attachmentsrequired=1)
    _settings(writing, maxbytes=int(raw.get("max_mebibytes") or 10) * _MEBIBYTE, filetypeslist=",".join(endings))
    writing.text(writing.element, "graderinfo", "", format="html")
    writing.text(writing.element, "responsetemplate", "", format="html")
