"""Case analyses in Moodle XML: a description with the stem and the exhibits, and a question for each part."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange.about import tags_of
from app.quizzes.interchange.answers import whole_number
from app.quizzes.interchange.languages import as_spans
from app.quizzes.interchange.model import (
    LANGUAGES,
    MAX_PARTS,
    CannotTake,
    Item,
    Language,
    Media,
    Question,
    Raw,
    Texts,
    as_key,
    is_key,
    settle,
)
from app.quizzes.interchange.moodle import gapped
from app.quizzes.interchange.moodle.reading import Reading
from app.quizzes.interchange.moodle.writing import Writing
from app.quizzes.interchange.running import START
from app.quizzes.interchange.safe_xml import child, children, descendants, path_text, text_of

#: The tag that says to which case a description and its questions belong; of these also at which place.
TAG: Final = "case:"
_TITLE: Final = re.compile(r"^### +(.+?)$", re.MULTILINE)


def groups(root: etree._Element) -> Iterator[list[etree._Element]]:
    """The questions of a file: each alone, but a case's description together with the questions of its parts.

    These may stand anywhere: Moodle writes questions by their type. Their tags say in which order they belong.
    """
    elements = children(root, "question")
    told = {_case_of(element)[0]: element for element in reversed(elements) if is_case(element)}
    parts: dict[str, list[etree._Element]] = defaultdict(list)
    for element in elements:
        parts[_case_of(element)[0]].append(element)
    for element in elements:
        case = _case_of(element)[0]
        if told.get(case) is element:
            yield [element, *sorted((part for part in parts[case] if part is not element), key=_place)]
        elif case not in told:
            yield [element]


def _case_of(element: etree._Element) -> tuple[str, str]:
    """To which case a question belongs, and at which place; both empty where no tag says it."""
    tags = (path_text(tag, "text") for tag in descendants(element, "tag"))
    case, _colon, place = next((tag for tag in tags if tag.startswith(TAG)), "").removeprefix(TAG).partition(":")
    return case, place


def _place(element: etree._Element) -> int:
    return whole_number(_case_of(element)[1], MAX_PARTS)


def is_case(element: etree._Element) -> bool:
    """Is this the description of a case?"""
    return element.get("type") == "description" and bool(_case_of(element)[0])


def read(
    group: list[etree._Element],
    reading: Reading,
    part_of: Callable[[etree._Element], Item],
    language: Language,
) -> Item:
    """A case of its description and its parts: all of them or none. Raises CannotTake."""
    description, *questions = group
    key = as_key(path_text(description, "idnumber") or path_text(description, "name", "text"))
    if not questions:
        raise CannotTake(N_("the questions about it are missing"))
    raw, about = _stem(reading), reading.about()
    settle(raw, language)
    parts = [part_of(question) for question in questions]
    reading.notes += [note for part in parts for note in part.notes if note not in reading.notes]
    raw["parts"] = [_part(part, key, number) for number, part in enumerate(parts, start=1)]
    raw |= about
    reading.restore(raw)
    return Item(key, raw, str(description.sourceline or 1), tuple(reading.notes))


def _part(item: Item, key: str, number: int) -> Raw:
    if item.raw["type"] in {"case", "file_upload"}:
        raise CannotTake(N_("a part of a case cannot be of the type %(type)s", type=item.raw["type"]))
    name = item.key.removeprefix(f"{key}-")
    return {"id": name if is_key(name) and name != item.key else f"p{number}"} | item.raw


def _stem(reading: Reading) -> Raw:
    """The stem, and after our mark the exhibits, each under its title."""
    holder = child(reading.element, "questiontext")
    written = gapped.with_start(text_of(child(holder, "text") if holder is not None else None))
    reading.take_files(holder)
    texts = reading.convert(written, holder.get("format", "") if holder is not None else "")
    raw: Raw = {"type": "case", "prompt": {tag: text.partition(START)[0].strip() for tag, text in texts.items()}}
    if feedback := reading.text(child(reading.element, "generalfeedback")):
        raw |= {"feedback": feedback} if any(feedback.values()) else {}
    exhibits = {tag: _exhibits(text.partition(START)[2].strip()) for tag, text in texts.items()}
    count = min(len(found) for found in exhibits.values())
    if count:
        raw["exhibits"] = [
            {"id": f"e{number + 1}"}
            | {part: {tag: exhibits[tag][number][part] for tag in exhibits} for part in ("title", "text")}
            for number in range(count)
        ]
    return raw


def _exhibits(text: str) -> list[dict[str, str]]:
    pieces = _TITLE.split(text)
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    return [{"title": title.strip(), "text": words.strip()} for title, words in pairs]


def write(
    question: Question,
    write_part: Callable[[Question], tuple[etree._Element, list[Message]]],
    media: Mapping[str, Media],
) -> tuple[list[etree._Element], list[Message]]:
    """The description, then the parts; a tag holds them together. Raises CannotGo."""
    raw, tag = question.raw, f"{TAG}{question.key}"
    writing = Writing(etree.Element("question", type="description"), media)
    writing.begin(question.key, raw)
    exhibits = raw.get("exhibits") or []
    if exhibits:
        writing.append(gapped.BEGIN + as_spans({tag: _written(exhibits, tag) for tag in LANGUAGES}))
    writing.tag([*tags_of(raw), tag])
    if question.carried:
        writing.carry(question.carried)
    elements, notes = [writing.element], writing.notes
    for number, part in enumerate(raw["parts"], start=1):
        inside = {name: value for name, value in part.items() if name != "id"}
        element, said = write_part(Question(f"{question.key}--{part['id']}", inside))
        Writing(element, media).tag([f"{tag}:{number}"])
        elements.append(element)
        notes += [note for note in said if note not in notes]
    return elements, notes


def _written(exhibits: list[Raw], tag: str) -> str:
    return "\n\n".join(f"### {_line(each['title'], tag)}\n\n{each['text'][tag]}" for each in exhibits)


def _line(texts: Texts, tag: str) -> str:
    return " ".join(texts[tag].split())
