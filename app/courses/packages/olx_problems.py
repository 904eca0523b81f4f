"""Problems of Open edX courses (choices, checkboxes, lists, numbers, short texts) as our questions. Pure."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from lxml import etree

from app.core.messages import N_, Message
from app.core.text import shorten
from app.courses.packages.building import PICTURE_IN_QUESTION
from app.quizzes.interchange.answers import (
    FULL,
    Answer,
    accept_part,
    choices_part,
    gather_feedback,
    number_of,
    numeric_part,
    plain_number,
)
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.model import ANY, CannotTake, Item, Language, Raw, Refusal, Texts, settle, title_of
from app.quizzes.interchange.safe_xml import child, children, descendants, drop, name_of, text_of

GAP: Final = "_____"
_INPUTS: Final = frozenset(
    ("choicegroup", "checkboxgroup", "optioninput", "formulaequationinput", "numericalinput", "textline")
)
#: What stands in a response beside its question.
_NOT_ASKED: Final = frozenset(
    (
        *("solution", "demandhint", "responseparam", "hintgroup", "additional_answer", "correcthint"),
        *("stringequalhint", "regexphint", "compoundhint", "choicehint", "optionhint", "script"),
    )
)
_RANGE: Final = re.compile(r"\[\s*([^,\s]+)\s*,\s*([^,\s]+)\s*\]")

#: Keeps a picture and returns its address in a lesson, or raises CannotTake.
TakePicture = Callable[[str], str]


@dataclass(slots=True)
class Found:
    """A question of a problem, the figures that stand before it in the lesson, or why there is none."""

    item: Item | None = None
    figures: list[str] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


def read_problem(
    root: etree._Element, where: str, take_picture: TakePicture | None, language: Language
) -> Iterator[Found]:
    """A question for each response. Without ``take_picture`` a question with a picture is refused.

    Raises CannotTake for a problem as a whole.
    """
    if any(name_of(found) == "script" for found in root.iter()):
        raise CannotTake(N_("its values or its grading are computed by a script"))
    asked = list(_asked(root))
    if not asked:
        raise CannotTake(N_("it asks nothing: there is no question in it"))
    after = [copy.deepcopy(found) for found in root if name_of(found) in {"solution", "demandhint"}]
    asked[-1].extend(after)
    for response in asked:
        try:
            reading = _Reading(response, take_picture)
            if len(asked) > 1:
                reading.notes.append(
                    N_("It asked %(number)s things; each has become a question of its own.", number=len(asked))
                )
            raw = reading.read(root.get("weight", ""))
            settle(raw, language)
            if not title_of(raw):
                raise CannotTake(N_("it has no question text"))
            yield Found(Item("", raw, where, tuple(reading.notes)), reading.figures)
        except CannotTake as error:
            title = root.get("display_name", "") or shorten(text_of(response))
            yield Found(refused=[Refusal(where, title, error.why)])


def _asked(root: etree._Element) -> Iterator[etree._Element]:
    """Each response, with what stands before it (since the response before) at its head."""
    before: list[etree._Element | str] = [root.text or ""]
    for node in _unfolded(root):
        if isinstance(node, str) or not name_of(node).endswith("response"):
            before.append(node)
            continue
        whole = etree.Element(node.tag, dict(node.attrib))
        head = etree.SubElement(whole, "div")
        for part in before:
            if isinstance(part, str):
                _append_text(head, part)
            else:
                head.append(copy.deepcopy(part))
                head[-1].tail = None
        _append_text(whole, node.text or "")
        whole.extend(copy.deepcopy(found) for found in node)
        before = []
        yield whole


def _unfolded(parent: etree._Element) -> Iterator[etree._Element | str]:
    """The content in order; what holds responses is opened up to them."""
    for node in parent:
        name = name_of(node)
        if name.endswith("response") or name not in {"solution", "demandhint", "script"}:
            inner = any(name_of(found).endswith("response") for found in node.iter() if found is not node)
            if inner and not name.endswith("response"):
                yield node.text or ""
                yield from _unfolded(node)
            elif name:
                yield node
        yield node.tail or ""


def _append_text(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


class _Reading:
    """One response while it is read."""

    def __init__(self, response: etree._Element, take_picture: TakePicture | None) -> None:
        self.response = response
        self.take_picture = take_picture
        self.notes: list[Message] = []
        self.figures: list[str] = []
        self.converter = Converter(self._refuse_picture, self.notes, delimited=True)

    def read(self, weight: str) -> Raw:
        """The question. Raises CannotTake."""
        kind = name_of(self.response)
        read = READERS.get(kind)
        if read is None:
            raise CannotTake(
                N_("questions of the type “%(type)s” cannot be taken", type=kind.removesuffix("response"))
            )
        raw: Raw = {"prompt": {ANY: self._prompt()}}
        if feedback := self._feedback():
            raw["feedback"] = {ANY: feedback}
        raw |= read(self, raw)
        if weight and (marks := number_of(weight)) > 0 and marks != 1:
            raw["marks"] = plain_number(marks)
        if self.response.get("partial_credit"):
            self.notes.append(N_("Its partial credit is not kept: all or nothing."))
        return raw

    def _refuse_picture(self, _address: str) -> str:
        raise CannotTake(PICTURE_IN_QUESTION)

    # --- texts ---------------------------------------------------------------------------------------------

    def _prompt(self) -> str:
        """What is asked: everything in the response but its inputs, answers and hints."""
        asked = copy.deepcopy(self.response)
        asked.tag = "div"
        for node in list(asked.iter()):
            if node is not asked and name_of(node) in _NOT_ASKED | _INPUTS:
                parent = node.getparent()
                around = name_of(parent) if parent is not None else ""
                inline = name_of(node) in _INPUTS and around in {"p", "label", "span"}
                drop(node, GAP if inline and text_of(parent).strip() else "")
        for node in list(asked.iter("img")):
            self._figure(node)
        for node in asked.iter("label", "description"):
            node.tag = "p"
        return self.converter.element(asked)

    def _figure(self, node: etree._Element) -> None:
        """A picture of the question stands before it in the lesson."""
        if self.take_picture is None:
            self._refuse_picture("")
            return
        words = re.sub(r"[\\`*_\[\]<>]", r"\\\g<0>", " ".join(node.get("alt", "").split()))
        self.figures.append(f"![{words}]({self.take_picture(node.get('src', ''))})")
        drop(node)

    def _feedback(self) -> str:
        """The solutions and the hints that a learner may ask for."""
        parts = []
        for solution in descendants(self.response, "solution"):
            first = next((node for node in solution.iter() if name_of(node) in {"p", "h2", "h3"}), None)
            heading = first if text_of(first).strip() in {"Explanation", "Solution", "解析"} else None
            parts.append(self.text(solution, skip=heading))
        for hints in descendants(self.response, "demandhint"):
            parts += [self.text(hint) for hint in children(hints, "hint")]
        return "\n\n".join(filter(None, parts))

    def text(self, element: etree._Element, *, skip: etree._Element | None = None) -> str:
        """The text of an element without the hints in it."""
        plain = copy.deepcopy(element)
        number = None if skip is None else list(element.iter()).index(skip)
        for place, node in enumerate(list(plain.iter())):
            if node is not plain and (place == number or name_of(node) in _NOT_ASKED):
                drop(node)
        plain.tag = "div"
        return self.converter.element(plain)

    def hint(self, element: etree._Element | None) -> Texts:
        """What is said to those who give an answer."""
        return {ANY: self.text(element)} if element is not None and text_of(element).strip() else {}

    # --- types ---------------------------------------------------------------------------------------------

    def one(self, name: str) -> etree._Element:
        """The response's one input of a name. Raises CannotTake."""
        found = descendants(self.response, name)
        if len(found) != 1:
            raise CannotTake(N_("it asks %(number)s things in one item", number=len(found)))
        return found[0]

    def single(self, raw: Raw) -> Raw:
        """Radio buttons."""
        answers = []
        for choice in children(self.one("choicegroup"), "choice"):
            weight = FULL if choice.get("correct", "").lower() == "true" else Decimal(0)
            if choice.get("correct", "").lower() == "partial":
                weight = number_of(choice.get("point_value", "0.5")) * FULL
            answers.append(Answer({ANY: self.text(choice)}, weight, self.hint(child(choice, "choicehint"))))
        return choices_part(answers, single=True, notes=self.notes)

    def multiple(self, raw: Raw) -> Raw:
        """Checkboxes: all or nothing, as there."""
        answers, unsaid = [], []
        for choice in children(self.one("checkboxgroup"), "choice"):
            hints = {hint.get("selected", "").lower(): hint for hint in children(choice, "choicehint")}
            weight = FULL if choice.get("correct", "").lower() == "true" else -FULL
            answers.append(Answer({ANY: self.text(choice)}, weight, self.hint(hints.get("true"))))
            unsaid.append(Answer({}, weight, self.hint(hints.get("false"))))
        if descendants(self.response, "compoundhint"):
            self.notes.append(N_("Feedback that depends on whether the answer was right is not kept."))
        part = choices_part(answers, single=False, notes=[]) | {"scoring": "all_or_nothing"}
        gather_feedback(raw, unsaid, self.notes)
        return part | _said(raw)

    def option(self, raw: Raw) -> Raw:
        """A drop-down list."""
        shown = self.one("optioninput")
        answers = [
            Answer(
                {ANY: self.text(option)},
                FULL if option.get("correct", "").lower() == "true" else Decimal(0),
                self.hint(child(option, "optionhint")),
            )
            for option in children(shown, "option")
        ]
        if not answers:
            words = [
                one or other for one, other in re.findall(r"'([^']*)'|\"([^\"]*)\"", shown.get("options", ""))
            ]
            right = shown.get("correct", "")
            answers = [Answer({ANY: self.converter.plain(word)}, FULL * (word == right)) for word in words]
        return choices_part(answers, single=True, notes=self.notes)

    def number(self, raw: Raw) -> Raw:
        """A number with its tolerance, absolute or in per cent, or a closed range."""
        answer = self.response.get("answer", "")
        if found := _RANGE.fullmatch(answer.strip()):
            low, high = number_of(found[1]), number_of(found[2])
            values = [((low + high) / 2, (high - low) / 2, FULL)]
        else:
            value = number_of(answer)
            values = [(value, self._tolerance(value), FULL)]
        if descendants(self.response, "additional_answer"):
            self.notes.append(N_("Of several right numbers only the first is kept."))
        part = numeric_part(values, self.notes)
        gather_feedback(raw, [Answer({}, FULL, self.hint(child(self.response, "correcthint")))], self.notes)
        return part | _said(raw)

    def _tolerance(self, value: Decimal) -> Decimal:
        for found in descendants(self.response, "responseparam"):
            if found.get("type") == "tolerance":
                said = found.get("default", "0").strip()
                percent = said.endswith("%")
                number = number_of(said.removesuffix("%"))
                return abs(value) * number / 100 if percent else number
        return Decimal(0)

    def string(self, raw: Raw) -> Raw:
        """A short text; capital letters count unless it says otherwise."""
        kinds = self.response.get("type", "").split()
        if "regexp" in kinds:
            raise CannotTake(N_("it accepts answers by a regular expression"))
        first = Answer(
            {ANY: self.response.get("answer", "").replace("*", "\\*")},
            FULL,
            self.hint(child(self.response, "correcthint")),
        )
        others = [
            Answer(
                {ANY: (found.get("answer") or text_of(found)).replace("*", "\\*")},
                FULL,
                self.hint(child(found, "correcthint")),
            )
            for found in descendants(self.response, "additional_answer")
        ]
        wrong = [
            Answer({ANY: found.get("answer", "")}, Decimal(0), self.hint(found))
            for found in descendants(self.response, "stringequalhint")
        ]
        part = accept_part([first, *others], self.notes)
        if "ci" not in kinds:
            part["ignore"] = ["width"]
        gather_feedback(raw, [first, *others, *wrong], self.notes)
        return part | _said(raw)


def _said(raw: Raw) -> Raw:
    return {"feedback": raw["feedback"]} if raw.get("feedback") else {}


#: A reader for each type of response that our questions can express.
READERS: Final[dict[str, Callable[[_Reading, Raw], Raw]]] = {
    "multiplechoiceresponse": _Reading.single,
    "choiceresponse": _Reading.multiple,
    "optionresponse": _Reading.option,
    "numericalresponse": _Reading.number,
    "stringresponse": _Reading.string,
}
