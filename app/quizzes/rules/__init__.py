"""Pure rules of a sitting: settings, who may start when, the deadline, the drawn paper, what is shown after it."""

from app.quizzes.rules.admission import (
    NOTHING_BROUGHT,
    Admission,
    Missing,
    honour_digest,
    is_inside,
    missing,
)
from app.quizzes.rules.allowances import Allowance, Pauses, deadline, extra_seconds, granted, pauses
from app.quizzes.rules.codes import is_sealed, seal
from app.quizzes.rules.drawing import DrawnPool, draw
from app.quizzes.rules.keeping import Score, keep
from app.quizzes.rules.review import (
    ALWAYS,
    NEVER,
    REVIEWED,
    Feedback,
    Phase,
    Phases,
    Review,
    Shown,
    general_end,
    phase_of,
)
from app.quizzes.rules.settings import (
    MAX_ACCESS_CODE,
    MAX_MINUTES,
    DoubleMarking,
    Navigation,
    Pool,
    QuizSettings,
    Release,
    ScoreKept,
    Section,
)
from app.quizzes.rules.standing import (
    Refusal,
    Standing,
    percent_of,
    standing,
)
from app.quizzes.rules.steps import current_step, step_ends

__all__ = [
    "ALWAYS",
    "MAX_ACCESS_CODE",
    "MAX_MINUTES",
    "NEVER",
    "NOTHING_BROUGHT",
    "REVIEWED",
    "Admission",
    "Allowance",
    "DoubleMarking",
    "DrawnPool",
    "Feedback",
    "Missing",
    "Navigation",
    "Pauses",
    "Phase",
    "Phases",
    "Pool",
    "QuizSettings",
    "Refusal",
    "Release",
    "Review",
    "Score",
    "ScoreKept",
    "Section",
    "Shown",
    "Standing",
    "current_step",
    "deadline",
    "draw",
    "extra_seconds",
    "general_end",
    "granted",
    "honour_digest",
    "is_inside",
    "is_sealed",
    "keep",
    "missing",
    "pauses",
    "percent_of",
    "phase_of",
    "seal",
    "standing",
    "step_ends",
]
