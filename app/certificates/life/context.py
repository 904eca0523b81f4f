"""What the life of certificates adds to the application: words for its states."""

from typing import Any, Final

from flask import Flask, url_for
from flask_babel import lazy_gettext as _l

from app.certificates.life import queries
from app.certificates.life.models import BatchState, Outcome
from app.certificates.policies import KEEPERS
from app.core.access import Actor
from app.courses.lawmoves import registry
from app.library.models import LawChange

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


def _touched(actor: Actor, change: LawChange) -> int | None:
    """How many certificates rest on the law before, for those who keep certificates."""
    return len(queries.touched_by(actor, change)) if actor.has(*KEEPERS) else None


def init_app(app: Flask) -> None:
    registry.register(
        "certificates",
        registry.Consequence(
            _l("Certificates that rest on it"),
            _touched,
            lambda change: url_for("certificate_life.show_law_change", change_id=change.id),
        ),
    )
    app.jinja_env.filters.update(batch_outcome=OUTCOMES.__getitem__, batch_state=STATES.__getitem__)
