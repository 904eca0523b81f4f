"""States, events and reasons in words."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.certificates.queries import Held
from app.certificates.rules import CertificateState, DocumentKind, RevocationClass, StatusKind, SuspensionClass

#: Word, kind of the status mark, icon.
STATES: Final[dict[CertificateState, tuple[Any, str, str | None]]] = {
    CertificateState.AWAITING_NAMES: (_l("Waits for confirmed names"), "attention", "user-check"),
    CertificateState.BLOCKED: (_l("Stopped: a character cannot be printed"), "danger", "alert-triangle"),
    CertificateState.VALID: (_l("Valid"), "ok", "shield-check"),
    CertificateState.SUSPENDED: (_l("Suspended"), "attention", "player-pause"),
    CertificateState.SUPERSEDED: (_l("Replaced by a newer one"), "neutral", "history"),
    CertificateState.REVOKED: (_l("Revoked"), "danger", "shield-x"),
    CertificateState.ENDED: (_l("Ended before its term"), "neutral", "shield-off"),
}
PREPARING: Final[tuple[Any, str, str | None]] = (_l("File is being prepared"), "info", "hourglass")
NO_KEYS: Final[tuple[Any, str, str | None]] = (_l("Stopped: nothing to sign with"), "danger", "alert-triangle")
FAILED: Final[tuple[Any, str, str | None]] = (_l("File could not be made"), "danger", "alert-triangle")

EVENTS: Final[dict[StatusKind, tuple[Any, str]]] = {
    StatusKind.AWAITING_NAMES: (_l("Due; names to be confirmed"), "neutral"),
    StatusKind.BLOCKED: (_l("Stopped before it was issued"), "danger"),
    StatusKind.ISSUED: (_l("Issued"), "ok"),
    StatusKind.SUSPENDED: (_l("Suspended"), "attention"),
    StatusKind.REINSTATED: (_l("Valid again"), "ok"),
    StatusKind.SUPERSEDED: (_l("Replaced by a newer one"), "neutral"),
    StatusKind.REVOKED: (_l("Revoked"), "danger"),
    StatusKind.ENDED: (_l("Ended before its term"), "neutral"),
}

KINDS: Final[dict[DocumentKind, Any]] = {
    DocumentKind.COMPLETION: _l("Certificate of completion"),
    DocumentKind.APPOINTMENT: _l("Letter of appointment"),
    DocumentKind.HOURS: _l("Statement of hours"),
    DocumentKind.TRANSCRIPT: _l("Transcript"),
}

REVOCATION_CLASSES: Final[dict[RevocationClass, Any]] = {
    RevocationClass.ISSUED_IN_ERROR: _l("Issued in error"),
    RevocationClass.FALSE_MATERIAL: _l("False material was given"),
    RevocationClass.EXAMINATION_MISCONDUCT: _l("Misconduct in the examination"),
    RevocationClass.HOLDER_REQUEST: _l("At the holder's request"),
    RevocationClass.OTHER: _l("Another reason"),
}


SUSPENSION_CLASSES: Final[dict[SuspensionClass, Any]] = {
    SuspensionClass.UNDER_INVESTIGATION: _l("Under investigation"),
    SuspensionClass.RESULT_IN_DOUBT: _l("The result is being checked"),
    SuspensionClass.HOLDER_REQUEST: _l("At the holder's request"),
    SuspensionClass.OTHER: _l("Another reason"),
}


def state_of(held: Held) -> tuple[Any, str, str | None]:
    """The most telling state of a certificate and its file, as a holder sees it."""
    if held.certificate.state is CertificateState.VALID and held.failed:
        return FAILED
    if held.certificate.state is CertificateState.VALID and held.preparing:
        return PREPARING
    if held.certificate.state is CertificateState.BLOCKED and not held.certificate.missing_characters:
        return NO_KEYS
    return STATES[held.certificate.state]


def event_of(kind: StatusKind) -> tuple[Any, str]:
    return EVENTS[kind]


def reason_class_of(name: str) -> Any:
    """The class of a revocation or suspension in words; empty for events without one."""
    if name in set(SuspensionClass):
        return SUSPENSION_CLASSES[SuspensionClass(name)]
    return REVOCATION_CLASSES[RevocationClass(name)] if name in set(RevocationClass) else ""
