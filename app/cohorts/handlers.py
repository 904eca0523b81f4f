"""Cohorts listen to what happens below them."""

from typing import Any

from app.cohorts import programmes, queries, services
from app.core import clock
from app.core.events import subscribe
from app.courses.events import ContentSynced, CourseCompleted
from app.quizzes.events import AttemptGraded


def _course_completed(event: CourseCompleted) -> None:
    services.check_person(event.person_id, clock.now())


def _attempt_graded(event: AttemptGraded) -> None:
    if event.context_type == queries.EXAM_CONTEXT and event.passed:
        services.check_completion(event.context_id, clock.now())


def _content_synced(event: ContentSynced) -> None:
    programmes.sync_programmes(event.content, clock.now())


def init_app(_app: Any) -> None:
    """Subscribe once the application is put together."""
    subscribe(CourseCompleted, _course_completed)
    subscribe(AttemptGraded, _attempt_graded)
    subscribe(ContentSynced, _content_synced)
