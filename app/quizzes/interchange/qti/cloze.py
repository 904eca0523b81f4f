"""Cloze in QTI: fields and lists inside one text."""

from decimal import Decimal
from typing import Final

from lxml import etree

from app.core.messages import N_
from app.quizzes.interchange.answers import check_parts, plain_number
from app.quizzes.interchange.model import CannotGo, Raw
from app.quizzes.interchange.qti import gapped
from app.quizzes.interchange.qti.content import fill_line
from app.quizzes.interchange.qti.interactions import any_right, right_one, text_entry
from app.quizzes.interchange.qti.reading import Reading, choice_ids
from app.quizzes.interchange.qti.writing import Answer, Writing
from app.quizzes.interchange.running import cut
from app.quizzes.interchange.safe_xml import children, name_of

PREFIX: Final = "gap-"


def is_cloze(reading: Reading) -> bool:
    """Are there fields in a text: several, a list, or one in a text that we marked?"""
    names = {name_of(found) for found in reading.interactions}
    if not names <= {"textEntryInteraction", "inlineChoiceInteraction"}:
        return False
    return len(reading.interactions) > 1 or "inlineChoiceInteraction" in names or gapped.is_marked(reading.body)


def read(reading: Reading) -> Raw:
    """A text with fields. Raises CannotTake."""
    check_parts(reading.interactions, 1)
    names = gapped.names_of([found.get("responseIdentifier", "") for found in reading.interactions], PREFIX)
    prompt, text = cut(gapped.texts(reading, reading.interactions), names, reading.notes)
    gaps = []
    for name, interaction in zip(names, reading.interactions, strict=True):
        inner = reading.at(interaction)
        part = _choice(inner) if name_of(interaction) == "inlineChoiceInteraction" else text_entry(inner)
        part.pop("unit", None)
        gaps.append({"id": name} | part)
    return {"type": "cloze", "prompt": prompt, "text": text, "gaps": gaps} | _marks(reading, gaps)


def _marks(reading: Reading, gaps: list[Raw]) -> Raw:
    """The gaps' shares, where they are not all the same; and the whole, where the item does not say it."""
    worth = [reading.at(interaction).worth() for interaction in reading.interactions]
    least = min(worth)
    if least > 0 and max(worth) != least:
        fine = all(value == round(value, 2) for value in worth)
        for gap, value in zip(gaps, worth, strict=True):
            gap["marks"] = plain_number(value if fine else round(value / least, 2))
    whole = round(sum(worth, Decimal(0)), 2)
    return {"marks": plain_number(whole)} if least > 0 and whole != 1 else {}


def _choice(reading: Reading) -> Raw:
    elements = children(reading.interaction, "inlineChoice")
    check_parts(elements, 2)
    ours, right = choice_ids(elements), right_one(reading)
    return {
        "type": "single",
        "choices": [
            {"id": ours[element.get("identifier", "")]}
            | ({"correct": True} if element.get("identifier") in right else {})
            | {"text": reading.content(element)}
            for element in elements
        ],
    } | any_right(right)


def write(writing: Writing, raw: Raw) -> None:
    """The fields stand in the Chinese text; the English one names them by number. Raises CannotGo."""
    whole = sum((Decimal(str(gap.get("marks") or 1)) for gap in raw["gaps"]), Decimal(0))
    fields = {}
    for gap in raw["gaps"]:
        share = Decimal(str(gap.get("marks") or 1)) / whole
        fields[gap["id"]] = _written(writing, gap, writing.answer(f"{PREFIX}{gap['id']}", share))
    gapped.write(writing, writing.body, raw["text"], fields)


def _written(writing: Writing, gap: Raw, answer: Answer) -> list[etree._Element]:
    write_gap = _GAPS.get(str(gap.get("type")))
    if write_gap is None:
        raise CannotGo(N_("QTI has no gaps of the type %(type)s", type=gap.get("type")))
    return write_gap(writing, gap, answer)


def _list(writing: Writing, gap: Raw, answer: Answer) -> list[etree._Element]:
    holder = writing.loose("inlineChoiceInteraction", responseIdentifier=answer.identifier, shuffle="true")
    right = []
    for number, choice in enumerate(gap["choices"], start=1):
        identifier = f"choice-{number}"
        fill_line(writing.add(holder, "inlineChoice", identifier=identifier), choice["text"])
        right += [identifier] if choice.get("correct") else []
    answer.accept_one(right)
    return [holder]


def _number(writing: Writing, gap: Raw, answer: Answer) -> list[etree._Element]:
    answer.declare("single", "float", [plain_number(Decimal(str(gap["answer"])))])
    answer.score_when_equal(Decimal(str(gap.get("tolerance") or 0)))
    field = writing.loose("textEntryInteraction", responseIdentifier=answer.identifier, expectedLength="20")
    return [field, *writing.units(gap)]


def _words(writing: Writing, gap: Raw, answer: Answer) -> list[etree._Element]:
    answer.accept(gap)
    return [writing.loose("textEntryInteraction", responseIdentifier=answer.identifier, expectedLength="60")]


_GAPS: Final = {"single": _list, "numeric": _number, "short_text": _words}
