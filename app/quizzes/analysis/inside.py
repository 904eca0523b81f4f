"""What lies inside a question: its parts, how its marks are spread, the numbers that papers drew. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Any, Final

from app.quizzes import grading
from app.quizzes.analysis import choices, findings, parts, rules, variants
from app.quizzes.analysis.choices import Body, Choice, ChoiceTable, Response
from app.quizzes.analysis.findings import Finding
from app.quizzes.analysis.parts import Part
from app.quizzes.analysis.rules import Figure, Numbers, Reason
from app.quizzes.analysis.sample import MIN_GROUPED, MIN_PEOPLE, Answer
from app.quizzes.analysis.variants import Variant

#: From what share of the marks to what share: nothing, then above the one and up to the other, at last all.
BANDS: Final = ((0.0, 0.0), (0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0), (1.0, 1.0))


@dataclass(frozen=True, slots=True)
class PartReport:
    """The figures of one part over those who were asked; all shares (correlations −1 to 1)."""

    number: int
    part: Part
    people: int
    omitted: int
    facility: Figure
    deviation: Figure
    random_guess: Figure
    #: Of the question's marks.
    weight: Figure
    #: With the paper without the whole question.
    discrimination: Figure
    efficiency: Figure
    #: With the other parts of the question.
    agreement: Figure
    choices: ChoiceTable | None
    variants: list[Variant]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Band:
    """How many earned between these shares of the marks."""

    low: float
    high: float
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Inside:
    """Everything below the figures of a whole question; empty where there is nothing to tell."""

    parts: list[PartReport] = field(default_factory=list)
    #: Cronbach's alpha over the parts.
    coherence: Figure = field(default_factory=lambda: Figure.none(Reason.ONE_PART))
    variants: list[Variant] = field(default_factory=list)
    #: How the marks are spread, where part of them can be earned.
    credit: list[Band] = field(default_factory=list)


NOTHING: Final = Inside()


def look(body: Body, answers: Sequence[Answer], rests: Numbers | None) -> Inside:
    """Look inside a question that enough people were asked; without ``rests`` there is nothing to rank them by."""
    known = [at for at, answer in enumerate(answers) if answer.is_known]
    seen = [answers[at] for at in known]
    ranks = None if rests is None else [rests[at] for at in known]
    reader = _Reader(body, seen, ranks)
    return Inside(
        parts=reader.reports(),
        coherence=reader.coherence(),
        variants=_variants(body, [each.layout for each in seen], _Marks.of(seen), ranks),
        credit=_credit(answers),
    )


def table_of(
    body: Body, said: Sequence[tuple[Response | None, Mapping[str, Any] | None]], rests: Numbers
) -> ChoiceTable | None:
    """The table of choices of a question without parts, or of a part that is one: responses with their layouts."""
    if body["type"] != "calculated":
        return choices.choice_table(body, [response for response, _layout in said], rests)
    slips = [
        variants.slip_of(body, layout, response) if response and layout else None for response, layout in said
    ]
    kinds = [Choice(slip, text, slip is variants.Slip.RIGHT) for slip, text in variants.SLIPS.items()]
    return choices.table_of_field(kinds, slips, rests)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What people earned, out of how much, and who left it."""

    earned: Numbers
    maximum: float
    omitted: list[bool]

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "_Marks":
        maximum = answers[0].maximum if answers else 1
        return cls([each.marks for each in answers], maximum, [not each.answered for each in answers])


def _variants(body: Body, layouts: Sequence[Any], marks: _Marks, rests: Numbers | None) -> list[Variant]:
    if body["type"] != "calculated" or not layouts or not all(layouts):
        return []
    groups = variants.groups_of([layout["parameters"] for layout in layouts])
    return variants.compare(
        groups, marks.earned, marks.maximum, rests, marks.omitted, least=MIN_PEOPLE, sure=findings.FEW
    )


def _credit(answers: Sequence[Answer]) -> list[Band]:
    shares = [answer.marks / answer.maximum for answer in answers]
    if len(shares) < MIN_GROUPED or not any(0 < share < 1 for share in shares):
        return []
    return [_band(low, high, shares) for low, high in BANDS]


def _band(low: float, high: float, shares: Numbers) -> Band:
    inside = (share == low if low == high else low < share <= high and share < 1 for share in shares)
    count = sum(inside)
    return Band(low, high, count, count / len(shares))


