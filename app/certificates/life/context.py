"""What the life of certificates adds to the application: words for its states."""

from typing import Any, Final

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.certificates.life.models import BatchState, Outcome

OUTCOMES: Final[dict[Outcome, tuple[Any, str]]] = {
    Outcome.WAITING: (_l("Waits"), "neutral"),
    Outcome.ISSUED: (_l("Issued"), "ok"),
    Outcome.EXISTED: (_l("Was issued before"), "neutral"),
    Outcome.AWAITING_NAMES: (_l("Waits for confirmed names"), "attention"),
    Outcome.BLOCKED: (_l("Stopped: see the certificate"), "danger"),
    Outcome.FAILED: (_l("Failed"), "danger"),
}
STATES: Final[dict[BatchState, tuple[Any, str]]] = {
    BatchState.RUNNING: (_l("Under way"), "info"),
    BatchState.PAUSED: (_l("Paused"), "attention"),
    BatchState.FINISHED: (_l("Finished"), "ok"),
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(batch_outcome=OUTCOMES.__getitem__, batch_state=STATES.__getitem__)
