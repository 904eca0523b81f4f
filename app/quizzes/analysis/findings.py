"""What to look at, and from which figures on. Codes only: the words are in ``words``."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from app.quizzes.analysis.choices import ChoiceTable, ChoiceUse
from app.quizzes.analysis.rules import Figure

if TYPE_CHECKING:
    from app.quizzes.analysis.report import ItemReport
    from app.quizzes.analysis.variants import Variant

# Moodle, "Quiz report statistics" (docs.moodle.org/28/en/Development:Quiz_report_statistics): above 75 % is
# satisfactory, below 64 % the test as a whole is not.
GOOD_CONSISTENCY: Final = 0.75
POOR_CONSISTENCY: Final = 0.64
#: Moodle, the same page: a facility of 5 % or less is extremely hard, one of 95 % or more extremely easy.
VERY_HARD: Final = 0.05
VERY_EASY: Final = 0.95
#: Moodle, the same page: below 20 % discrimination is very weak.
WEAK_DISCRIMINATION: Final = 0.20
#: Moodle's statistics report marks a question as dubious below 15 % discriminative efficiency.
DUBIOUS_EFFICIENCY: Final = 0.15
#: Haladyna and Downing (1993), "How many options is enough for a multiple-choice test item?": a distractor that
#: fewer than 5 % take does no work.
RARE_CHOICE: Final = 0.05
#: Ours: correlations of fewer people move so much by chance that they are only hints.
FEW: Final = 30
#: Ours: this share of unanswered questions suggests a lack of time, or a question nobody understood.
MANY_OMITTED: Final = 0.10


class Measured(Protocol):
    """What has the figures that findings follow from: a question or a part of one."""

    @property
    def people(self) -> int: ...
    @property
    def omitted(self) -> int: ...
    @property
    def facility(self) -> Figure: ...
    @property
    def random_guess(self) -> Figure: ...
    @property
    def discrimination(self) -> Figure: ...
    @property
    def efficiency(self) -> Figure: ...
    @property
    def choices(self) -> ChoiceTable | None: ...
    @property
    def variants(self) -> "list[Variant]": ...


class Severity(StrEnum):
    """How to draw a finding (the kinds of ``ui.status``)."""

    DANGER = "danger"
    ATTENTION = "attention"
    NEUTRAL = "neutral"


class Code(StrEnum):
    """What was found; the most serious first."""

    NEGATIVE_DISCRIMINATION = "negative_discrimination"
    WRONG_CHOICE_PREFERRED = "wrong_choice_preferred"
    NOBODY_RIGHT = "nobody_right"
    BELOW_GUESSING = "below_guessing"
    VERY_HARD = "very_hard"
    DUBIOUS_EFFICIENCY = "dubious_efficiency"
    WEAK_DISCRIMINATION = "weak_discrimination"
    EVERYBODY_RIGHT = "everybody_right"
    VERY_EASY = "very_easy"
    MANY_OMITTED = "many_omitted"
    VARIANTS_DIFFER = "variants_differ"
    UNUSED_CHOICE = "unused_choice"
    FEW_PEOPLE = "few_people"
    POOR_CONSISTENCY = "poor_consistency"
    MIDDLING_CONSISTENCY = "middling_consistency"


_DANGER: Final = {
    Code.NEGATIVE_DISCRIMINATION,
    Code.WRONG_CHOICE_PREFERRED,
    Code.NOBODY_RIGHT,
    Code.BELOW_GUESSING,
    Code.POOR_CONSISTENCY,
}
_NEUTRAL: Final = {Code.FEW_PEOPLE, Code.UNUSED_CHOICE, Code.VERY_EASY}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at; ``choice`` is the identifier of the choice it is about, ``part`` the part's number."""

    code: Code
    choice: str = ""
    part: int = 0
    #: So few people that it may well be chance.
    unsure: bool = False

    @property
    def severity(self) -> Severity:
        if self.code in _DANGER:
            return Severity.ATTENTION if self.unsure else Severity.DANGER
        return Severity.NEUTRAL if self.code in _NEUTRAL else Severity.ATTENTION


