"""Studying listens to the loading of content."""

from typing import Any

from app.core import clock
from app.core.events import subscribe
from app.courses.events import ContentSynced, CoursePublished
from app.courses.studying import services


def _text_came(_event: ContentSynced | CoursePublished) -> None:
    services.request_indexing(clock.now())


def init_app(_app: Any) -> None:
    subscribe(ContentSynced, _text_came)
    subscribe(CoursePublished, _text_came)
