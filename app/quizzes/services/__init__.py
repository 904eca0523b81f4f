"""The engine's verbs. Who is entitled to a sitting is decided by the packages above."""

from app.quizzes.services.answers import NotYours, Overdue, original_receipt, receipt_of, take_answer
from app.quizzes.services.at_once import take_at_once
from app.quizzes.services.attempts import (
    NotAdmitted,
    count_code_try,
    expire_attempt,
    refusal_text,
    start_attempt,
    submit_attempt,
)
from app.quizzes.services.bank import publish_quiz, save_question, save_questions
from app.quizzes.services.forms import Saved, save_paper
from app.quizzes.services.leaving import leave_step
from app.quizzes.services.pauses import end_overdue_pause, end_pause, take_pause
from app.quizzes.services.uploads import Received, check_file, check_open, receive_file

__all__ = [
    "NotAdmitted",
    "NotYours",
    "Overdue",
    "Received",
    "Saved",
    "check_file",
    "check_open",
    "count_code_try",
    "end_overdue_pause",
    "end_pause",
    "expire_attempt",
    "leave_step",
    "original_receipt",
    "publish_quiz",
    "receipt_of",
    "receive_file",
    "refusal_text",
    "save_paper",
    "save_question",
    "save_questions",
    "start_attempt",
    "submit_attempt",
    "take_answer",
    "take_at_once",
    "take_pause",
]
