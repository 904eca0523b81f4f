"""Results by the score kept, as a subquery for lists of any length."""

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Subquery, case, cast, func, select, type_coerce

from app.core.database import db
from app.core.types import Exact
from app.quizzes import rules
from app.quizzes.models import RESULT_COUNTS, Attempt, AttemptResult, AttemptState, QuizRevision

Kept = rules.ScoreKept


def kept_results(quiz_id: uuid.UUID | None, context_type: str) -> Subquery:
    """``context_id``, ``percent`` and ``passed`` (1 or 0) of everybody's result, as ``results_of`` tells them.

    One small statement now for the quiz's revisions; the subquery itself sorts only where some revision keeps
    another score than the highest.
    """
    policies = _policies(quiz_id)
    statement = (
        select(Attempt.context_id)
        .join(AttemptResult, RESULT_COUNTS)
        .where(
            Attempt.context_type == context_type,
            Attempt.quiz_id == quiz_id,
            Attempt.state != AttemptState.VOIDED,
        )
    )
    passed: ColumnElement[Any] = case((AttemptResult.passed, 1), else_=0)
    if {kept for kept, _mark in policies.values()} <= {Kept.HIGHEST}:
        best = _best(AttemptResult.percent, passed)
        return (
            statement.add_columns(best.label("percent"), func.max(passed).label("passed"))
            .group_by(Attempt.context_id)
            .subquery("kept_results")
        )

    def rank(*order: Any) -> ColumnElement[int]:
        return func.row_number().over(partition_by=Attempt.context_id, order_by=order)

    ranked = (
        statement.add_columns(
            AttemptResult.percent,
            passed.label("passed"),
            QuizRevision.number,
            rank(Attempt.started_at, Attempt.number).label("first"),
            rank(Attempt.started_at.desc(), Attempt.number.desc()).label("last"),
        )
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .subquery("ranked_results")
    )
    return _by_policy(ranked.c, policies)


def _policies(quiz_id: uuid.UUID | None) -> dict[int, tuple[rules.ScoreKept, int]]:
    """What each revision of the quiz keeps, and its pass mark, by number."""
    rows = db.session.execute(
        select(QuizRevision.number, QuizRevision.settings).where(QuizRevision.quiz_id == quiz_id)
    )
    read = {row.number: rules.QuizSettings.from_json(row.settings) for row in rows}
    return {number: (settings.score_kept, settings.pass_mark) for number, settings in read.items()}


def _best(percent: Any, passed: Any) -> ColumnElement[Any]:
    """The highest percentage, of the passes if there is one."""
    return func.coalesce(func.max(case((passed == 1, percent))), func.max(percent))


def _by_policy(ranked: Any, policies: dict[int, tuple[rules.ScoreKept, int]]) -> Subquery:
    """One row a context, by the policy of the revision that its last graded attempt was under."""
    # Per cent is kept as a whole number of 1/100,000; so the mean is rounded down, as ``rules.keep`` does.
    exact = Exact(5)
    total = cast(func.sum(type_coerce(ranked.percent, BigInteger)), BigInteger)
    mean = total // func.count()
    newest = func.max(case((ranked.last == 1, ranked.number)))

    def chosen(value: Callable[[rules.ScoreKept, int], Any]) -> ColumnElement[Any]:
        return case(*((newest == number, value(*policy)) for number, policy in policies.items()))

    def percent(kept: rules.ScoreKept, _mark: int) -> Any:
        return {
            Kept.HIGHEST: _best(ranked.percent, ranked.passed),
            Kept.LATEST: func.max(case((ranked.last == 1, ranked.percent))),
            Kept.FIRST: func.max(case((ranked.first == 1, ranked.percent))),
            Kept.AVERAGE: type_coerce(mean, exact),
        }[kept]

    def passed(kept: rules.ScoreKept, mark: int) -> Any:
        return {
            Kept.HIGHEST: func.max(ranked.passed),
            Kept.LATEST: func.max(case((ranked.last == 1, ranked.passed))),
            Kept.FIRST: func.max(case((ranked.first == 1, ranked.passed))),
            Kept.AVERAGE: case((mean >= mark * 100_000, 1), else_=0),
        }[kept]

    return (
        select(
            ranked.context_id,
            type_coerce(chosen(percent), exact).label("percent"),
            chosen(passed).label("passed"),
        )
        .group_by(ranked.context_id)
        .subquery("kept_results")
    )
