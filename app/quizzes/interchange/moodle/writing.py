"""Write Moodle XML: Markdown texts in both languages, pictures inside, our metadata as tags."""

import base64
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange import languages
from app.quizzes.interchange.about import tags_of, type_of
from app.quizzes.interchange.answers import ORDERING, WEIGHED, per_cent, plain_number, unlisted_weights, weights_of
from app.quizzes.interchange.carried import ELEMENT, NAMESPACE
from app.quizzes.interchange.media import REFERENCE
from app.quizzes.interchange.model import CannotGo, Media, Question, Raw, Texts

#: For each type its name in Moodle (or how to tell it), and the writer of what is its own.
Writers = Mapping[str, tuple[str | Callable[[Raw], str], Callable[["Writing", Raw], None]]]
#: Ways of scoring for which Moodle has question types as add-ons.
_ADD_ONS: Final = {"all_or_nothing": "multichoiceset", "partial": "oumultiresponse"}
_SCORING: Final = {ours: theirs for theirs, ours in ORDERING.items()}


def new_file() -> etree._Element:
    """An empty file of questions."""
    return etree.Element("quiz")


def write_question(
    question: Question, writers: Writers, media: Mapping[str, Media]
) -> tuple[etree._Element, list[Message]]:
    """One question as Moodle XML, and what other systems will not show as we do. Raises CannotGo."""
    raw = question.raw
    entry = writers.get(str(raw.get("type")))
    if entry is None:
        raise CannotGo(N_("Moodle XML has no questions of the type %(type)s", type=type_of(raw)))
    kind, write = entry
    writing = Writing(etree.Element("question", type=kind(raw) if callable(kind) else kind), media)
    writing.begin(question.key, raw)
    write(writing, raw)
    writing.tag(tags_of(raw))
    if question.carried:
        writing.carry(question.carried)
    return writing.element, writing.notes


class Writing:
    """One question while it is written."""

    def __init__(self, element: etree._Element, media: Mapping[str, Media]) -> None:
        self.element = element
        self.media = media
        self.notes: list[Message] = []
        #: The element of the question's text.
        self.prompt = element

    def add(self, parent: etree._Element, name: str, text: str = "", /, **attributes: str) -> etree._Element:
        """An element with a text."""
        element = etree.SubElement(parent, name, attributes)
        if text:
            element.text = _allowed(text)
        return element

    def text(self, parent: etree._Element, name: str, text: str, /, **attributes: str) -> etree._Element:
        """An element whose text stands in a ``text`` element, as Moodle has it."""
        holder = self.add(parent, name, **attributes)
        self.add(holder, "text", text)
        return holder

    def texts(self, parent: etree._Element, name: str, texts: Texts, /, **attributes: str) -> etree._Element:
        """A Markdown text in both languages with its pictures."""
        written = languages.as_spans(texts)
        holder = self.text(parent, name, "", format="markdown", **attributes)
        holder[0].text = _allowed(self._with_files(holder, written))
        return holder

    def _with_files(self, holder: etree._Element, written: str) -> str:
        """The text with Moodle's addresses of its pictures, which the element holds. Raises CannotGo."""
        known = {file.get("name") for file in holder.iterfind("file")}
        for digest, suffix in dict.fromkeys(REFERENCE.findall(written)):
            if digest not in self.media:
                raise CannotGo(N_("one of its pictures is missing here"))
            if f"{digest}.{suffix}" not in known:
                self.file(holder, f"{digest}.{suffix}", self.media[digest].data)
        return REFERENCE.sub(r"@@PLUGINFILE@@/\1.\2", written)

    def begin(self, key: str, raw: Raw) -> None:
        """What every question has."""
        self.text(self.element, "name", key)
        self.prompt = self.texts(self.element, "questiontext", raw["prompt"])
        if raw.get("feedback"):
            self.texts(self.element, "generalfeedback", raw["feedback"])
        is_case = raw.get("type") == "case"
        self.add(self.element, "defaultgrade", "0" if is_case else plain_number(_decimal(raw.get("marks") or 1)))
        self.add(self.element, "penalty", "0")
        self.add(self.element, "hidden", "0")
        self.add(self.element, "idnumber", key)

    def tag(self, tags: Sequence[str]) -> None:
        """Tags, beside those that are there."""
        known = self.element.find("tags")
        if tags:
            holder = self.add(self.element, "tags") if known is None else known
            for tag in tags:
                self.text(holder, "tag", tag)

    def file(self, holder: etree._Element, name: str, data: bytes) -> None:
        """A file inside an element."""
        self.add(holder, "file", base64.b64encode(data).decode(), name=name, path="/", encoding="base64")

    def append(self, text: str) -> None:
        """More Markdown behind the question's text."""
        inner = self.prompt[0]
        inner.text = _allowed(f"{inner.text or ''}\n\n{self._with_files(self.prompt, text)}")

    def carry(self, text: str) -> None:
        """What Moodle has no words for, in an element of our own with its pictures."""
        holder = etree.SubElement(self.element, f"{{{NAMESPACE}}}{ELEMENT}", nsmap={"academy": NAMESPACE})
        self.add(holder, "text", text)
        for digest, suffix in dict.fromkeys(REFERENCE.findall(text)):
            if digest not in self.media:
                raise CannotGo(N_("one of its pictures is missing here"))
            self.file(holder, f"{digest}.{suffix}", self.media[digest].data)

    def answer(self, fraction: str, text: str = "", texts: Texts | None = None) -> etree._Element:
        """An answer with its weight in per cent."""
        if texts is not None:
            return self.texts(self.element, "answer", texts, fraction=fraction)
        return self.text(self.element, "answer", text, fraction=fraction, format="plain_text")


