"""Names of what a draft goes through."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.courses.authoring.rules import Decision, DraftState, Origin
from app.courses.reviewing.queries import ChangeKind

#: Name and kind of status.
STATES: Final[dict[DraftState, tuple[Any, str]]] = {
    DraftState.OPEN: (_l("In work"), "info"),
    DraftState.IN_REVIEW: (_l("In review"), "attention"),
    DraftState.SENT_BACK: (_l("Sent back"), "attention"),
    DraftState.APPROVED: (_l("Approved"), "ok"),
    DraftState.PUBLISHED: (_l("Published"), "ok"),
    DraftState.ABANDONED: (_l("Abandoned"), "neutral"),
}
DECISIONS: Final[dict[Decision, Any]] = {
    Decision.APPROVE: _l("Approved"),
    Decision.SEND_BACK: _l("Sent back"),
}
KINDS: Final[dict[ChangeKind, tuple[Any, str]]] = {
    ChangeKind.ADDED: (_l("New file"), "ok"),
    ChangeKind.REMOVED: (_l("Removed"), "danger"),
    ChangeKind.CHANGED: (_l("Changed"), "info"),
}
ORIGINS: Final[dict[Origin, Any]] = {
    Origin.BROWSER: _l("in the browser"),
    Origin.FILES: _l("from files"),
}
