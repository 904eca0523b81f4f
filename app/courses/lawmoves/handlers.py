"""A recorded change of law opens its tasks in the same transaction."""

from typing import Any

from app.core import clock
from app.core.events import subscribe
from app.courses.lawmoves import queries, services
from app.library.events import LawChanged


def _law_changed(event: LawChanged) -> None:
    services.open_tasks(queries.get_change(event.change_id), clock.now())


def init_app(_app: Any) -> None:
    subscribe(LawChanged, _law_changed)
