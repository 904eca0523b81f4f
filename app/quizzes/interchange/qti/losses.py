"""What of a stranger's item has no place here: named, so that nobody takes the question for the whole item."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final

from lxml import etree

from app.core.messages import N_, Message
from app.quizzes.interchange.answers import SECOND_BEST_LOST, number_of
from app.quizzes.interchange.qti.reading import BRANCHES, Page, Reading, scores_of
from app.quizzes.interchange.safe_xml import child, children, descendants, name_of, text_of

SCORING_REPLACED: Final = N_("It counted marks in a way of its own; here it is scored as shown.")
#: Shares are written rounded.
_CLOSE: Final = Decimal("0.001")
BELOW_NOUGHT: Final = N_("Its marks could fall below nought; here they do not.")
_PARTS: Final[dict[str, Message]] = {
    "catalogInfo": N_("Other ways to present it (signing, reading aloud, glossaries) are not kept."),
    "companionMaterialsInfo": N_("Tools that came with it (calculators, rulers, reference works) are not kept."),
}
#: Of what a condition may be made that readers understand, and of what a score that is no plain number.
_ASKED: Final = frozenset(
    ("match", "equal", "equalRounded", "stringMatch", "index", "gt", "variable", "correct", "baseValue")
)
_ADDED: Final = frozenset(("setOutcomeValue", "sum", "variable", "mapResponse", "baseValue"))


def note_parts(page: Page) -> None:
    """Notes on what stands beside the texts of a file."""
    for name, note in _PARTS.items():
        if descendants(page.root, name):
            page.note(note)


def note_losses(reading: Reading) -> None:
    """Notes on all that an item has and a question has not."""
    note_parts(reading)
    told = [found for found in descendants(reading.body, "rubricBlock") if text_of(found).strip()]
    if told and not reading.rubrics_used:
        reading.note(N_("What it tells tutors, markers or invigilators is not kept."))
    if reading.root.get("adaptive") == "true":
        reading.note(N_("It could be tried again after feedback; here it is answered once."))
    if tag := reading.other_language:
        reading.note(N_("It says that its language is “%(tag)s”; it is taken as in the language chosen.", tag=tag))
    shuffled = [found for found in reading.interactions if found.get("shuffle") == "true"]
    if any(inner.get("fixed") == "true" for found in shuffled for inner in found.iter(etree.Element)):
        reading.note(N_("An option kept its place while the others were shuffled; here all are shuffled."))
    _note_mappings(reading)
    _note_processing(reading)


def _note_mappings(reading: Reading) -> None:
    for declaration in children(reading.root, "responseDeclaration"):
        for mapping in children(declaration, "mapping"):
            entries = children(mapping, "mapEntry")
            worth = {entry.get("mapKey", ""): number_of(entry.get("mappedValue", "0")) for entry in entries}
            least = min([*worth.values(), number_of(mapping.get("defaultValue", "0"))])
            if (least < 0 and not mapping.get("lowerBound")) or number_of(mapping.get("lowerBound", "0")) < 0:
                reading.note(BELOW_NOUGHT)
            gains = {key: value for key, value in worth.items() if value > 0}
            whole = max if declaration.get("cardinality") == "single" else sum
            most = Decimal(whole(gains.values()) if gains else 0)
            if number_of(mapping.get("upperBound", "") or str(most)) < most - _CLOSE:
                reading.note(SCORING_REPLACED)
            if declaration.get("baseType") in {"pair", "directedPair"} and not _shares_evenly(declaration, gains):
                reading.note(SCORING_REPLACED)


def _shares_evenly(declaration: etree._Element, gains: Mapping[str, Decimal]) -> bool:
    """Is each of the right pairs worth the same, and no other worth anything?"""
    right = {text_of(value).strip() for value in descendants(declaration, "value")} or set(gains)
    return set(gains) == right and all(abs(worth - other) < _CLOSE for worth, other in pairwise(gains.values()))


def _note_processing(reading: Reading) -> None:
    processing = child(reading.root, "responseProcessing")
    if processing is None:
        return
    right = {text_of(value).strip() for value in descendants(reading.root, "value")}
    outside = [found for found in processing if name_of(found) != "responseCondition"]
    looked_up = {found.get("identifier") for found in descendants(processing, "lookupOutcomeValue")}
    understood = "SCORE" not in looked_up and all(_adds_up(found) for found in outside)
    for condition in children(processing, "responseCondition"):
        branches = [found for found in condition.iter() if name_of(found) in BRANCHES]
        earned = [(branch, score) for branch in branches for score in scores_of(branch)]
        best = max((score for _branch, score in earned), default=Decimal(0))
        if sum(score > 0 for _branch, score in earned) > 1:
            reading.note(SECOND_BEST_LOST)
        if any(score < 0 for _branch, score in earned):
            reading.note(BELOW_NOUGHT)
        understood &= all(_adds_up(branch) and not _compares_answers(branch) for branch in branches)
        understood &= all(_asks(branch, right) for branch, score in earned if score == best > 0)
    if not understood:
        reading.note(SCORING_REPLACED)


def _adds_up(holder: etree._Element) -> bool:
    """Is a score set by plain marks, or by what single values are worth?"""
    targets = [holder, *children(holder, "setOutcomeValue")]
    names = {name_of(inner) for found in targets if found.get("identifier") == "SCORE" for inner in found.iter()}
    return names <= _ADDED


def _compares_answers(branch: etree._Element) -> bool:
    """Does what single values are worth count only where answers differ from one another?"""
    scored = any(name_of(inner) == "mapResponse" for target in branch for inner in target.iter())
    return scored and any(len(children(found, "variable")) > 1 for found in branch[0].iter(etree.Element))


def _asks(branch: etree._Element, right: set[str]) -> bool:
    """Does a branch ask for the response that is declared as right?"""
    if name_of(branch) == "responseElse":
        return False
    literal = {text_of(value).strip() for value in descendants(branch[0], "baseValue")}
    return {name_of(found) for found in branch[0].iter()} <= _ASKED and literal <= right
