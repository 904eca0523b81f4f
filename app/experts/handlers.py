"""The criteria come with the content; appointments rest on certificates."""

from flask import Flask

from app.core.events import subscribe
from app.courses.content.faults import Report
from app.courses.content.loading import also_check
from app.courses.events import ContentSynced
from app.experts import queries, services
from app.experts.criteria import read_criteria
from app.quizzes import registry


def _content_synced(event: ContentSynced) -> None:
    criteria = read_criteria(event.content.root, Report(event.content.root))
    if criteria is not None:
        services.sync_criteria(criteria)


def init_app(_app: Flask) -> None:
    also_check(read_criteria)
    subscribe(ContentSynced, _content_synced)
    registry.consequences("appointment", queries.appointments_resting_on)
