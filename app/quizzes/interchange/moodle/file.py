"""A file of Moodle XML as a whole."""

from collections.abc import Mapping
from functools import partial

from lxml import etree

from app.core.messages import N_, Message
from app.core.text import shorten
from app.quizzes.interchange.media import MediaBox
from app.quizzes.interchange.model import MAX_ITEMS, CannotTake, Imported, Language, Media, Question, Refusal
from app.quizzes.interchange.moodle import case
from app.quizzes.interchange.moodle.reading import Reading, read_item
from app.quizzes.interchange.moodle.types import READERS, WRITERS
from app.quizzes.interchange.moodle.writing import new_file, write_question
from app.quizzes.interchange.safe_xml import name_of, path_text


def read(root: etree._Element, language: Language) -> Imported:
    """Every question of the file, and every part that cannot be taken, with its line. Raises CannotTake."""
    if name_of(root) != "quiz":
        raise CannotTake(
            N_("it is XML, but neither Moodle XML nor QTI 2 or 3: it begins with <%(tag)s>", tag=name_of(root))
        )
    found = Imported()
    box = MediaBox()
    part_of = partial(read_item, readers=READERS, box=box, language=language)
    for group in case.groups(root):
        element = group[0]
        if element.get("type") == "category":
            continue
        where = str(element.sourceline or 1)
        if found.is_full:
            found.refused.append(Refusal(where, "", N_("only %(number)s questions at a time", number=MAX_ITEMS)))
            break
        try:
            if case.is_case(element):
                found.items.append(case.read(group, Reading(element, box), part_of, language))
            else:
                found.items.append(part_of(element))
        except CannotTake as error:
            found.refused.append(Refusal(where, shorten(path_text(element, "name", "text")), error.why))
    found.media = box.used([item.raw for item in found.items])
    return found


def write(question: Question, media: Mapping[str, Media]) -> tuple[list[etree._Element], list[Message]]:
    """The elements of one question, and what other systems will not show as we do. Raises CannotGo."""
    if question.raw.get("type") == "case":
        return case.write(question, partial(write_question, writers=WRITERS, media=media), media)
    element, notes = write_question(question, WRITERS, media)
    return [element], notes


def write_file(elements: list[etree._Element]) -> bytes:
    """The bytes of a file."""
    root = new_file()
    root.extend(elements)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written
