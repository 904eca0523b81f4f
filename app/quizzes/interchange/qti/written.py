"""Essays and file uploads in QTI: marked by people."""

import copy
from typing import Final

from lxml import etree

from app.core.messages import N_
from app.quizzes.grading.file_types import KINDS
from app.quizzes.grading.upload import MAX_FILES
from app.quizzes.interchange.essays import essay_part, for_markers
from app.quizzes.interchange.model import Raw
from app.quizzes.interchange.qti.reading import Reading
from app.quizzes.interchange.qti.writing import Writing
from app.quizzes.interchange.safe_xml import descendants, text_of

_TYPES: Final = {media_type.partition(";")[0]: kind for kind, media_type in KINDS.items()}
#: Who reads the rubric of a stranger's essay.
_MARKERS: Final = frozenset({"scorer", "tutor"})


def read_essay(reading: Reading) -> Raw:
    """A long text; all that markers are told stands for the model answer. Raises CannotTake."""
    blocks = [block for block in descendants(reading.body, "rubricBlock") if text_of(block).strip()]
    told = [block for block in blocks if _MARKERS & set(block.get("view", "").split())]
    reading.rubrics_used = len(told) == len(blocks)
    together = etree.Element("div")
    for block in told:
        together.append(copy.deepcopy(block))
        together[-1].tag = "div"
    model = reading.texts_of(together)
    return essay_part(model, reading.notes)


def read_upload(reading: Reading) -> Raw:
    """One or more files, a file a response. Raises CannotTake."""
    wanted = [name for found in reading.interactions for name in found.get("type", "").split()]
    known = {_TYPES[name] for name in wanted if name in _TYPES}
    if not known or not set(wanted) <= set(_TYPES):
        reading.note(N_("Of its types of files only those are kept that can be recognised here."))
    most = min(len(reading.interactions), MAX_FILES)
    return {"type": "file_upload", "accept": sorted(known or KINDS), "max_files": most}


def write_essay(writing: Writing, raw: Raw) -> None:
    """The rubric and the model answer go to the scorers as a text."""
    told = writing.add(writing.body, "rubricBlock", view="scorer")
    if writing.version == "3.0":
        told.set("use", "scoring")
        told = writing.add(told, "contentBody")
    writing.texts(told, for_markers(raw))
    answer = writing.answer()
    attributes = {"expectedLength": str(raw["maximum"])} if raw.get("maximum") else {}
    writing.add(
        writing.body, "extendedTextInteraction", responseIdentifier=answer.identifier, format="plain", **attributes
    )
    answer.declare("single", "string")
    writing.marked_by_people()


def write_upload(writing: Writing, raw: Raw) -> None:
    """As many places for a file as there may be files; before version 3 a place names one type or none."""
    types = [name for name, kind in _TYPES.items() if kind in raw["accept"]]
    attributes = {"type": " ".join(types)} if writing.version == "3.0" or len(types) == 1 else {}
    for number in range(1, int(raw.get("max_files") or 1) + 1):
        answer = writing.answer("RESPONSE" if number == 1 else f"RESPONSE-{number}")
        answer.declare("single", "file")
        writing.add(writing.body, "uploadInteraction", responseIdentifier=answer.identifier, **attributes)
    writing.marked_by_people()
