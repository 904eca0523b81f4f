"""The engine's verbs. Who is entitled to a sitting is decided by the packages above."""

from app.quizzes.services.answers import NotYours, original_receipt, receipt_of, take_answer
from app.quizzes.services.attempts import expire_attempt, refusal_text, start_attempt, submit_attempt
from app.quizzes.services.bank import publish_quiz, save_question
from app.quizzes.services.forms import Saved, save_paper

__all__ = [
    "NotYours",
    "Saved",
    "expire_attempt",
    "original_receipt",
    "publish_quiz",
    "receipt_of",
    "refusal_text",
    "save_paper",
    "save_question",
    "start_attempt",
    "submit_attempt",
    "take_answer",
]
