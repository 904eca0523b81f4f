"""What a QTI item (2.1, 2.2 or 3.0) says: its texts, declarations and processing."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import unquote

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange import languages
from app.quizzes.interchange.answers import letter, number_of, plain_number
from app.quizzes.interchange.archive import beside
from app.quizzes.interchange.markup import Converter
from app.quizzes.interchange.media import MediaBox
from app.quizzes.interchange.model import (
    ANY,
    LANGUAGES,
    CannotTake,
    Language,
    Raw,
    Texts,
)
from app.quizzes.interchange.safe_xml import XML_NS, child, children, descendants, name_of, path_text, text_of

GAP: Final = "_____"
GENERAL: Final = "GENERAL"
_LANG: Final = f"{{{XML_NS}}}lang"
_NOT_SHOWN: Final = frozenset(
    ("rubricBlock", "feedbackInline", "feedbackBlock", "prompt", "stylesheet", "infoControl", "catalogInfo")
)
#: What a condition of the response processing leads to.
BRANCHES: Final = frozenset(("responseIf", "responseElseIf", "responseElse"))

#: A reader for each interaction: the part of the question that is the type's own.
Reader = Callable[["Reading"], Raw]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a package says of an item outside its file: keywords, and what our own export had put there."""

    tags: tuple[str, ...] = ()
    carried: str = ""


class Page:
    """Texts of a file while it is read; the tree has the names of version 2 and no namespaces."""

    def __init__(self, root: etree._Element, box: MediaBox, path: str, holder: str) -> None:
        self.root = root
        self.box = box
        self.path = path
        self.notes: list[Message] = []
        self.converter = Converter(self.picture, self.notes)
        self.own_language = _ours(root.get(_LANG, ""))
        self.other_language = "" if self.own_language else root.get(_LANG, "")
        body = child(root, holder)
        if body is None:
            raise CannotTake(N_("it has no %(name)s", name=holder))
        self.body = body
        for block in descendants(body, "rubricBlock"):
            if "candidate" in block.get("view", "").split():
                _show(block)

    def texts(self, element: etree._Element) -> Texts:
        """The content of an element, by language where both languages are marked."""
        element = copy.deepcopy(element)
        for found in [inner for inner in element.iter() if inner is not element and name_of(inner) in _NOT_SHOWN]:
            drop(found)
        marked = [(found, _ours(found.get(_LANG, ""))) for found in _outermost_marked(element)]
        if {tag for _found, tag in marked} < set(LANGUAGES):
            return {ANY: self.converter.element(element)}
        found_texts: Texts = {}
        for tag in LANGUAGES:
            others = [found for found, spoken in marked if spoken != tag]
            found_texts[tag] = self.converter.element(_without(element, others))
        return found_texts

    def texts_of(self, element: etree._Element) -> Texts:
        """The content of an element that is not shown with the question."""
        holder = etree.Element("div")
        holder.append(copy.deepcopy(element))
        holder[0].tag = "div"
        holder[0].tail = None
        return self.texts(holder)

    def note(self, note: Message) -> None:
        if note not in self.notes:
            self.notes.append(note)

    def picture(self, address: str) -> str:
        """The address of a picture that came along. Raises CannotTake."""
        if address.startswith("data:"):
            return self.box.keep_data_url(address)
        if "://" in address or address.startswith("//"):
            raise CannotTake(N_("its picture is elsewhere on the web: %(address)s", address=address))
        return self.box.keep_file(beside(self.path, unquote(address)))


