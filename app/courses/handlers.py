"""Courses listen to the examination engine."""

from typing import Any

from app.core import clock
from app.core.events import subscribe
from app.courses import services
from app.courses.queries import EXAM_CONTEXT
from app.quizzes.events import AttemptGraded


def _attempt_graded(event: AttemptGraded) -> None:
    if event.context_type == EXAM_CONTEXT and event.passed:
        services.check_completion_of(event.context_id, clock.now())


def init_app(_app: Any) -> None:
    subscribe(AttemptGraded, _attempt_graded)