def _decimal(value: object) -> Decimal:
    return Decimal(str(value))


def _allowed(text: str) -> str:
    """Raises CannotGo for characters XML does not know."""
    if any(ord(character) < 32 and character not in "\t\n\r" for character in text) or "\r" in text:
        raise CannotGo(N_("one of its texts has control characters"))
    return text


def _choices(writing: Writing, raw: Raw, weights: list[str]) -> None:
    writing.add(writing.element, "shuffleanswers", "true")
    writing.add(writing.element, "answernumbering", "abc")
    for choice, weight in zip(raw["choices"], weights, strict=True):
        answer = writing.answer(weight, texts=choice["text"])
        if choice.get("feedback"):
            writing.texts(answer, "feedback", choice["feedback"])


def _single(writing: Writing, raw: Raw) -> None:
    writing.add(writing.element, "single", "true")
    _choices(writing, raw, ["100" if choice.get("correct") else "0" for choice in raw["choices"]])


def _multiple_kind(raw: Raw) -> str:
    return _ADD_ONS.get(raw.get("scoring") or "all_or_nothing", "multichoice")


def _multiple(writing: Writing, raw: Raw) -> None:
    scoring = raw.get("scoring") or "all_or_nothing"
    if scoring in WEIGHED:
        writing.notes += unlisted_weights(raw, scoring)
        writing.add(writing.element, "single", "false")
        _choices(writing, raw, [per_cent(weight) for weight in weights_of(raw["choices"], scoring)])
    elif scoring in _ADD_ONS:
        writing.notes.append(N_("Moodle needs its add-on “%(name)s” for it.", name=_ADD_ONS[scoring]))
        _choices(writing, raw, ["100" if choice.get("correct") else "0" for choice in raw["choices"]])
    else:
        raise CannotGo(N_("Moodle XML cannot express its way of scoring (%(scoring)s)", scoring=scoring))


def _true_false(writing: Writing, raw: Raw) -> None:
    for value in (True, False):
        writing.answer("100" if value is raw["answer"] else "0", str(value).lower())


def _numeric(writing: Writing, raw: Raw) -> None:
    answer = writing.answer("100", plain_number(_decimal(raw["answer"])))
    writing.add(answer, "tolerance", plain_number(_decimal(raw.get("tolerance") or 0)))
    write_units(writing, raw)


def write_units(writing: Writing, raw: Raw) -> None:
    """The unit of a number under its names in both languages."""
    if not raw.get("unit"):
        return
    units = writing.add(writing.element, "units")
    for tag in ("zh", "en"):
        unit = writing.add(units, "unit")
        writing.add(unit, "multiplier", "1")
        writing.add(unit, "unit_name", raw["unit"][tag])


def _short_text(writing: Writing, raw: Raw) -> None:
    writing.add(writing.element, "usecase", "0" if "case" in raw.get("ignore", ["case"]) else "1")
    for phrase in raw["accept"]:
        writing.answer("100", str(phrase).replace("*", "\\*"))


def _matching(writing: Writing, raw: Raw) -> None:
    writing.add(writing.element, "shuffleanswers", "true")
    sides = [(pair["left"], pair["right"]) for pair in raw["pairs"]]
    for left, right in sides + [(None, option["text"]) for option in raw.get("distractors") or ()]:
        if any(REFERENCE.search(text) for text in right.values()):
            raise CannotGo(N_("Moodle's matching answers cannot hold pictures"))
        holder = (
            writing.texts(writing.element, "subquestion", left)
            if left is not None
            else writing.text(writing.element, "subquestion", "", format="markdown")
        )
        writing.text(holder, "answer", languages.as_spans(right))


def _ordering(writing: Writing, raw: Raw) -> None:
    scoring = raw.get("scoring") or "position"
    if scoring == "longest_run":
        writing.notes.append(N_("Moodle scores the items of the longest run, not the pairs in it."))
    # Where nothing is said of “shownumcorrect”, Moodle's reader makes empty hints, and its import breaks off.
    plain = {"layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": "0", "shownumcorrect": "1"}
    for name, value in plain.items():
        writing.add(writing.element, name, value)
    writing.add(writing.element, "gradingtype", _SCORING[scoring])
    for number, item in enumerate(raw["items"], start=1):
        writing.answer(str(number), texts=item["text"])


#: Writers of the basic types.
BASIC: Final[Writers] = {
    "single": ("multichoice", _single),
    "multiple": (_multiple_kind, _multiple),
    "true_false": ("truefalse", _true_false),
    "numeric": ("numerical", _numeric),
    "short_text": ("shortanswer", _short_text),
    "matching": ("matching", _matching),
    "ordering": ("ordering", _ordering),
}
