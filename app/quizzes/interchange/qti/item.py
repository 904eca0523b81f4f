"""Read one QTI item (2.1, 2.2 or 3.0): its parts, what is said about it, and what of it is left behind."""

from collections.abc import Callable

from lxml import etree

from app.core.messages import N_
from app.quizzes.interchange import carried
from app.quizzes.interchange.about import read_tags
from app.quizzes.interchange.media import MediaBox
from app.quizzes.interchange.model import CannotTake, Item, Language, Raw, as_key, settle, title_of
from app.quizzes.interchange.qti import losses, names
from app.quizzes.interchange.qti.reading import Beside, Reader, Reading
from app.quizzes.interchange.running import ask


def read_item(
    root: etree._Element,
    reader_of: Callable[["Reading"], Reader],
    language: Language,
    *,
    box: MediaBox,
    path: str,
    beside: Beside,
) -> Item:
    """An item from the root of its file. Raises CannotTake."""
    reading = Reading(names.to_version_2(root), box, path)
    about, others = read_tags(beside.tags)
    reading.hint = others.get("scoring", "")
    raw: Raw = reader_of(reading)(reading)
    if "prompt" not in raw:
        raw["prompt"] = reading.prompt()
    reading.feedback(raw)
    raw |= about
    losses.note_losses(reading)
    if (marks := reading.marks()) is not None:
        raw["marks"] = marks
    settle(raw, reading.own_language or language)
    ask(raw)
    if beside.carried:
        carried.restore(raw, beside.carried, lambda address: box.keep_file(f"media/{address[6:]}"), reading.notes)
    if not title_of(raw):
        raise CannotTake(N_("it has no question text"))
    return Item(as_key(root.get("identifier", "")), raw, path, tuple(reading.notes))
