"""What a regrade makes of sittings: computed, not kept. The same statements for any number of sittings."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import Invalid
from app.quizzes import grading, replay
from app.quizzes.regrading import queries
from app.quizzes.regrading.queries import Sat
from app.quizzes.regrading.rules import Correction, Problem
from app.quizzes.replay import Asked, Line, Ruling
from app.quizzes.results import Outcome


class Impossible(Exception):
    """The regrade cannot be done; nothing of it may be applied."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Regraded:
    """A sitting with its new grades and result."""

    sat: Sat
    lines: list[Line]
    after: Outcome

    @property
    def changed(self) -> bool:
        return self.sat.before != self.after


@dataclass(frozen=True, slots=True)
class Corrected:
    """A question as a regrade grades it. ``graded_by`` is the revision that its grades will name."""

    asked_id: uuid.UUID
    correction: Correction
    body: dict[str, Any]
    graded_by: uuid.UUID

    @property
    def ruling(self) -> Ruling:
        return Ruling(self.graded_by, self.correction.treatment)


def regraded(sittings: Sequence[Sat], corrected: Corrected) -> list[Regraded]:
    """Sittings with one question corrected and every other as it counts now. Four statements.

    Raises Impossible.
    """
    ids = [sat.id for sat in sittings]
    papers, rulings, given = replay.papers(ids), queries.rulings_of(sittings), replay.given_shares(ids)
    for each in rulings.values():
        each[corrected.asked_id] = corrected.ruling
    wanted = {ruling.revision_id for each in rulings.values() for ruling in each.values()}
    bodies = replay.bodies_of(wanted - {corrected.graded_by}) | {corrected.graded_by: corrected.body}
    found = []
    for sat in sittings:
        for item in papers[sat.id]:
            _check_answer(item, corrected)
        lines = replay.tell_all(papers[sat.id], rulings[sat.id], bodies, given)
        if any(line.waiting for line in lines):
            raise Impossible(Problem.UNMARKED)
        after = replay.add_up(lines, sat.pass_mark)
        if not after.possible:
            raise Impossible(Problem.NOTHING_LEFT)
        found.append(Regraded(sat, lines, after))
    return found


def _check_answer(item: Asked, corrected: Corrected) -> None:
    """Does the corrected question have an answer on this paper? Raises Impossible."""
    if item.question_id == corrected.asked_id and corrected.correction.changes:
        try:
            grading.perfect(corrected.body, item.layout)
        except Invalid:
            raise Impossible(Problem.NO_ANSWER) from None
