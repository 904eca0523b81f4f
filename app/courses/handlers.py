"""Courses listen to the examination engine."""

from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.errors import Conflict
from app.core.events import subscribe
from app.courses import services
from app.courses.queries import EXAM_CONTEXT, is_completed
from app.quizzes.events import AttemptGraded, ResultWithdrawn


def _attempt_graded(event: AttemptGraded) -> None:
    if event.context_type == EXAM_CONTEXT and event.passed:
        services.check_completion_of(event.context_id, clock.now(), by_regrade=event.by_regrade)


def _result_withdrawn(event: ResultWithdrawn) -> None:
    if event.context_type == EXAM_CONTEXT and is_completed(event.context_id):
        raise Conflict(
            _("A completed course rests on this result; it cannot be taken back here. A regrade can correct it."),
            code="rests",
        )


def init_app(_app: Any) -> None:
    subscribe(AttemptGraded, _attempt_graded)
    subscribe(ResultWithdrawn, _result_withdrawn)