class Reading(Page):
    """One item while it is read."""

    def __init__(self, root: etree._Element, box: MediaBox, path: str) -> None:
        super().__init__(root, box, path, "itemBody")
        #: The way of scoring that our own tags name.
        self.hint = ""
        self.interactions = [element for element in self.body.iter() if name_of(element).endswith("Interaction")]
        if not self.interactions:
            raise CannotTake(N_("it asks nothing: there is no interaction in it"))
        #: Did what markers are told find its place?
        self.rubrics_used = False
        #: The one that is being read.
        self.interaction = self.interactions[0]

    def at(self, interaction: etree._Element) -> "Reading":
        """The same item, where one of its other interactions is read."""
        other = copy.copy(self)
        other.interaction = interaction
        return other

    # --- what is declared ----------------------------------------------------------------------------------

    @property
    def response(self) -> str:
        """The identifier of the response."""
        return self.interaction.get("responseIdentifier", "")

    @property
    def declaration(self) -> etree._Element:
        """The declaration of the response. Raises CannotTake."""
        wanted = self.response
        for found in children(self.root, "responseDeclaration"):
            if found.get("identifier") == wanted:
                return found
        raise CannotTake(N_("it does not declare its response"))

    def correct(self) -> list[str]:
        """The values of the correct response, in order."""
        holder = child(self.declaration, "correctResponse")
        return [text_of(value).strip() for value in children(holder, "value")] if holder is not None else []

    def mapping(self) -> dict[str, Decimal]:
        """What each value is worth."""
        holder = child(self.declaration, "mapping")
        entries = children(holder, "mapEntry") if holder is not None else []
        return {entry.get("mapKey", ""): number_of(entry.get("mappedValue", "0")) for entry in entries}

    def unmapped(self) -> Decimal:
        """What a value is worth that the mapping does not name."""
        holder = child(self.declaration, "mapping")
        return number_of(holder.get("defaultValue", "0")) if holder is not None else Decimal(0)

    def case_sensitive(self) -> bool:
        """Does some accepted text insist on capital letters, as whatever is matched as it stands does?"""
        compared = [*descendants(self.declaration, "mapEntry"), *self.processed_by("stringMatch")]
        if any(found.get("caseSensitive") == "true" for found in compared):
            return True
        processing = child(self.root, "responseProcessing")
        matched = processing is not None and "match_correct" in processing.get("template", "")
        return not self.is_mapped() and (matched or bool(self.processed_by("match")))

    def is_mapped(self) -> bool:
        """Is the score the sum of what single values are worth?"""
        processing = child(self.root, "responseProcessing")
        if processing is None:
            return False
        return "map_response" in processing.get("template", "") or bool(self.processed_by("mapResponse"))

    def processed_by(self, name: str) -> list[etree._Element]:
        """The elements of that name that process the response."""
        processing = child(self.root, "responseProcessing")
        found = descendants(processing, name) if processing is not None else []
        return [element for element in found if any(e.get("identifier") == self.response for e in element.iter())]

    def worth(self) -> Decimal:
        """What the right response earns, where the processing says it; else 1."""
        if self.is_mapped():
            return max(self.mapping().values(), default=Decimal(1))
        branches = [found for asked in self.processed_by("responseCondition") for found in asked.iter()]
        scores = [score for found in branches if name_of(found) in BRANCHES for score in scores_of(found)]
        return max(scores, default=Decimal(1))

    def marks(self) -> str | None:
        """What the item is worth, where it says so and it is not 1. Raises CannotTake."""
        marks = self._said_marks()
        if marks is None:
            return None
        if marks <= 0:
            raise CannotTake(N_("it is worth no marks"))
        return plain_number(marks) if marks != 1 else None

    def _said_marks(self) -> Decimal | None:
        """The greatest score as it is declared, or as it follows from a mapping of one response."""
        outcomes = {found.get("identifier"): found for found in children(self.root, "outcomeDeclaration")}
        if "MAXSCORE" in outcomes and (value := path_text(outcomes["MAXSCORE"], "defaultValue", "value")):
            return number_of(value)
        if "SCORE" in outcomes and (value := outcomes["SCORE"].get("normalMaximum", "")):
            return number_of(value)
        if len(self.interactions) > 1:
            return None
        if not self.is_mapped():
            return None if self.processed_by("index") else self.worth()
        mapping = self.mapping()
        right = [mapping[value] for value in self.correct() if value in mapping] or list(mapping.values())
        worth = [value for value in right if value > 0]
        if not worth:
            return None
        whole = max(worth) if self.declaration.get("cardinality") == "single" else sum(worth, Decimal(0))
        most = descendants(self.declaration, "mapping")[0].get("upperBound", "")
        return min(whole, number_of(most)) if most else whole

    # --- texts ---------------------------------------------------------------------------------------------

    def prompt(self) -> Texts:
        """The question itself: the body around the interaction, and the interaction's own prompt."""
        number = next(n for n, found in enumerate(self.body.iter()) if found is self.interaction)
        body = copy.deepcopy(self.body)
        return self.prompt_of(body, list(body.iter())[number])

    def prompt_of(self, body: etree._Element, interaction: etree._Element) -> Texts:
        """The question of a body that may be taken apart."""
        inner = child(interaction, "prompt")
        asked = self.texts_of(inner) if inner is not None else {}
        for unit in [unit for unit in body.iter() if unit.get("class") == "unit"]:
            drop(unit)
        _leave_gap(interaction)
        around = self.texts(body)
        if not any(around.values()):
            return asked
        if not any(asked.values()):
            return around
        tags = LANGUAGES if set(around) | set(asked) != {ANY} else (ANY,)
        return {tag: "\n\n".join(part for part in (_said(around, tag), _said(asked, tag)) if part) for tag in tags}

    def content(self, element: etree._Element) -> Texts:
        """The text of a choice. Raises CannotTake when it is empty."""
        found = self.texts(element)
        if not any(found.values()):
            raise CannotTake(N_("one of its answers is empty"))
        return found

    def unit(self) -> Texts:
        """The unit written behind a number, where our own mark for it stands."""
        units = [found for found in self.body.iter() if found.get("class") == "unit"]
        return {_ours(found.get(_LANG, "")) or ANY: text_of(found).strip() for found in units}

    def feedback(self, raw: Raw) -> None:
        """Feedback on the whole, and on single choices."""
        choices = {choice.pop("identifier"): choice for choice in raw.get("choices") or ()}
        inline = [found for found in self.body.iter() if name_of(found) in {"feedbackInline", "feedbackBlock"}]
        for found in [*children(self.root, "modalFeedback"), *inline]:
            wrapped = child(found, "contentBody")
            text = self.texts(wrapped if wrapped is not None else found)
            identifier = found.get("identifier", "")
            if not any(text.values()):
                continue
            if found.get("showHide", "show") == "hide":
                self.note(N_("Feedback that depends on whether the answer was right is not kept."))
            elif identifier in choices:
                choices[identifier]["feedback"] = text
            elif identifier.upper() == GENERAL:
                raw["feedback"] = text
            else:
                self.note(N_("Feedback that depends on whether the answer was right is not kept."))


