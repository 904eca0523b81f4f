"""The tables of the engine: the bank and its quizzes, attempts and answers, grades."""

from app.quizzes.models.attempts import (
    FINISHED_STATES,
    OPEN_STATES,
    Attempt,
    AttemptItem,
    AttemptState,
    EventKind,
    ResponseEvent,
)
from app.quizzes.models.bank import Question, QuestionRevision, Quiz, QuizRevision, QuizRevisionItem
from app.quizzes.models.grades import GRADE_COUNTS, RESULT_COUNTS, AttemptResult, Grade, GradeRun
from app.quizzes.models.uploads import Upload

__all__ = [
    "FINISHED_STATES",
    "GRADE_COUNTS",
    "OPEN_STATES",
    "RESULT_COUNTS",
    "Attempt",
    "AttemptItem",
    "AttemptResult",
    "AttemptState",
    "EventKind",
    "Grade",
    "GradeRun",
    "Question",
    "QuestionRevision",
    "Quiz",
    "QuizRevision",
    "QuizRevisionItem",
    "ResponseEvent",
    "Upload",
]
