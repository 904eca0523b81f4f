"""Read questions of QTI 1.2 as IMS Common Cartridges carry them: assessments and question banks."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import unquote

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange.answers import (
    FALSE_WORDS,
    FULL,
    TRUE_WORDS,
    Answer,
    accept_part,
    choices_part,
    number_of,
    plain_number,
)
from app.quizzes.interchange.archive import beside
from app.quizzes.interchange.essays import essay_part
from app.quizzes.interchange.markup import Converter, KeepPicture
from app.quizzes.interchange.media import MediaBox
from app.quizzes.interchange.model import (
    ANY,
    MAX_ITEMS,
    CannotTake,
    Imported,
    Item,
    Language,
    Raw,
    Refusal,
    Texts,
    as_key,
    settle,
    title_of,
)
from app.quizzes.interchange.safe_xml import child, children, descendants, name_of, path_text, text_of

ROOT: Final = "questestinterop"
_RESPONSES: Final = frozenset({"response_lid", "response_str", "response_num", "response_xy", "response_grp"})
_CONTAINS: Final = frozenset({"varsubstring", "varsubset"})
#: How pages of a cartridge begin the addresses of its files.
_BASE: Final = re.compile(r"\$IMS[-_]CC[-_]FILEBASE\$/*")
_BY_RESULT: Final = N_("Feedback that depends on whether the answer was right is not kept.")


@dataclass(frozen=True, slots=True)
class Condition:
    """What earns marks or says something: the answers it asks for, and what they earn in per cent."""

    #: Each with whether it may stand inside the answer, and whether capital letters count.
    wanted: tuple[tuple[str, bool, bool], ...]
    weight: Decimal | None
    #: Are several of the answers wanted together?
    together: bool
    feedback: tuple[str, ...]


def title_of_file(root: etree._Element) -> str:
    """What the assessment or the bank is called; empty where it has no name."""
    holder = next((found for found in root if name_of(found) in {"assessment", "objectbank"}), None)
    if holder is None:
        return ""
    return holder.get("title") or _fields(holder).get("bank_title", "")


def path_in_cartridge(page: str, address: str) -> str:
    """Where the file lies to which a page of a cartridge refers. Raises CannotTake for what is outside."""
    plain = unquote(address).split("?", maxsplit=1)[0]
    if re.match(r"[a-z][a-z0-9+.-]*:|//", plain, re.IGNORECASE):
        raise CannotTake(N_("its picture is elsewhere on the web: %(address)s", address=address))
    base = _BASE.match(plain)
    return beside("", f"web_resources/{plain[base.end() :]}") if base else beside(page, plain)


def read_file(root: etree._Element, path: str, language: Language, box: MediaBox | None = None) -> Imported:
    """A file with its pictures: those written into it, and those that came along. Raises CannotTake."""
    kept = box or MediaBox()

    def keep(address: str) -> str:
        if address.startswith("data:"):
            return kept.keep_data_url(address)
        return kept.keep_file(path_in_cartridge(path, address))

    found = read(root, path, keep, language)
    found.media = kept.used([item.raw for item in found.items])
    return found


def read(root: etree._Element, name: str, keep_picture: KeepPicture, language: Language) -> Imported:
    """Every question of the file ``name``, and every one that cannot be taken. Raises CannotTake."""
    if name_of(root) != ROOT:
        raise CannotTake(N_("it is no QTI 1.2 file: it begins with <%(tag)s>", tag=name_of(root)))
    found = Imported()
    items = descendants(root, "item")
    if not items:
        raise CannotTake(N_("there are no questions in it"))
    for element in items:
        if found.is_full:
            found.refused.append(Refusal(name, "", N_("only %(number)s questions at a time", number=MAX_ITEMS)))
            break
        try:
            found.items.append(_item(element, name, keep_picture, language))
        except CannotTake as error:
            title = element.get("title") or element.get("ident") or ""
            found.refused.append(Refusal(name, title, error.why))
    return found


def _item(element: etree._Element, name: str, keep_picture: KeepPicture, language: Language) -> Item:
    reading = _Reading(element, keep_picture)
    raw: Raw = {"prompt": reading.prompt()}
    raw |= reading.kind()(raw)
    reading.feedback(raw)
    if (
        (weighting := reading.fields.get("cc_weighting", ""))
        and (marks := number_of(weighting)) > 0
        and marks != 1
    ):
        raw["marks"] = plain_number(marks)
    settle(raw, language)
    if not title_of(raw):
        raise CannotTake(N_("it has no question text"))
    return Item(as_key(element.get("ident", "")), raw, name, tuple(reading.notes))


class _Reading:
    """One question while it is read."""

    def __init__(self, element: etree._Element, keep_picture: KeepPicture) -> None:
        self.element = element
        self.notes: list[Message] = []
        self.converter = Converter(keep_picture, self.notes)
        self.fields = _fields(element)
        presentation = child(element, "presentation")
        found = [] if presentation is None else [one for one in presentation.iter() if name_of(one) in _RESPONSES]
        if presentation is None or not found:
            raise CannotTake(N_("it asks nothing: there is no question in it"))
        if len(found) > 1:
            raise CannotTake(N_("it asks %(number)s things in one item", number=len(found)))
        self.presentation = presentation
        self.response = found[0]
        self.conditions = [_condition(one, self._highest()) for one in descendants(element, "respcondition")]

    def kind(self) -> Callable[[Raw], Raw]:
        """How the question is read. Raises CannotTake."""
        name = name_of(self.response)
        if name == "response_lid":
            return self._multiple if self.response.get("rcardinality") == "Multiple" else self._single
        if name != "response_str":
            raise CannotTake(N_("questions of the type “%(type)s” cannot be taken", type=name))
        written = "essay" in self.fields.get("cc_profile", "") or not any(one.weight for one in self.conditions)
        return self._essay if written else self._text

    def _highest(self) -> Decimal:
        """The score that is full marks."""
        for found in descendants(self.element, "decvar"):
            if (said := found.get("maxvalue", "")) and (highest := number_of(said)) > 0:
                return highest
        return FULL

    # --- texts ---------------------------------------------------------------------------------------------

    def prompt(self) -> Texts:
        """What is asked: everything shown but the answers."""
        inside = set(self.response.iter())
        materials = [one for one in self.presentation.iter() if name_of(one) == "material" and one not in inside]
        materials += [one for one in self.response if name_of(one) == "material"]
        return {ANY: self._joined(materials)}

    def _joined(self, materials: list[etree._Element]) -> str:
        pieces = [self._piece(piece) for material in materials for piece in material]
        return "\n\n".join(filter(None, pieces))

    def _piece(self, piece: etree._Element) -> str:
        name = name_of(piece)
        if name in {"mattext", "matemtext"}:
            kind, text = piece.get("texttype", ""), text_of(piece)
            if kind == "text/html":
                return self.converter.html(text)
            return self.converter.plain(text) if kind == "text/plain" else self.converter.loose(text)
        if name == "matimage" and piece.get("uri"):
            picture = etree.Element("div")
            etree.SubElement(picture, "img", src=piece.get("uri", ""), alt=piece.get("label", ""))
            return self.converter.element(picture)
        if name.startswith("mat") and name not in {"matbreak", "matref"}:
            raise CannotTake(N_("it contains <%(tag)s>, which questions here cannot show", tag=name))
        return ""

    def _text_of(self, element: etree._Element) -> str:
        return self._joined(descendants(element, "material"))

    # --- types ---------------------------------------------------------------------------------------------

    def _answers(self, weights: dict[str, Decimal]) -> list[Answer]:
        labels = descendants(self.response, "response_label")
        names = [label.get("ident", "") for label in labels]
        if len(set(names)) != len(names):
            raise CannotTake(N_("its choices do not have identifiers of their own"))
        if not set(weights) <= set(names):
            raise CannotTake(N_("its correct answer is not one of its choices"))
        return [
            Answer({ANY: self._text_of(label)}, weights.get(name, Decimal(0)), self._said_to(name))
            for name, label in zip(names, labels, strict=True)
        ]

    def _single(self, _raw: Raw) -> Raw:
        weights: dict[str, Decimal] = {}
        for condition in self.conditions:
            for wanted, *_how in condition.wanted:
                if condition.weight:
                    weights[wanted] = max(condition.weight, weights.get(wanted, condition.weight))
        answers = self._answers(weights)
        if (statement := _statement(answers)) is not None:
            return {"type": "true_false", "answer": statement}
        return choices_part(answers, single=True, notes=self.notes)

    def _multiple(self, _raw: Raw) -> Raw:
        scored = [one for one in self.conditions if one.weight and one.wanted]
        whole = [one for one in scored if one.together or one.weight == FULL]
        if len(whole) == 1 and len(scored) == 1:
            answers = self._answers({wanted: FULL for wanted, *_how in whole[0].wanted})
            return choices_part(answers, single=False, notes=[]) | {"scoring": "all_or_nothing"}
        if any(len(one.wanted) != 1 for one in scored):
            raise CannotTake(N_("its marks depend on combinations of answers"))
        return choices_part(
            self._answers({one.wanted[0][0]: one.weight or Decimal(0) for one in scored}),
            single=False,
            notes=self.notes,
        )

    def _text(self, _raw: Raw) -> Raw:
        """A gap or a pattern: the texts that earn marks, some of them anywhere in the answer."""
        answers: list[Answer] = []
        cased = False
        for condition in self.conditions:
            for text, inside, case in condition.wanted:
                if condition.weight is None:
                    continue
                plain = text.replace("*", "\\*")
                cased = cased or case
                answers.append(Answer({ANY: plain}, condition.weight))
                if inside:
                    answers.append(Answer({ANY: f"*{plain}*"}, condition.weight))
        part = accept_part(answers, self.notes)
        return part | ({"ignore": ["width"]} if cased else {})

    def _essay(self, _raw: Raw) -> Raw:
        solutions = [found for found in descendants(self.element, "itemfeedback") if _is_solution(found)]
        model = {ANY: "\n\n".join(filter(None, map(self._text_of, solutions)))}
        return essay_part(model, self.notes)

    # --- feedback ------------------------------------------------------------------------------------------

    def _said_to(self, choice: str) -> Texts:
        """What is said to those who take a choice, unless it is said to all who are right or wrong."""
        named = {
            name
            for condition in self.conditions
            if [wanted for wanted, *_how in condition.wanted] == [choice]
            for name in condition.feedback
        }
        found = [one for one in self._feedbacks() if one.get("ident", "") in named and not _by_result(one)]
        return {ANY: "\n\n".join(filter(None, map(self._text_of, found)))} if found else {}

    def _feedbacks(self) -> list[etree._Element]:
        return [one for one in descendants(self.element, "itemfeedback") if not _is_solution(one)]

    def feedback(self, raw: Raw) -> None:
        """What is said to everybody, with the solution; the rest is noted."""
        to_all = {name for one in self.conditions if not one.wanted and not one.weight for name in one.feedback}
        parts: list[str] = []
        for found in descendants(self.element, "itemfeedback"):
            if _is_solution(found) and raw["type"] == "essay":
                continue
            if _by_result(found):
                self.notes += [_BY_RESULT] if _BY_RESULT not in self.notes else []
            elif _is_solution(found) or found.get("ident", "") in to_all:
                parts.append(self._text_of(found))
        if any(parts):
            raw["feedback"] = {ANY: "\n\n".join(filter(None, parts))}


def _fields(element: etree._Element) -> dict[str, str]:
    """The metadata of an item, an assessment or a bank, without that of its parts."""
    holder = child(element, "itemmetadata")
    found = descendants(holder, "qtimetadatafield") if holder is not None else []
    for metadata in children(element, "qtimetadata"):
        found += children(metadata, "qtimetadatafield")
    return {path_text(one, "fieldlabel"): path_text(one, "fieldentry") for one in found}


def _condition(element: etree._Element, highest: Decimal) -> Condition:
    variables = child(element, "conditionvar")
    wanted = tuple(_wanted(variables)) if variables is not None else ()
    weight = None
    for found in children(element, "setvar"):
        if found.get("varname", "SCORE").upper() == "SCORE":
            weight = number_of(text_of(found)) * FULL / highest
    together = variables is not None and any(
        len(children(one, "varequal")) > 1 for one in descendants(variables, "and")
    )
    feedback = tuple(one.get("linkrefid", "") for one in children(element, "displayfeedback"))
    return Condition(wanted, weight, together, feedback)


def _wanted(parent: etree._Element) -> Iterator[tuple[str, bool, bool]]:
    """The answers that a condition wants; those it excludes stand inside ``not``."""
    for node in parent:
        name = name_of(node)
        if name == "varequal" or name in _CONTAINS:
            yield text_of(node).strip(), name in _CONTAINS, node.get("case", "").lower() == "yes"
        elif name != "not":
            yield from _wanted(node)


def _statement(answers: list[Answer]) -> bool | None:
    """Is the question whether a statement is true? Two answers worded so, one of them right."""
    words = ["".join(answer.text.values()).strip().lower() for answer in answers]
    right = [word for word, answer in zip(words, answers, strict=True) if answer.weight == FULL]
    if len(words) != 2 or len(right) != 1 or any(answer.feedback for answer in answers):
        return None
    if not (set(words) & TRUE_WORDS and set(words) & FALSE_WORDS):
        return None
    return right[0] in TRUE_WORDS


def _is_solution(feedback: etree._Element) -> bool:
    return bool(descendants(feedback, "solution")) or feedback.get("ident", "").lower() == "solution"


def _by_result(feedback: etree._Element) -> bool:
    return "correct" in feedback.get("ident", "").lower()
