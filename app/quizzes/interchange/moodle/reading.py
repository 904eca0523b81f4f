"""Read Moodle XML."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final
from urllib.parse import unquote

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange import carried, languages
from app.quizzes.interchange.about import read_tags
from app.quizzes.interchange.answers import (
    FULL,
    ORDERING,
    POSITIONS_SCORED,
    Answer,
    accept_part,
    check_parts,
    choices_part,
    gather_feedback,
    number_of,
    numeric_part,
    plain_number,
)
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.media import MediaBox, decode_base64
from app.quizzes.interchange.model import ANY, CannotTake, Item, Language, Raw, Texts, as_key, settle, title_of
from app.quizzes.interchange.running import ask
from app.quizzes.interchange.safe_xml import child, children, descendants, path_text, text_of

#: A reader for each of Moodle's types: the part of the question that is the type's own.
Readers = Mapping[str, Callable[["Reading", Raw], Raw]]
_PLUGIN_FILE: Final = re.compile(r"@@PLUGINFILE@@/([^\s\"'<>)]+)")


def read_item(element: etree._Element, readers: Readers, box: MediaBox, language: Language) -> Item:
    """One question. Raises CannotTake."""
    kind = element.get("type", "")
    read_kind = readers.get(kind)
    if read_kind is None:
        raise CannotTake(N_("questions of the type “%(type)s” cannot be taken", type=kind))
    reading = Reading(element, box)
    raw: Raw = {}
    if any((general := reading.text(child(element, "generalfeedback"))).values()):
        raw["feedback"] = general
    about = reading.about()
    part = read_kind(reading, raw)
    raw = {"prompt": part.pop("prompt", None) or reading.text(child(element, "questiontext"))} | raw | part | about
    _marks(raw, path_text(element, "defaultgrade"))
    reading.leftovers()
    settle(raw, language)
    ask(raw)
    reading.restore(raw)
    if not title_of(raw):
        raise CannotTake(N_("it has no question text"))
    key = path_text(element, "idnumber") or path_text(element, "name", "text")
    return Item(as_key(key), raw, str(element.sourceline or 1), tuple(reading.notes))


def _marks(raw: Raw, grade: str) -> None:
    if not grade:
        return
    marks = number_of(grade)
    if marks <= 0:
        raise CannotTake(N_("it is worth no marks"))
    raw["marks"] = plain_number(marks)
    if marks == 1:
        del raw["marks"]


class Reading:
    """One question while it is read."""

    def __init__(self, element: etree._Element, box: MediaBox) -> None:
        self.element = element
        self.box = box
        self.notes: list[Message] = []
        #: The way of scoring that our own tags name.
        self.hint = ""
        self.files: dict[str, bytes] = {}
        self.converter = Converter(self._picture, self.notes)

    def text(self, holder: etree._Element | None) -> Texts:
        """A text element with its format and files, by language."""
        if holder is None:
            return {ANY: ""}
        self.take_files(holder)
        return self.convert(text_of(child(holder, "text")), holder.get("format", "moodle_auto_format"))

    def take_files(self, holder: etree._Element | None) -> None:
        """The files of an element, to which its text refers."""
        self.files = {
            _path_of(found): decode_base64(text_of(found))
            for found in (children(holder, "file") if holder is not None else ())
            if found.get("encoding") == "base64"
        }

    def convert(self, written: str, kind: str) -> Texts:
        """A text in one of Moodle's formats, by language."""
        if languages.other_languages(written):
            self.note(N_("Text in other languages than Chinese and English is not kept."))
        convert: Callable[[str], str] = {
            "html": self.converter.html,
            "markdown": self.converter.markdown,
            "plain_text": self.converter.plain,
        }.get(kind, self.converter.loose)
        return {tag: convert(text) for tag, text in languages.split(written).items()}

    def plain(self, holder: etree._Element) -> str:
        """An accepted answer or a number: no markup, no languages."""
        return path_text(holder, "text")

    def note(self, note: Message) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def _picture(self, address: str) -> str:
        if found := _PLUGIN_FILE.fullmatch(address):
            name = unquote(found.group(1)).split("?")[0]
            if name not in self.files:
                raise CannotTake(N_("its picture “%(name)s” is not in the file", name=name))
            return self.box.keep(self.files[name])
        if address.startswith("data:"):
            return self.box.keep_data_url(address)
        raise CannotTake(N_("its picture is elsewhere on the web: %(address)s", address=address))

    def answers(self) -> Iterator[tuple[etree._Element, Decimal]]:
        """The answers with their weights in per cent."""
        for answer in children(self.element, "answer"):
            yield answer, number_of(answer.get("fraction", "0"))

    def said(self, answer: etree._Element) -> Texts:
        """What is said to those who give an answer."""
        feedback = self.text(child(answer, "feedback"))
        return feedback if any(feedback.values()) else {}

    def about(self) -> Raw:
        """What the tags say; that of a case is none of them."""
        tags = (text_of(child(tag, "text")).strip() for tag in descendants(self.element, "tag"))
        about, others = read_tags(tag for tag in tags if not tag.startswith("case:"))
        self.hint = others.get("scoring", "")
        return about

    def restore(self, raw: Raw) -> None:
        """Put back what our own export had put beside the question."""
        for found in self.element.iterfind(f"{{{carried.NAMESPACE}}}{carried.ELEMENT}"):
            self.take_files(found)
            carried.restore(raw, path_text(found, "text"), self._came_along, self.notes)

    def _came_along(self, address: str) -> str:
        """A picture of ours that is in the file."""
        name = address.removeprefix("media:")
        if name.partition(".")[0] in self.box.kept:
            return address
        return self._picture(f"@@PLUGINFILE@@/{name}")

    def leftovers(self) -> None:
        """Note what stands in the file and has no place here."""
        if children(self.element, "hint"):
            self.note(N_("Its hints are not kept."))
        combined = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
        if any(path_text(self.element, name, "text") for name in combined):
            self.note(N_("Feedback that depends on whether the answer was right is not kept."))


