"""Reads of the engine, for its own pages and for the packages above."""

from app.quizzes.queries.outcomes import (
    PastAttempt,
    QuestionStatistics,
    QuizOutcome,
    QuizRules,
    find_quiz,
    get_quiz_revision,
    overdue_attempts,
    question_revisions,
    question_statistics,
    questions_by_key,
    results_of,
    rules_view,
)
from app.quizzes.queries.papers import (
    Paper,
    PaperItem,
    answers_as_of,
    get_attempt_state,
    get_own_paper,
    get_paper,
    list_events,
)

__all__ = [
    "Paper",
    "PaperItem",
    "PastAttempt",
    "QuestionStatistics",
    "QuizOutcome",
    "QuizRules",
    "answers_as_of",
    "find_quiz",
    "get_attempt_state",
    "get_own_paper",
    "get_paper",
    "get_quiz_revision",
    "list_events",
    "overdue_attempts",
    "question_revisions",
    "question_statistics",
    "questions_by_key",
    "results_of",
    "rules_view",
]
