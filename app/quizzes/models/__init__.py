"""The tables of the engine: the bank and its quizzes, attempts and answers, grades."""

from app.quizzes.models.attempts import (
    OPEN_STATES,
    Attempt,
    AttemptItem,
    AttemptState,
    EventKind,
    ResponseEvent,
)
from app.quizzes.models.bank import Question, QuestionRevision, Quiz, QuizRevision, QuizRevisionItem
from app.quizzes.models.grades import AttemptResult, Grade, GradeRun
from app.quizzes.models.uploads import Upload

__all__ = [
    "OPEN_STATES",
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
