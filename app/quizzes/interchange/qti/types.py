"""Which of QTI's interactions is which of our types."""

from collections.abc import Mapping
from typing import Final

from app.core.messages import N_
from app.quizzes.interchange.about import tags_of
from app.quizzes.interchange.media import references
from app.quizzes.interchange.model import CannotTake, Media, Question
from app.quizzes.interchange.qti import calculated, case, cloze, dragged, interactions, writing, written
from app.quizzes.interchange.qti.content import Listed
from app.quizzes.interchange.qti.reading import Reader, Reading
from app.quizzes.interchange.safe_xml import name_of

_READERS: Final[dict[str, Reader]] = {
    **interactions.BASIC,
    "inlineChoiceInteraction": cloze.read,
    "extendedTextInteraction": written.read_essay,
    "uploadInteraction": written.read_upload,
    "gapMatchInteraction": dragged.read_text,
    "graphicGapMatchInteraction": dragged.read_labels,
}
WRITERS: Final[writing.Writers] = {
    **writing.BASIC,
    "cloze": cloze.write,
    "calculated": calculated.write,
    "essay": written.write_essay,
    "file_upload": written.write_upload,
    "drag_text": dragged.write_text,
    "drag_image": dragged.write_labels,
}


def write(question: Question, version: str, media: Mapping[str, Media]) -> list[tuple[Listed, bytes]]:
    """The files of one question. Raises CannotGo."""
    if question.raw.get("type") == "case":
        return case.write(question, WRITERS, version, media)
    data, notes = writing.write_item(question, WRITERS, version, media)
    listed = Listed(
        key=question.key,
        kind="item",
        path=f"items/{question.key}.xml",
        pictures=references([question.raw]),
        tags=tags_of(question.raw),
        carried=question.carried,
        notes=notes,
    )
    return [(listed, data)]


def reader_of(reading: Reading) -> Reader:
    """Who reads an item with these interactions. Raises CannotTake."""
    if calculated.is_calculated(reading):
        return calculated.read
    if cloze.is_cloze(reading):
        return cloze.read
    names = {name_of(found) for found in reading.interactions}
    if len(reading.interactions) > 1 and names != {"uploadInteraction"}:
        raise CannotTake(N_("it asks %(number)s things in one item", number=len(reading.interactions)))
    read = _READERS.get(name_of(reading.interaction))
    if read is None:
        raise CannotTake(N_("the interaction “%(name)s” cannot be taken", name=name_of(reading.interaction)))
    return read
