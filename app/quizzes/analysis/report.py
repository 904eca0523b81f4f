"""From sittings to figures: what one analysis is made of. Pure."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from app.quizzes.analysis import choices, findings, inside, rules
from app.quizzes.analysis.choices import ChoiceTable
from app.quizzes.analysis.findings import Finding
from app.quizzes.analysis.inside import Inside, PartReport
from app.quizzes.analysis.parts import parts_of
from app.quizzes.analysis.rules import Figure, Reason, Spread, Weighed
from app.quizzes.analysis.sample import MIN_GROUPED, MIN_PEOPLE, Answer, Question, Sample, Sitting
from app.quizzes.analysis.variants import Variant


@dataclass(frozen=True, slots=True)
class ItemReport:
    """The figures of one question; all shares, 0 to 1 (correlations −1 to 1)."""

    number: int
    question: Question
    people: int
    omitted: int
    facility: Figure
    deviation: Figure
    random_guess: Figure
    intended_weight: Figure
    effective_weight: Figure
    discrimination: Figure
    efficiency: Figure
    point_biserial: Figure
    #: None: a type without choices, one whose parts have their own, or too few people for groups.
    choices: ChoiceTable | None
    findings: list[Finding]
    inside: Inside

    @property
    def parts(self) -> list[PartReport]:
        return self.inside.parts

    @property
    def variants(self) -> list[Variant]:
        return self.inside.variants


@dataclass(frozen=True, slots=True)
class Report:
    """The analysis of a paper. With too few people there are no items and no figures."""

    people: int
    passed: int
    spread: Spread
    consistency: Figure
    error_ratio: Figure
    standard_error: Figure
    items: list[ItemReport]
    findings: list[Finding]
    #: Not everybody was asked the same questions.
    drawn: bool

    @property
    def too_few(self) -> bool:
        return self.people < MIN_PEOPLE


def build(sample: Sample) -> Report:
    """Compute every figure of the sample. Two thousand sittings of twenty questions take about half a second."""
    if len(sample.sittings) < MIN_PEOPLE:
        return _empty(len(sample.sittings))
    by_question: dict[uuid.UUID, list[Answer]] = defaultdict(list)
    for answer in sample.answers:
        by_question[answer.question].append(answer)
    paper = _Paper(sample.sittings, [_part(each.earned, each.possible) for each in sample.sittings])
    asked = [question for question in sample.questions if question.id in by_question]
    weighed = [_weighed(by_question[question.id], paper.totals) for question in asked]
    weights = zip(rules.intended_weights(weighed), rules.effective_weights(weighed), strict=True)
    items = [
        _item(number, question, by_question[question.id], paper, pair)
        for number, (question, pair) in enumerate(zip(asked, weights, strict=True), start=1)
    ]
    spread = rules.spread_of(paper.totals)
    alpha = _consistency(sample)
    ratio = rules.error_ratio(alpha)
    return Report(
        people=len(sample.sittings),
        passed=sum(sitting.passed for sitting in sample.sittings),
        spread=spread,
        consistency=alpha,
        error_ratio=ratio,
        standard_error=rules.standard_error(ratio, spread.deviation),
        items=items,
        findings=findings.of_paper(len(sample.sittings), alpha),
        drawn=any(item.people < len(sample.sittings) for item in items),
    )


@dataclass(frozen=True, slots=True)
class _Paper:
    """The sittings, and what share of its marks each earned."""

    sittings: Sequence[Sitting]
    totals: Sequence[float]


def _empty(people: int) -> Report:
    none = Figure.none(Reason.FEW_PEOPLE)
    return Report(people, 0, rules.spread_of([]), none, none, none, [], [], drawn=False)


def _part(earned: int, possible: int) -> float:
    return earned / possible if possible else 0.0


def _weighed(answers: Sequence[Answer], totals: Sequence[float]) -> Weighed:
    marks = [answer.marks for answer in answers]
    mine = [totals[answer.sitting] for answer in answers]
    return Weighed(
        frequency=len(answers) / len(totals),
        maximum=answers[0].maximum,
        covariance=rules.covariance(marks, mine) if len(answers) >= MIN_PEOPLE else None,
    )


def _item(
    number: int,
    question: Question,
    answers: Sequence[Answer],
    paper: _Paper,
    weights: tuple[Figure, Figure],
) -> ItemReport:
    """The figures of one question over those who were asked."""
    few = len(answers) < MIN_PEOPLE
    none = Figure.none(Reason.FEW_PEOPLE)
    marks = [answer.marks for answer in answers]
    maximum = answers[0].maximum
    mine = [paper.sittings[answer.sitting] for answer in answers]
    alone = any(sitting.possible == answer.maximum for sitting, answer in zip(mine, answers, strict=True))
    rests = [
        _part(sitting.earned - answer.marks, sitting.possible - answer.maximum)
        for sitting, answer in zip(mine, answers, strict=True)
    ]
    whole = [paper.totals[answer.sitting] for answer in answers]
    missing = none if few else Figure.none(Reason.ONE_QUESTION) if alone else None
    table = None if missing or len(answers) < MIN_GROUPED else _choice_table(question, answers, rests)
    within = inside.NOTHING if few else inside.look(question.body, answers, None if missing else rests)
    item = ItemReport(
        number=number,
        question=question,
        people=len(answers),
        omitted=sum(not answer.answered for answer in answers),
        facility=none if few else rules.facility(marks, maximum),
        deviation=none if few else rules.deviation(marks, maximum),
        random_guess=choices.random_guess(question.body),
        intended_weight=weights[0],
        effective_weight=weights[1],
        discrimination=missing or rules.discrimination(marks, rests),
        efficiency=missing or rules.efficiency(marks, rests),
        point_biserial=missing or rules.point_biserial(marks, whole),
        choices=table,
        findings=[],
        inside=within,
    )
    item.findings.extend(findings.of_item(item))
    return item


def _choice_table(question: Question, answers: Sequence[Answer], rests: Sequence[float]) -> ChoiceTable | None:
    known = [at for at, answer in enumerate(answers) if answer.is_known]
    if len(known) < MIN_GROUPED or parts_of(question.body):
        return None
    said = [(answers[at].response, answers[at].layout) for at in known]
    return inside.table_of(question.body, said, [rests[at] for at in known])


def _consistency(sample: Sample) -> Figure:
    """Alpha over the questions; over places of the paper where the questions are drawn, as Moodle does it."""
    if len({sitting.possible for sitting in sample.sittings}) > 1:
        return Figure.none(Reason.PAPERS_DIFFER)
    frequency = Counter(answer.question for answer in sample.answers)
    everywhere = {question for question, times in frequency.items() if times == len(sample.sittings)}
    papers: dict[int, list[Answer]] = defaultdict(list)
    for answer in sample.answers:
        papers[answer.sitting].append(answer)
    rows, shapes = [], set()
    for paper in papers.values():
        fixed = sorted((each for each in paper if each.question in everywhere), key=lambda each: each.question)
        drawn = sorted(
            (each for each in paper if each.question not in everywhere),
            key=lambda each: (str(each.pool), each.position),
        )
        rows.append([float(each.marks) for each in fixed + drawn])
        shapes.add(tuple(each.pool for each in drawn))
    if len(shapes) > 1 or any(pool is None for pool in next(iter(shapes))):
        return Figure.none(Reason.PAPERS_DIFFER)
    return rules.consistency(list(zip(*rows, strict=True)))