class _Reader:
    """One question's answers, taken apart."""

    def __init__(self, body: Body, answers: Sequence[Answer], rests: Numbers | None) -> None:
        self.body, self.rests = body, rests
        self.parts = parts.parts_of(body)
        self.answers = answers if self.parts else ()
        full = grading.full_layout(dict(body)) if self.parts else {}
        self.layouts = [dict(answer.layout or full) for answer in self.answers]
        self.earned = [
            parts.fractions(body, layout, answer.response, answer.given)
            for answer, layout in zip(self.answers, self.layouts, strict=True)
        ]

    def reports(self) -> list[PartReport]:
        return [self._report(number, part) for number, part in enumerate(self.parts, start=1)]

    def coherence(self) -> Figure:
        """Of those whose every part is known."""
        if len(self.parts) < 2:
            return Figure.none(Reason.ONE_PART)
        if any(part.worth is None for part in self.parts):
            return Figure.none(Reason.NOT_FOR_TYPE)
        whole = [row for row in self.earned if len(row) == len(self.parts)]
        if len(whole) < MIN_PEOPLE:
            return Figure.none(Reason.FEW_PEOPLE)
        alpha = rules.consistency([[row[part.id] * (part.worth or 0.0) for row in whole] for part in self.parts])
        return Figure.none(Reason.SAME_MARK) if alpha.reason is Reason.SAME_TOTAL else alpha

    def _report(self, number: int, part: Part) -> PartReport:
        mine = [at for at, row in enumerate(self.earned) if part.id in row]
        marks = _Marks(
            [self.earned[at][part.id] for at in mine],
            1.0,
            [parts.said(self.body, part, self.answers[at].response) is None for at in mine],
        )
        few = len(mine) < MIN_PEOPLE
        none = Figure.none(Reason.FEW_PEOPLE)
        rests = None if self.rests is None else [self.rests[at] for at in mine]
        missing = none if few else Figure.none(Reason.ONE_QUESTION) if rests is None else None
        ranks = rests or []
        inner = [self._layout_of(part, at) for at in mine]
        report = PartReport(
            number=number,
            part=part,
            people=len(mine),
            omitted=sum(marks.omitted),
            facility=none if few else rules.facility(marks.earned, 1),
            deviation=none if few else rules.deviation(marks.earned, 1),
            random_guess=part.guess,
            weight=Figure(part.worth) if part.worth is not None else Figure.none(Reason.NOT_FOR_TYPE),
            discrimination=missing or rules.discrimination(marks.earned, ranks),
            efficiency=missing or rules.efficiency(marks.earned, ranks),
            agreement=none if few else self._agreement(part),
            choices=None if missing or len(mine) < MIN_GROUPED else self._table(part, mine, inner, ranks),
            variants=[] if few or part.body is None else _variants(part.body, inner, marks, rests),
            findings=[],
        )
        report.findings.extend(findings.of_measured(report))
        return report

    def _agreement(self, part: Part) -> Figure:
        """r(y, x − y): the part with what the other parts of its question earned."""
        if len(self.parts) < 2:
            return Figure.none(Reason.ONE_PART)
        if part.worth is None:
            return Figure.none(Reason.NOT_FOR_TYPE)
        whole = [row for row in self.earned if len(row) == len(self.parts)]
        if len(whole) < MIN_PEOPLE:
            return Figure.none(Reason.FEW_PEOPLE)
        others = [
            fsum(row[each.id] * (each.worth or 0.0) for each in self.parts if each is not part) for row in whole
        ]
        return rules.correlation([row[part.id] for row in whole], others, Reason.SAME_MARK, Reason.SAME_PARTS)

    def _layout_of(self, part: Part, at: int) -> grading.Layout | None:
        """The layout of a part that is a question."""
        inner: dict[str, grading.Layout] = {} if part.body is None else self.layouts[at].get("parts", {})
        return inner.get(part.id)

    def _table(
        self, part: Part, mine: Sequence[int], layouts: Sequence[grading.Layout | None], rests: Numbers
    ) -> ChoiceTable | None:
        said = [parts.said(self.body, part, self.answers[at].response) for at in mine]
        if part.body is not None:
            return table_of(part.body, list(zip(said, layouts, strict=True)), rests)
        return choices.table_of_field(part.choices, [None if one is None else str(one) for one in said], rests)
