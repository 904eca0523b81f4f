"""The words of an analysis: figures as people read them, reasons, findings, formulas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext as _

from app.quizzes.analysis.choices import ChoiceTable, labels
from app.quizzes.analysis.findings import FEW, Code, Finding
from app.quizzes.analysis.inside import Band, PartReport
from app.quizzes.analysis.report import ItemReport
from app.quizzes.analysis.rules import Figure, Reason
from app.quizzes.analysis.sample import MIN_PEOPLE

#: Where the formulas are published.
SOURCES: Final = (
    ("Moodle, Quiz statistics calculations", "https://docs.moodle.org/dev/Quiz_statistics_calculations"),
    ("Moodle, Quiz report statistics", "https://docs.moodle.org/28/en/Development:Quiz_report_statistics"),
)


@dataclass(frozen=True, slots=True)
class Formula:
    """One row of the help: what a figure is called, how it is computed, how to read it."""

    name: str
    formula: str
    meaning: str


def percent(figure: Figure) -> str:
    """``63.2%``, or an em dash."""
    return "—" if figure.value is None else share(figure.value)


def share(value: float) -> str:
    """A share of one as per cent, with a minus sign where it is below zero."""
    text = f"{value * 100:.1f}%"
    return ("0.0%" if text == "-0.0%" else text).replace("-", "−")


def plain(figure: Figure) -> str:
    """A number with two decimals, or an em dash."""
    return "—" if figure.value is None else f"{figure.value:.2f}".replace("-", "−")


def reason_text(reason: Reason) -> str:
    """Why there is no figure."""
    return str(
        {
            Reason.FEW_PEOPLE: _("Fewer than %(number)s people were asked.", number=MIN_PEOPLE),
            Reason.SAME_MARK: _("Everybody earned the same on this question."),
            Reason.SAME_REST: _("Everybody earned the same on the other questions."),
            Reason.SAME_TOTAL: _("Everybody earned the same in total."),
            Reason.SAME_PARTS: _("Everybody earned the same on the other parts."),
            Reason.ONE_PART: _("It has only one part."),
            Reason.ONE_QUESTION: _("The paper has only one question."),
            Reason.PAPERS_DIFFER: _("The papers differ too much to be compared."),
            Reason.NEGATIVE_COVARIANCE: _("Those who did well on it did worse in total."),
            Reason.NO_WEIGHT: _("No question separates the candidates."),
            Reason.NOT_FOR_TYPE: _("Not defined for this type of question."),
        }[reason]
    )


def item_finding(finding: Finding, item: ItemReport) -> str:
    """What was found in a question, or in one of its parts."""
    if not finding.part:
        return finding_text(finding, item.choices)
    text = finding_text(finding, item.parts[finding.part - 1].choices)
    return str(_("Part %(number)s: %(finding)s", number=finding.part, finding=text))


def finding_text(finding: Finding, table: ChoiceTable | None = None) -> str:
    """What was found, and what to do about it, in one short sentence."""
    letter = labels(table).get(finding.choice, "") if table else ""
    return str(
        {
            Code.NEGATIVE_DISCRIMINATION: _("Negative discrimination: check the key"),
            Code.WRONG_CHOICE_PREFERRED: _(
                "High scorers prefer choice %(letter)s: is it also right?", letter=letter
            ),
            Code.NOBODY_RIGHT: _("Nobody right: check the key and the wording"),
            Code.BELOW_GUESSING: _("Worse than guessing: misleading, or a wrong key"),
            Code.VERY_HARD: _("Extremely hard"),
            Code.DUBIOUS_EFFICIENCY: _("Hardly separates strong from weak: check the wording"),
            Code.WEAK_DISCRIMINATION: _("Weak discrimination"),
            Code.EVERYBODY_RIGHT: _("Everybody right: tells nothing"),
            Code.VERY_EASY: _("Extremely easy"),
            Code.MANY_OMITTED: _("Many left it unanswered"),
            Code.VARIANTS_DIFFER: _("Some of the numbers drawn make it easier or harder"),
            Code.UNUSED_CHOICE: _("Nobody chose %(letter)s: no distraction", letter=letter),
            Code.FEW_PEOPLE: _("Few people: only a hint"),
            Code.POOR_CONSISTENCY: _("Low internal consistency: the questions do not measure one thing"),
            Code.MIDDLING_CONSISTENCY: _("Middling internal consistency"),
        }[finding.code]
    )


def columns() -> list[str]:
    """The headings of the figures of a question, in the order of ``figures``."""
    return [
        _("Examinees"),
        _("Facility"),
        _("Std. deviation"),
        _("Guess score"),
        _("Intended weight"),
        _("Effective weight"),
        _("Discrimination"),
        _("Efficiency"),
        _("Point-biserial"),
    ]


def figures(item: ItemReport) -> list[Figure]:
    """The figures of a question, as ``columns`` names them after the first."""
    return [
        item.facility,
        item.deviation,
        item.random_guess,
        item.intended_weight,
        item.effective_weight,
        item.discrimination,
        item.efficiency,
        item.point_biserial,
    ]


def part_columns() -> list[str]:
    """The headings of the figures of a part, in the order of ``part_figures``."""
    return [
        _("Facility"),
        _("Std. deviation"),
        _("Guess score"),
        _("Weight in the question"),
        _("Discrimination"),
        _("Efficiency"),
        _("Agreement with the other parts"),
    ]


def part_figures(part: PartReport) -> list[Figure]:
    """The figures of a part."""
    return [
        part.facility,
        part.deviation,
        part.random_guess,
        part.weight,
        part.discrimination,
        part.efficiency,
        part.agreement,
    ]


def variant_label(numbers: Mapping[str, tuple[str, str]]) -> str:
    """The numbers that a group drew: ``price = 100, rate = 2.5``, or ``price: 100 to 350``."""
    return ", ".join(
        f"{name} = {low}" if low == high else _("%(name)s: %(low)s to %(high)s", name=name, low=low, high=high)
        for name, (low, high) in numbers.items()
    )


def band_label(band: Band) -> str:
    """A band of shares of the marks, short enough to stand under a bar."""
    if band.low == band.high:
        return f"{band.low:.0%}"
    return f"< {band.high:.0%}" if band.high == 1 else f"≤ {band.high:.0%}"


def part_formulas() -> list[Formula]:
    """How the figures of parts and of groups by numbers drawn are computed."""
    return [
        Formula(
            _("Discrimination of a part"),
            "C(y, X) / √(V(y) · V(X))",
            _("y is what was earned on the part, X the paper without the whole question."),
        ),
        Formula(
            _("Agreement with the other parts"),
            "C(y, x − y) / √(V(y) · V(x − y))",
            _("Does the part agree with the other parts of its question?"),
        ),
        Formula(
            _("Consistency of the parts"),
            "P / (P − 1) · (1 − Σ V(y) / V(x))",
            _("Cronbach’s alpha over the P parts of the question."),
        ),
        Formula(
            _("Error of a group’s facility"),
            "√(V(x) / n) / max",
            _(
                "By how much chance moves the facility of n people. A group is said to differ when its facility "
                "lies ten per cent or more from that of all others, and more than three errors of the difference, "
                "and both have %(number)s people or more.",
                number=FEW,
            ),
        ),
    ]


def item_formulas() -> list[Formula]:
    """How the figures of a question are computed."""
    return [
        Formula(_("Facility index"), "mean(x) / max", _("How easy it was. Near 50% separates best.")),
        Formula(_("Standard deviation"), "√V(x) / max", _("How much the marks differ.")),
        Formula(
            _("Random-guess score"),
            _("right choices / choices"),
            _("What blind guessing earns. Not defined where it depends on how many choices one ticks."),
        ),
        Formula(_("Intended weight"), "max / Σ max", _("The share of the marks you gave it.")),
        Formula(
            _("Effective weight"),
            "√C(x, T) / Σ √C(x, T)",
            _("The share of the differences between candidates it makes. Should be near the intended one."),
        ),
        Formula(
            _("Discrimination index"),
            "C(x, X) / √(V(x) · V(X))",
            _("Does it agree with the rest? From 50% very good, 30% adequate, 20% weak; below that, very weak."),
        ),
        Formula(
            _("Discriminative efficiency"),
            "C(x, X) / Cmax(x, X)",
            _("Discrimination as a share of the most possible at this facility. Below 15% is dubious."),
        ),
        Formula(
            _("Point-biserial correlation"),
            "C(x, T) / √(V(x) · V(T))",
            _("Agreement with the whole paper, this question included."),
        ),
    ]


def paper_formulas() -> list[Formula]:
    """How the figures of the paper are computed."""
    return [
        Formula(
            _("Internal consistency (Cronbach’s alpha)"),
            "P / (P − 1) · (1 − Σ V(x) / V(T))",
            _("Do the questions measure one thing? Above 75% is satisfactory, below 64% is not."),
        ),
        Formula(_("Error ratio"), "√(1 − alpha)", _("How much of the differences in total is chance.")),
        Formula(
            _("Standard error"),
            _("error ratio × standard deviation"),
            _("Two results closer than this cannot be told apart."),
        ),
        Formula(
            _("Skewness"),
            "k₃ / k₂^1.5",
            _("Below 0 there is a tail of low results, above 0 one of high results."),
        ),
        Formula(_("Kurtosis"), "k₄ / k₂²", _("0 for a bell shape; higher is more peaked.")),
    ]


def notes(shown: Iterable[Figure]) -> dict[Reason, str]:
    """A letter for each reason why a figure of a table is missing."""
    found = dict.fromkeys(figure.reason for figure in shown if figure.reason)
    return {reason: chr(ord("a") + at) for at, reason in enumerate(found)}