def _path_of(element: etree._Element) -> str:
    return f"{element.get('path', '/').strip('/')}/{element.get('name', '')}".lstrip("/")


def _choice_answers(reading: Reading) -> list[Answer]:
    return [Answer(reading.text(answer), weight, reading.said(answer)) for answer, weight in reading.answers()]


def _multichoice(reading: Reading, _raw: Raw) -> Raw:
    single = path_text(reading.element, "single").lower() not in {"false", "0"}
    return choices_part(_choice_answers(reading), single=single, notes=reading.notes, hint=reading.hint)


def _multichoice_set(reading: Reading, _raw: Raw) -> Raw:
    """The add-on “all-or-nothing multiple choice”."""
    answers = _choice_answers(reading)
    check_parts(answers, 2)
    part = choices_part(answers, single=False, notes=[])
    return part | {"scoring": "all_or_nothing"}


def _multiple_response(reading: Reading, raw: Raw) -> Raw:
    """The add-on “OU multiple response”: a wrong choice costs the right one it displaces."""
    return _multichoice_set(reading, raw) | {"scoring": "partial"}


def _true_false(reading: Reading, raw: Raw) -> Raw:
    right = [reading.plain(answer).lower() for answer, weight in reading.answers() if weight == FULL]
    if len(right) != 1 or right[0] not in {"true", "false"}:
        raise CannotTake(N_("it does not say whether the statement is true or false"))
    gather_feedback(raw, [Answer({}, w, reading.said(a)) for a, w in reading.answers()], reading.notes)
    return {"type": "true_false", "answer": right[0] == "true"} | _feedback(raw)


def _feedback(raw: Raw) -> Raw:
    return {"feedback": raw["feedback"]} if raw.get("feedback") else {}


def _short_answer(reading: Reading, raw: Raw) -> Raw:
    answers = [Answer({ANY: reading.plain(a)}, weight, reading.said(a)) for a, weight in reading.answers()]
    part = accept_part(answers, reading.notes)
    if path_text(reading.element, "usecase") == "1":
        part["ignore"] = ["width"]
    gather_feedback(raw, answers, reading.notes)
    return part | _feedback(raw)


def _numerical(reading: Reading, raw: Raw) -> Raw:
    values, said = [], []
    for answer, weight in reading.answers():
        said.append(Answer({}, weight, reading.said(answer)))
        if reading.plain(answer) != "*":
            tolerance = path_text(answer, "tolerance")
            values.append(
                (number_of(reading.plain(answer)), number_of(tolerance) if tolerance else Decimal(0), weight)
            )
    part = numeric_part(values, reading.notes) | read_units(reading)
    gather_feedback(raw, said, reading.notes)
    return part | _feedback(raw)


def read_units(reading: Reading) -> Raw:
    """The unit of a number, in both languages where there are two names for it."""
    units = [
        (path_text(unit, "unit_name"), number_of(path_text(unit, "multiplier") or "1"))
        for unit in descendants(reading.element, "unit")
    ]
    names = [name for name, multiplier in units if multiplier == 1 and name]
    if len(names) != len(units):
        reading.note(N_("Other units with a conversion are not kept."))
    if len(names) == 2 and not names[0].isascii():
        return {"unit": {"zh": names[0], "en": names[1]}}
    if len(names) == 2:
        chinese = [name for name in names if not name.isascii()]
        if chinese:
            return {"unit": {"zh": chinese[0], "en": next(n for n in names if n != chinese[0])}}
    if len(names) > 1:
        reading.note(N_("Of several units only the first is kept."))
    return {"unit": {ANY: names[0]}} if names else {}


def _matching(reading: Reading, _raw: Raw) -> Raw:
    pairs: list[Raw] = []
    distractors: list[Raw] = []
    for found in children(reading.element, "subquestion"):
        left = reading.text(found)
        answer = child(found, "answer")
        right = {tag: reading.converter.markdown(text) for tag, text in _right(answer).items()}
        if not any(right.values()):
            raise CannotTake(N_("one of its answers is empty"))
        if any(left.values()):
            pairs.append({"id": f"p{len(pairs) + 1}", "left": left, "right": right})
        else:
            distractors.append({"id": f"d{len(distractors) + 1}", "text": right})
    check_parts(pairs, 2)
    return {"type": "matching", "pairs": pairs} | ({"distractors": distractors} if distractors else {})


def _right(answer: etree._Element | None) -> Texts:
    return languages.split(path_text(answer, "text")) if answer is not None else {ANY: ""}


def _ordering(reading: Reading, _raw: Raw) -> Raw:
    ordered = sorted(reading.answers(), key=lambda found: found[1])
    check_parts(ordered, 2)
    graded = path_text(reading.element, "gradingtype").upper()
    if graded not in ORDERING:
        reading.note(POSITIONS_SCORED)
    elif ORDERING[graded] == "longest_run" != reading.hint:
        reading.note(N_("The items of its longest run were scored; here the pairs in it earn the marks."))
    items = [{"id": f"s{n}", "text": reading.text(answer)} for n, (answer, _f) in enumerate(ordered, start=1)]
    return {"type": "ordering", "scoring": ORDERING.get(graded, "position"), "items": items}


#: Readers of Moodle's basic types.
BASIC: Final[Readers] = {
    "multichoice": _multichoice,
    "multichoiceset": _multichoice_set,
    "oumultiresponse": _multiple_response,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "ordering": _ordering,
}
