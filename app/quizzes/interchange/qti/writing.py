"""Write QTI 2.2 and 3.0: one file an item, a manifest, and the pictures, in a package."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_UP, Decimal
from typing import Final

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange.about import type_of
from app.quizzes.interchange.answers import WEIGHED, plain_number, weights_of
from app.quizzes.interchange.model import LANGUAGES, CannotGo, Media, Question, Raw, Texts
from app.quizzes.interchange.qti import names
from app.quizzes.interchange.qti.content import LANGUAGE_TAGS, fill
from app.quizzes.interchange.qti.reading import GENERAL
from app.quizzes.interchange.safe_xml import XML_NS

#: Digits to which shares are computed, and with which they are written.
_PRECISE: Final = Decimal("1e-20")
_ROUNDED: Final = Decimal("1e-10")

#: A writer for each type QTI can express.
Writers = Mapping[str, Callable[["Writing", Raw], None]]


def write_item(
    question: Question,
    writers: Writers,
    version: str,
    media: Mapping[str, Media],
    *,
    stimulus: tuple[str, str] | None = None,
) -> tuple[bytes, list[Message]]:
    """One item as its file, and what other systems will not show as we do; ``stimulus``: key and path of the
    material it shares with others. Raises CannotGo."""
    raw = question.raw
    write = writers.get(str(raw.get("type")))
    if write is None:
        raise CannotGo(N_("QTI has no questions of the type %(type)s", type=type_of(raw)))
    writing = Writing(question, version, media)
    write(writing, raw)
    writing.finish()
    if stimulus is not None:
        attributes = {"identifier": item_identifier(stimulus[0]), "href": stimulus[1]}
        shared = writing.add(writing.root, "assessmentStimulusRef", **attributes)
        writing.root.insert(writing.root.index(writing.body), shared)
    root = names.to_version_3(writing.root) if version == "3.0" else writing.root
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return found, writing.notes


def item_identifier(key: str) -> str:
    """A key as an identifier of QTI, which begins with a letter."""
    return key if re.match(r"[A-Za-z_]", key) else f"q-{key}"


class Writing:
    """One item while it is written, with the names of version 2."""

    def __init__(self, question: Question, version: str, media: Mapping[str, Media]) -> None:
        self.raw = question.raw
        self.version = version
        self.media = media
        self.marks = Decimal(str(question.raw.get("marks") or 1))
        self.root = etree.Element(
            f"{{{names.NS2['2.2']}}}assessmentItem",
            {
                "identifier": item_identifier(question.key),
                "title": question.key,
                "adaptive": "false",
                "timeDependent": "false",
            },
            nsmap={None: names.NS2["2.2"]},
        )
        self.score = self._outcome("SCORE", "float", "single", "0")
        self.last_outcome = self._outcome("MAXSCORE", "float", "single", plain_number(self.marks))
        self.said: list[tuple[str, Texts]] = []
        self.notes: list[Message] = []
        #: Is the score a sum of shares, which may exceed the whole by what they were rounded up?
        self.adds_up = False
        self.body = self.add(self.root, "itemBody")
        self.texts(self.body, self.raw["prompt"])
        self.processing = self.add(self.root, "responseProcessing")

    def add(self, parent: etree._Element, name: str, text: str = "", /, **attributes: str) -> etree._Element:
        """An element; attributes have the names of version 2."""
        element = etree.SubElement(parent, f"{{{names.NS2['2.2']}}}{name}", attributes)
        if text:
            element.text = text
        return element

    def template(self) -> etree._Element:
        """Where values are drawn."""
        element = self.add(self.root, "templateProcessing")
        self.root.insert(self.root.index(self.body), element)
        return element

    def declare_template(self, identifier: str, base_type: str) -> None:
        """A value that is drawn or follows from drawn ones."""
        attributes = {"identifier": identifier, "cardinality": "single", "baseType": base_type}
        declaration = self.add(self.root, "templateDeclaration", **attributes)
        drawing = next(found for found in self.root if str(found.tag).endswith("templateProcessing"))
        self.root.insert(self.root.index(drawing), declaration)

    def loose(self, name: str, /, **attributes: str) -> etree._Element:
        """An element that will find its place in a text."""
        return etree.Element(f"{{{names.NS2['2.2']}}}{name}", attributes)

    def units(self, raw: Raw) -> list[etree._Element]:
        """The unit behind a field, in both languages."""
        found = []
        for tag in LANGUAGES if raw.get("unit") else ():
            unit = self.loose("span", **{"class": "unit"})
            unit.text = raw["unit"][tag]
            unit.set(f"{{{XML_NS}}}lang", LANGUAGE_TAGS[tag])
            unit.tail = " " if tag == LANGUAGES[0] else None
            found.append(unit)
        return found

    def marked_by_people(self) -> None:
        """Say that no processing gives the score."""
        self.score.set("externalScored", "human")

    def texts(self, parent: etree._Element, texts: Texts) -> None:
        """A block for each language."""
        for tag in LANGUAGES:
            block = self.add(parent, "div")
            block.set(f"{{{XML_NS}}}lang", LANGUAGE_TAGS[tag])
            fill(block, texts[tag], self.media)

    def answer(self, identifier: str = "RESPONSE", share: Decimal | None = None) -> "Answer":
        """A response that is worth a share of the marks; without a share it is the item's only one."""
        declaration = self.add(self.root, "responseDeclaration", identifier=identifier)
        self.root.insert(self.root.index(self.score), declaration)
        return Answer(self, declaration, self.marks if share is None else self.marks * share, share is not None)

    def finish(self) -> None:
        """No more than the whole for a sum of shares; feedback last, as the format demands."""
        if self.adds_up:
            self._cap()
        if self.raw.get("feedback"):
            self.said.insert(0, (GENERAL, self.raw["feedback"]))
        if self.said:
            self._show_feedback()
        if not len(self.processing):
            self.root.remove(self.processing)

    def _cap(self) -> None:
        branch = self.add(self.add(self.processing, "responseCondition"), "responseIf")
        compared = self.add(branch, "gt")
        target = self.add(branch, "setOutcomeValue", identifier="SCORE")
        for holder, name in ((compared, "SCORE"), (compared, "MAXSCORE"), (target, "MAXSCORE")):
            self.add(holder, "variable", identifier=name)

    def _show_feedback(self) -> None:
        declaration = self._outcome("FEEDBACK", "identifier", "multiple")
        self.root.remove(declaration)
        self.root.insert(self.root.index(self.last_outcome) + 1, declaration)
        shown = self.add(self.add(self.processing, "setOutcomeValue", identifier="FEEDBACK"), "multiple")
        if self.raw.get("feedback"):
            self.add(shown, "baseValue", GENERAL, baseType="identifier")
        if any(identifier != GENERAL for identifier, _text in self.said):
            self.add(shown, "variable", identifier="RESPONSE")
        for identifier, texts in self.said:
            modal = self.add(
                self.root, "modalFeedback", outcomeIdentifier="FEEDBACK", identifier=identifier, showHide="show"
            )
            self.texts(self.add(modal, "contentBody") if self.version == "3.0" else modal, texts)

    def _outcome(self, name: str, base_type: str, cardinality: str, value: str = "") -> etree._Element:
        outcome = self.add(
            self.root, "outcomeDeclaration", identifier=name, cardinality=cardinality, baseType=base_type
        )
        if value:
            self.add(self.add(outcome, "defaultValue"), "value", value)
        return outcome


