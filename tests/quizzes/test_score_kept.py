"""Which attempt counts: the rule, one person's outcome, and the list of a cohort tell the same."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.core.database import db, release, transaction
from app.quizzes import queries
from app.quizzes.models import Attempt, AttemptResult, AttemptState, GradeRun
from app.quizzes.rules import Score, ScoreKept, keep
from tests.support.cast import Cast
from tests.support.quizzes import make_quiz, start

NOW = clock.now().replace(microsecond=0)
SCORES = ["50", "90", "70.12345", "90"]


def scored(cast: Cast, kept: ScoreKept, percents: list[str]) -> Attempt:
    """Attempts with these results, and one that is still being marked; the last with a result."""
    quiz = make_quiz(score_kept=kept)
    for number, percent in enumerate([*percents, None]):
        attempt = start(cast.trainee, quiz, now=NOW + timedelta(hours=number))
        with transaction():
            row = db.session.get_one(Attempt, attempt.id)
            row.state, row.submitted_at = AttemptState.SUBMITTED, NOW + timedelta(hours=number, minutes=5)
            if percent is None:
                continue
            run = GradeRun(cause="submission", grader_version="t", applied_at=NOW, id=uuid.uuid4())
            db.session.add(run)
            db.session.flush()
            value = Decimal(percent)
            db.session.add(
                AttemptResult(
                    run_id=run.id,
                    attempt_id=row.id,
                    earned=value,
                    possible=Decimal(100),
                    percent=value,
                    passed=value >= 60,
                )
            )
            row.grade_run_id = run.id
    release()
    return attempt


@pytest.mark.parametrize(
    ("kept", "place", "percent", "passed"),
    [
        (ScoreKept.HIGHEST, 1, "90", True),
        (ScoreKept.LATEST, 3, "90", True),
        (ScoreKept.FIRST, 0, "50", False),
        (ScoreKept.AVERAGE, 3, "75.03086", True),
    ],
)
def test_outcomes_and_lists_follow_the_score_kept(
    cast: Cast, kept: ScoreKept, place: int, percent: str, passed: bool
) -> None:
    last = scored(cast, kept, SCORES)
    outcome = queries.results_of([cast.trainee.id], [last.quiz_id])[cast.trainee.id, last.quiz_id]
    assert (outcome.percent, outcome.passed, outcome.attempts_used) == (Decimal(percent), passed, 5)
    stands = db.session.get_one(Attempt, outcome.attempt_id)
    assert (stands.number, stands.grade_run_id) == (place + 1, outcome.grade_run_id)
    listed = queries.kept_results(last.quiz_id, "test")
    rows = db.session.execute(db.select(listed.c.percent, listed.c.passed)).all()
    assert [(row.percent, bool(row.passed)) for row in rows] == [(outcome.percent, outcome.passed)]


def test_a_pass_is_not_undone_by_a_higher_failure_and_nothing_graded_is_no_score() -> None:
    lenient, strict = Score(Decimal(60), True), Score(Decimal(75), False)
    assert keep(ScoreKept.HIGHEST, [lenient, strict], 80) == (0, lenient)
    assert keep(ScoreKept.AVERAGE, [lenient, strict], 68) == (1, Score(Decimal("67.5"), False))
    assert keep(ScoreKept.AVERAGE, [lenient, strict, strict], 70) == (2, Score(Decimal(70), True))
    assert [keep(kept, [strict, lenient, lenient], 60)[0] for kept in ScoreKept] == [1, 2, 0, 2]
    with pytest.raises(ValueError, match="nothing"):
        keep(ScoreKept.LATEST, [], 60)
