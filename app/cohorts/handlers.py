"""Cohorts listen to what happens below them."""

from typing import Any

from flask_babel import gettext as _

from app.cohorts import programmes, queries, services
from app.core import clock
from app.core.errors import Conflict
from app.core.events import subscribe
from app.courses.events import ContentSynced, CourseCompleted, CoursePublished
from app.quizzes.events import AttemptGraded, ResultWithdrawn


def _course_completed(event: CourseCompleted) -> None:
    services.check_person(event.person_id, clock.now(), by_regrade=event.by_regrade)


def _attempt_graded(event: AttemptGraded) -> None:
    if event.context_type == queries.EXAM_CONTEXT and event.passed:
        services.check_completion(event.context_id, clock.now(), by_regrade=event.by_regrade)
    if event.by_regrade:  # also of what it completed just now
        services.doubt_completions(event.person_id, event.attempt_id, event.grade_run_id)


def _result_withdrawn(event: ResultWithdrawn) -> None:
    if event.context_type == queries.EXAM_CONTEXT and queries.has_completed(event.context_id):
        raise Conflict(
            _(
                "A completed programme, and its certificate, rest on this result; it cannot be taken back here."
                " A regrade can correct it: a certifier then decides about the certificate."
            ),
            code="rests",
        )


def _content_synced(event: ContentSynced | CoursePublished) -> None:
    programmes.sync_programmes(event.content, clock.now())


def init_app(_app: Any) -> None:
    """Subscribe once the application is put together."""
    subscribe(CourseCompleted, _course_completed)
    subscribe(AttemptGraded, _attempt_graded)
    subscribe(ResultWithdrawn, _result_withdrawn)
    subscribe(ContentSynced, _content_synced)
    subscribe(CoursePublished, _content_synced)