class Answer:
    """One response: its declaration, and what of the score it earns. The only one sets the score, others add."""

    def __init__(self, writing: Writing, declaration: etree._Element, marks: Decimal, adding: bool) -> None:
        self.writing = writing
        self.declaration = declaration
        self.identifier = str(declaration.get("identifier"))
        self.marks = marks
        self.adding = adding

    def share(self, per_cent: Decimal) -> str:
        """A share of the response's marks, rounded up: all shares together are never less than the whole."""
        exact = (self.marks * per_cent / 100).quantize(_PRECISE)
        return plain_number(exact.quantize(_ROUNDED, ROUND_UP))

    def declare(self, cardinality: str, base_type: str, values: Sequence[str] = ()) -> None:
        """The response and its correct value."""
        self.declaration.set("cardinality", cardinality)
        self.declaration.set("baseType", base_type)
        if values:
            holder = self.writing.add(self.declaration, "correctResponse")
            for value in values:
                self.writing.add(holder, "value", value)

    def map(self, worth: Mapping[str, str], **attributes: str) -> None:
        """What each value is worth; the response earns their sum within 0 and its marks."""
        bounds = {"lowerBound": "0", "upperBound": self.share(Decimal(100)), "defaultValue": "0"}
        holder = self.writing.add(self.declaration, "mapping", **bounds)
        for key, value in worth.items():
            self.writing.add(holder, "mapEntry", mapKey=key, mappedValue=value, **attributes)
        target = self.writing.add(self.writing.processing, "setOutcomeValue", identifier="SCORE")
        self.writing.add(self._added(target, self.adding), "mapResponse", identifier=self.identifier)

    def score_when(self, condition: Callable[[etree._Element], None], worth: str, *, adding: bool = False) -> None:
        """Set the score, or add to it, when a condition holds."""
        branch = self.writing.add(self.writing.add(self.writing.processing, "responseCondition"), "responseIf")
        condition(branch)
        target = self.writing.add(branch, "setOutcomeValue", identifier="SCORE")
        self.writing.add(self._added(target, adding or self.adding), "baseValue", worth, baseType="float")

    def score_when_correct(self) -> None:
        """All marks for exactly the correct response."""

        def condition(branch: etree._Element) -> None:
            match = self.writing.add(branch, "match")
            self.writing.add(match, "variable", identifier=self.identifier)
            self.writing.add(match, "correct", identifier=self.identifier)

        self.score_when(condition, self.share(Decimal(100)))

    def accept_one(self, right: Sequence[str]) -> None:
        """All marks for the right choice, or for any of several."""
        self.declare("single", "identifier", right[:1])
        if len(right) == 1:
            self.score_when_correct()
        else:
            self.map(dict.fromkeys(right, self.share(Decimal(100))))

    def score_when_equal(self, tolerance: Decimal) -> None:
        """All marks for a number within a tolerance of the correct one."""

        def condition(branch: etree._Element) -> None:
            equal = self.writing.add(branch, "equal", toleranceMode="absolute" if tolerance else "exact")
            if tolerance:
                equal.set("tolerance", f"{plain_number(tolerance)} {plain_number(tolerance)}")
            self.writing.add(equal, "variable", identifier=self.identifier)
            self.writing.add(equal, "correct", identifier=self.identifier)

        self.score_when(condition, self.share(Decimal(100)))

    def accept(self, raw: Raw) -> None:
        """All marks for one of the accepted phrases."""
        phrases = [str(phrase) for phrase in raw["accept"]]
        self.declare("single", "string", phrases[:1])
        self.map(
            {phrase: self.share(Decimal(100)) for phrase in phrases},
            caseSensitive="false" if "case" in (raw.get("ignore") or ["case"]) else "true",
        )

    def _added(self, target: etree._Element, adding: bool) -> etree._Element:
        if not adding:
            return target
        self.writing.adds_up = True
        target = self.writing.add(target, "sum")
        self.writing.add(target, "variable", identifier="SCORE")
        return target


