"""Reads of the engine, for its own pages and for the packages above."""

from app.quizzes.queries.ends import general_ends
from app.quizzes.queries.kept import kept_results
from app.quizzes.queries.outcomes import (
    PastAttempt,
    QuestionStatistics,
    QuizOutcome,
    QuizRules,
    UnderWay,
    get_quiz_revision,
    overdue_attempts,
    overdue_pauses,
    question_revisions,
    question_statistics,
    questions_by_key,
    results_of,
    rules_untried,
    rules_view,
    under_way,
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
from app.quizzes.queries.uploads import UploadPlace, get_upload_place, media_type_of_image, uploads_of

__all__ = [
    "Paper",
    "PaperItem",
    "PastAttempt",
    "QuestionStatistics",
    "QuizOutcome",
    "QuizRules",
    "UnderWay",
    "UploadPlace",
    "answers_as_of",
    "general_ends",
    "get_attempt_state",
    "get_own_paper",
    "get_paper",
    "get_quiz_revision",
    "get_upload_place",
    "kept_results",
    "list_events",
    "media_type_of_image",
    "overdue_attempts",
    "overdue_pauses",
    "question_revisions",
    "question_statistics",
    "questions_by_key",
    "results_of",
    "rules_untried",
    "rules_view",
    "under_way",
    "uploads_of",
]
