"""Calculated questions: how the numbers drawn tell on the marks, and in what wrong answers are wrong. Pure.

Moodle computes its statistics for each variant of a question. Where nearly everybody drew a variant of her own
that says nothing: here people are then grouped by each parameter, and a group too small has no figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from math import sqrt
from typing import Any, Final

from app.core.text import Bilingual
from app.quizzes.analysis import rules
from app.quizzes.analysis.rules import Figure, Numbers, Reason
from app.quizzes.grading.calculated import Calculated
from app.quizzes.grading.numeric import said, units_of

#: Ours: up to as many variants are shown one by one; of more, groups by each parameter.
MOST_VARIANTS: Final = 12
#: Ours: a parameter's values are divided into as many groups of about the same size.
GROUPS: Final = 3
#: Ours: a group differs when its facility is so many standard errors from that of the others, and so far.
SURE: Final = 3.0
FAR: Final = 0.10
#: Ours: so near the right number, a wrong one looks like a mistake in rounding.
NEAR: Final = Decimal("0.05")

Drawn = Mapping[str, str]


class Slip(StrEnum):
    """How a number differs from the right one; the first that fits."""

    RIGHT = "right"
    UNIT = "unit"
    SIGN = "sign"
    TEN = "ten"
    NEAR = "near"
    OTHER = "other"


SLIPS: Final = {
    Slip.RIGHT: Bilingual(zh="正确的数值", en="The right number"),
    Slip.UNIT: Bilingual(zh="数值正确，单位有误或缺失", en="The right number with a wrong unit or none"),
    Slip.SIGN: Bilingual(zh="正负号相反", en="The opposite sign"),
    Slip.TEN: Bilingual(zh="相差10的整数次幂（小数点移位）", en="A power of ten off (decimal point moved)"),
    Slip.NEAR: Bilingual(zh="误差不超过5%（如舍入有误）", en="Less than 5% off (rounding, for instance)"),
    Slip.OTHER: Bilingual(zh="其他数值", en="Another number"),
}


def slip_of(body: Mapping[str, Any], layout: Mapping[str, Any], response: Mapping[str, Any]) -> Slip:
    """How the answer to a calculated question differs from what its numbers give."""
    kind, question, drawn = Calculated(), dict(body), dict(layout)
    if kind.grade(question, dict(response), drawn).correct:
        return Slip.RIGHT
    right, tolerance = kind.answer(question, drawn), Decimal(body["tolerance"])
    factors = {unit["id"]: Decimal(unit["factor"]) for unit in units_of(question)}
    number, unit = said(response, drawn.get("units", {}))
    if abs(number - right) <= tolerance:
        return Slip.UNIT
    value = number * factors.get(unit or "", Decimal(1))
    if right and abs(-value - right) <= tolerance:
        return Slip.SIGN
    if right and any(abs(value.scaleb(-by) - right) <= tolerance for by in range(-6, 7) if by):
        return Slip.TEN
    return Slip.NEAR if abs(value - right) <= abs(right) * NEAR else Slip.OTHER


@dataclass(frozen=True, slots=True)
class Group:
    """People who drew the same numbers, or like ones. ``members`` are places in the list that was grouped."""

    #: Parameter → its value, or its lowest and highest.
    numbers: dict[str, tuple[str, str]]
    members: list[int]


@dataclass(frozen=True, slots=True)
class Variant:
    """The figures of one group; none where it is too small."""

    numbers: dict[str, tuple[str, str]]
    people: int
    omitted: int
    facility: Figure
    #: The standard error of the facility.
    error: Figure
    discrimination: Figure
    #: Far from the others, and not by chance.
    differs: bool


def groups_of(drawn: Sequence[Drawn]) -> list[Group]:
    """The variants where they are few, else for each parameter groups of neighbouring values."""
    whole = [tuple(sorted(each.items())) for each in drawn]
    variants = sorted(set(whole), key=lambda each: [(name, Decimal(value)) for name, value in each])
    if len(variants) <= MOST_VARIANTS:
        return [
            Group(
                {name: (value, value) for name, value in variant},
                [at for at, mine in enumerate(whole) if mine == variant],
            )
            for variant in variants
        ]
    return [group for name in sorted(drawn[0]) for group in _by_parameter(name, [each[name] for each in drawn])]


def _by_parameter(name: str, values: Sequence[str]) -> list[Group]:
    """Groups of about the same size from the lowest value up; equal values stay together."""
    order = sorted(range(len(values)), key=lambda at: Decimal(values[at]))
    cut: list[list[int]] = [[]]
    for _value, same in groupby(order, key=lambda at: Decimal(values[at])):
        if len(cut) < GROUPS and sum(map(len, cut)) >= len(cut) * len(order) / GROUPS:
            cut.append([])
        cut[-1].extend(same)
    if len(cut) == 1:  # always the same value: nothing to compare
        return []
    return [Group({name: (values[members[0]], values[members[-1]])}, sorted(members)) for members in cut]


def compare(
    groups: Sequence[Group],
    marks: Numbers,
    maximum: float,
    rests: Numbers | None,
    omitted: Sequence[bool],
    *,
    least: int,
    sure: int,
) -> list[Variant]:
    """The figures of each group: of ``least`` people or more, and said to differ from ``sure`` on.

    The standard error of a facility is √(V(x) / n) / max; of the difference of two, the root of the sum of their
    squares. A group is compared with everybody else.
    """
    found = []
    for group in groups:
        inside = set(group.members)
        mine = [marks[at] for at in group.members]
        others = [mark for at, mark in enumerate(marks) if at not in inside]
        few = len(mine) < least
        none = Figure.none(Reason.FEW_PEOPLE)
        found.append(
            Variant(
                numbers=group.numbers,
                people=len(mine),
                omitted=sum(omitted[at] for at in group.members),
                facility=none if few else rules.facility(mine, maximum),
                error=none if few else rules.facility_error(mine, maximum),
                discrimination=none
                if few or rests is None
                else rules.discrimination(mine, [rests[at] for at in group.members]),
                differs=min(len(mine), len(others)) >= sure and _differ(mine, others, maximum),
            )
        )
    return found


def _differ(mine: Numbers, others: Numbers, maximum: float) -> bool:
    apart = abs(rules.mean(mine) - rules.mean(others)) / maximum
    errors = [rules.facility_error(each, maximum).value or 0.0 for each in (mine, others)]
    return apart >= FAR and apart > SURE * sqrt(sum(error**2 for error in errors))