def scores_of(branch: etree._Element) -> list[Decimal]:
    """The scores that a branch itself gives as plain numbers."""
    targets = [found for found in children(branch, "setOutcomeValue") if found.get("identifier") == "SCORE"]
    return [number_of(text_of(value)) for target in targets for value in descendants(target, "baseValue")]


def choice_ids(elements: Iterable[etree._Element]) -> dict[str, str]:
    """Our identifiers for choices by theirs. Raises CannotTake when one occurs twice."""
    found: dict[str, str] = {}
    for element in elements:
        theirs = element.get("identifier", "")
        if not theirs or theirs in found:
            raise CannotTake(N_("its choices do not have identifiers of their own"))
        found[theirs] = letter(len(found))
    return found


def _said(texts: Texts, tag: str) -> str:
    return texts.get(tag) or texts.get(ANY, "")


def _ours(tag: str) -> Language | None:
    found = languages.language_of(tag)
    return next((ours for ours in LANGUAGES if ours == found), None)


def _outermost_marked(element: etree._Element) -> list[etree._Element]:
    """The elements marked as Chinese or English that do not stand in another such element."""
    found: list[etree._Element] = []
    waiting = list(element)
    while waiting:
        inner = waiting.pop(0)
        if _ours(inner.get(_LANG, "")):
            found.append(inner)
        else:
            waiting = [*inner, *waiting]
    return found


def _without(element: etree._Element, others: list[etree._Element]) -> etree._Element:
    """A copy of an element without some of its descendants."""
    position = {id(found): number for number, found in enumerate(element.iter())}
    unwanted = {position[id(found)] for found in others}
    copied = copy.deepcopy(element)
    for found in [inner for number, inner in enumerate(copied.iter()) if number in unwanted]:
        drop(found)
    return copied


def _show(block: etree._Element) -> None:
    """Turn what a rubric block tells candidates into a part of the text."""
    for found in [block, *children(block, "contentBody")]:
        found.tag = "div"


def drop(element: etree._Element) -> None:
    """Take an element out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before, tail = element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = f"{before.tail or ''}{tail}"
    else:
        parent.text = f"{parent.text or ''}{tail}"
    parent.remove(element)


def _leave_gap(interaction: etree._Element) -> None:
    """Take the interaction out; a field within a sentence leaves a gap."""
    parent = interaction.getparent()
    if name_of(interaction) == "textEntryInteraction" and parent is not None and text_of(parent).strip():
        interaction.tail = f"{GAP}{interaction.tail or ''}"
    drop(interaction)
