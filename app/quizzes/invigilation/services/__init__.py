"""An invigilator's decisions. Each is taken under the attempt's lock, has a reason, is appended and audited."""

from app.quizzes.invigilation.services.admission import refuse_attempt, release_attempt
from app.quizzes.invigilation.services.deciding import Decided
from app.quizzes.invigilation.services.presence import keep_presences
from app.quizzes.invigilation.services.results import count_late_answers, reopen_attempt, void_attempt
from app.quizzes.invigilation.services.timing import extend_attempts, pause_attempts, resume_attempts

__all__ = [
    "Decided",
    "count_late_answers",
    "extend_attempts",
    "keep_presences",
    "pause_attempts",
    "refuse_attempt",
    "release_attempt",
    "reopen_attempt",
    "resume_attempts",
    "void_attempt",
]
