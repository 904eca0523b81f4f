"""The engine's verbs. Who is entitled to a sitting is decided by the packages above."""

from app.quizzes.services.attempts import expire_attempt, refusal_text, start_attempt, submit_attempt
from app.quizzes.services.bank import publish_quiz, save_question

__all__ = [
    "expire_attempt",
    "publish_quiz",
    "refusal_text",
    "save_question",
    "start_attempt",
    "submit_attempt",
]
