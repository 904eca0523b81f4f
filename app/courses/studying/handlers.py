"""Studying listens to the loading of content."""

from typing import Any

from app.core import clock
from app.core.events import subscribe
from app.courses.events import ContentSynced
from app.courses.studying import services


def _content_synced(_event: ContentSynced) -> None:
    services.request_indexing(clock.now())


def init_app(_app: Any) -> None:
    subscribe(ContentSynced, _content_synced)
