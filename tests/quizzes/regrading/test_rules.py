"""What a dry run counts, what it rests on, and what takes earlier corrections back."""

import uuid
from decimal import Decimal

import pytest

from app.quizzes.regrading.rules import Basis, Correction, Figures
from app.quizzes.results import Outcome, Treatment

pytestmark = pytest.mark.no_database

ONE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def test_a_dry_run_counts_who_passes_and_fails_newly() -> None:
    figures = Figures()
    failed, passed = (Outcome(Decimal(1), Decimal(2), Decimal(50), each) for each in (False, True))
    for before, after in (
        (failed, failed),
        (failed, passed),
        (failed, passed),
        (passed, failed),
        (passed, passed),
    ):
        figures.count(before, after)
    figures.rest_on(["certificate", "course", "certificate"])
    assert (figures.changed, figures.newly_passed, figures.newly_failed) == (5, 2, 1)
    assert figures.consequences == {"certificate": 2, "course": 1}
    assert Figures.from_json(figures.as_json()) == figures


def test_any_other_sitting_or_grade_run_is_another_basis() -> None:
    def digest(*rows: tuple[uuid.UUID, uuid.UUID | None]) -> str:
        basis = Basis()
        for attempt_id, run_id in rows:
            basis.add(attempt_id, run_id)
        return basis.digest

    found = [digest(), digest((ONE, None)), digest((ONE, OTHER)), digest((OTHER, ONE)), digest((ONE, ONE))]
    assert len(set(found)) == len(found)
    assert digest((ONE, OTHER)) == found[2]


def test_only_a_correction_without_changes_takes_earlier_ones_back() -> None:
    changed = Correction(changes={"answer": ["1"]})
    dropped = Correction(Treatment.DROPPED)
    assert [each.as_published for each in (Correction(), changed, dropped)] == [True, False, False]