def _choices(writing: Writing, raw: Raw, most: str) -> list[str]:
    """The choices; returns their identifiers."""
    holder = writing.add(
        writing.body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="true", maxChoices=most
    )
    identifiers = [f"choice-{number}" for number in range(1, len(raw["choices"]) + 1)]
    for identifier, choice in zip(identifiers, raw["choices"], strict=True):
        writing.texts(writing.add(holder, "simpleChoice", identifier=identifier), choice["text"])
        if choice.get("feedback"):
            writing.said.append((identifier, choice["feedback"]))
    return identifiers


def _right(raw: Raw, identifiers: Sequence[str]) -> list[str]:
    return [name for name, choice in zip(identifiers, raw["choices"], strict=True) if choice.get("correct")]


def _single(writing: Writing, raw: Raw) -> None:
    writing.answer().accept_one(_right(raw, _choices(writing, raw, "1")))


def _multiple(writing: Writing, raw: Raw) -> None:
    scoring = raw.get("scoring") or "all_or_nothing"
    most = sum(bool(choice.get("correct")) for choice in raw["choices"]) if scoring == "partial" else 0
    identifiers = _choices(writing, raw, str(most))
    right = _right(raw, identifiers)
    answer = writing.answer()
    answer.declare("multiple", "identifier", right)
    if scoring == "all_or_nothing":
        answer.score_when_correct()
    elif scoring in WEIGHED:
        weights = [answer.share(weight) for weight in weights_of(raw["choices"], scoring)]
        answer.map(dict(zip(identifiers, weights, strict=True)))
    else:
        writing.notes.append(N_("Other systems allow as many choices as are right, and say so."))
        answer.map(dict.fromkeys(right, answer.share(Decimal(100) / most)))