def of_paper(people: int, alpha: Figure) -> list[Finding]:
    """What the paper as a whole suggests."""
    found = []
    if alpha.value is not None and alpha.value < POOR_CONSISTENCY:
        found.append(Finding(Code.POOR_CONSISTENCY))
    elif alpha.value is not None and alpha.value < GOOD_CONSISTENCY:
        found.append(Finding(Code.MIDDLING_CONSISTENCY))
    return _as_hints(found) if people < FEW else found


def _as_hints(found: list[Finding]) -> list[Finding]:
    """The same of few people: nothing is an alarm, and the reader is told why."""
    return [*(replace(finding, unsure=True) for finding in found), Finding(Code.FEW_PEOPLE)]


def of_item(item: "ItemReport") -> list[Finding]:
    """What one question and its parts suggest, the most serious first; nothing where too few were asked.

    Of its parts only what is serious, and from so many people on that chance is unlikely.
    """
    inner = [
        replace(finding, part=part.number)
        for part in item.parts
        if part.people >= FEW
        for finding in part.findings
        if finding.severity is Severity.DANGER
    ]
    return _ordered([*of_measured(item), *inner])


def of_measured(item: Measured) -> list[Finding]:
    """What the figures of a question, or of a part, suggest by themselves."""
    if item.facility.value is None:
        return []
    found = _about_discrimination(item)
    if item.omitted < item.people:  # what everybody left says nothing about the key
        found += _about_facility(item.facility.value, item.random_guess)
    if item.omitted > item.people * MANY_OMITTED:
        found.append(Finding(Code.MANY_OMITTED))
    if any(variant.differs for variant in item.variants):
        found.append(Finding(Code.VARIANTS_DIFFER))
    if item.choices is not None and item.facility.value < 1:
        found += _about_choices(item.choices, item.people)
    return _ordered(_as_hints(found) if item.people < FEW else found)


def _ordered(found: list[Finding]) -> list[Finding]:
    order = list(Code)
    return sorted(found, key=lambda finding: (order.index(finding.code), finding.part))


def _about_facility(facility: float, guess: Figure) -> list[Finding]:
    if facility == 1:
        return [Finding(Code.EVERYBODY_RIGHT)]
    if facility == 0:
        return [Finding(Code.NOBODY_RIGHT)]
    if facility >= VERY_EASY:
        return [Finding(Code.VERY_EASY)]
    if guess.value is not None and facility < guess.value:
        return [Finding(Code.BELOW_GUESSING)]
    return [Finding(Code.VERY_HARD)] if facility <= VERY_HARD else []


def _about_discrimination(item: Measured) -> list[Finding]:
    index, efficiency = item.discrimination.value, item.efficiency.value
    if index is None or efficiency is None:
        return []
    if index < 0:
        return [Finding(Code.NEGATIVE_DISCRIMINATION)]
    # The index of a very easy or very hard question is low by nature; its efficiency is not.
    if efficiency < DUBIOUS_EFFICIENCY:
        return [Finding(Code.DUBIOUS_EFFICIENCY)]
    return [Finding(Code.WEAK_DISCRIMINATION)] if index < WEAK_DISCRIMINATION else []


def preferred_wrongly(use: ChoiceUse, table: ChoiceTable) -> bool:
    """Do high scorers take this wrong choice rather than a right one, and not less than low scorers do?

    With one choice to take: at least as often as the right one. With several: more than half of them.
    """
    if use.choice.correct or use.high < use.low:
        return False
    if not table.exclusive:
        return use.high > 0.5
    best = max((other.high for other in table.uses if other.choice.correct), default=0.0)
    return use.high > 0 and use.high >= best


def _about_choices(table: ChoiceTable, people: int) -> list[Finding]:
    found = [
        Finding(Code.WRONG_CHOICE_PREFERRED, use.choice.id) for use in table.uses if preferred_wrongly(use, table)
    ]
    if people >= FEW:
        found += [
            Finding(Code.UNUSED_CHOICE, use.choice.id)
            for use in table.uses
            if not use.count and not use.choice.correct and table.distracting
        ]
    return found
