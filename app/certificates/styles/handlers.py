"""House styles are checked and kept with the rest of the content."""

from flask import Flask

from app.certificates.styles.files import read_styles
from app.certificates.styles.services import sync_styles
from app.core import clock
from app.core.events import subscribe
from app.courses.content.faults import ContentFaults, Report
from app.courses.content.loading import also_check
from app.courses.events import ContentSynced


def _content_synced(event: ContentSynced) -> None:
    report = Report(event.content.root)
    styles = read_styles(event.content.root, report)
    if report.faults:
        raise ContentFaults(report.faults)
    sync_styles(styles, clock.now())


def init_app(_app: Flask) -> None:
    also_check(read_styles)
    subscribe(ContentSynced, _content_synced)