def _true_false(writing: Writing, raw: Raw) -> None:
    holder = writing.add(
        writing.body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="false", maxChoices="1"
    )
    for identifier, texts in (("true", {"zh": "正确", "en": "True"}), ("false", {"zh": "错误", "en": "False"})):
        writing.texts(writing.add(holder, "simpleChoice", identifier=identifier), texts)
    answer = writing.answer()
    answer.declare("single", "identifier", ["true" if raw["answer"] else "false"])
    answer.score_when_correct()


def _field(writing: Writing, length: int) -> etree._Element:
    line = writing.add(writing.body, "p")
    writing.add(line, "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength=str(length))
    return line


def _numeric(writing: Writing, raw: Raw) -> None:
    line = _field(writing, 20)
    line.extend(writing.units(raw))
    answer = writing.answer()
    answer.declare("single", "float", [plain_number(Decimal(str(raw["answer"])))])
    answer.score_when_equal(Decimal(str(raw.get("tolerance") or 0)))


def _short_text(writing: Writing, raw: Raw) -> None:
    _field(writing, 60)
    writing.answer().accept(raw)


def _matching(writing: Writing, raw: Raw) -> None:
    pairs = raw["pairs"]
    holder = writing.add(
        writing.body,
        "matchInteraction",
        responseIdentifier="RESPONSE",
        shuffle="true",
        maxAssociations=str(len(pairs)),
    )
    rights: list[Texts] = []
    for text in [pair["right"] for pair in pairs] + [d["text"] for d in raw.get("distractors") or ()]:
        if text not in rights:
            rights.append(text)
    for side, texts, most in (("left", [pair["left"] for pair in pairs], "1"), ("right", rights, "0")):
        block = writing.add(holder, "simpleMatchSet")
        for number, text in enumerate(texts, start=1):
            identifier = f"{side}-{number}"
            writing.texts(writing.add(block, "simpleAssociableChoice", identifier=identifier, matchMax=most), text)
    right = [f"left-{n} right-{rights.index(pair['right']) + 1}" for n, pair in enumerate(pairs, start=1)]
    answer = writing.answer()
    answer.declare("multiple", "directedPair", right)
    answer.map(dict.fromkeys(right, answer.share(Decimal(100) / len(pairs))))


def _ordering(writing: Writing, raw: Raw) -> None:
    scoring = raw.get("scoring") or "position"
    holder = writing.add(writing.body, "orderInteraction", responseIdentifier="RESPONSE", shuffle="true")
    identifiers = [f"item-{number}" for number in range(1, len(raw["items"]) + 1)]
    for identifier, item in zip(identifiers, raw["items"], strict=True):
        writing.texts(writing.add(holder, "simpleChoice", identifier=identifier), item["text"])
    answer = writing.answer()
    answer.declare("ordered", "identifier", identifiers)
    # First: some players cannot take an item out of an order, and whoever knew the whole is to have it all.
    answer.score_when_correct()
    if scoring == "all_or_nothing":
        return
    if scoring != "position":
        writing.notes.append(N_("Other systems give marks for each item at its own place."))
    worth = answer.share(Decimal(100) / len(identifiers))
    for number in range(1, len(identifiers) + 1):
        answer.score_when(_at_place(writing, number), worth, adding=True)


def _at_place(writing: Writing, number: int) -> Callable[[etree._Element], None]:
    """The condition that the item at a place is the right one."""

    def condition(branch: etree._Element) -> None:
        match = writing.add(branch, "match")
        for name in ("variable", "correct"):
            writing.add(writing.add(match, "index", n=str(number)), name, identifier="RESPONSE")

    return condition


#: Writers of the basic types.
BASIC: Final[Writers] = {
    "single": _single,
    "multiple": _multiple,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "matching": _matching,
    "ordering": _ordering,
}
