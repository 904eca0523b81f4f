"""Decisions in the reader's words."""

from flask_babel import gettext as _

from app.certificates.decisions.models import CertificateDecision
from app.certificates.decisions.rules import DecisionKind, DecisionState, Outcome


def kind(decision: CertificateDecision) -> tuple[str, str]:
    """Why it has to be decided: word and kind."""
    return {
        DecisionKind.NEWLY_FAILED: (_("Not passed any more"), "danger"),
        DecisionKind.RESULT_CHANGED: (_("Another percentage"), "attention"),
        DecisionKind.NEWLY_PASSED: (_("Newly passed"), "ok"),
    }[decision.kind]


def outcome(each: Outcome, *, issued: bool) -> str:
    """What can be decided, as an option."""
    names = {
        Outcome.REVOKE: _("Revoke this certificate"),
        Outcome.SUPERSEDE: _("Issue a new certificate with the new percentage in its place")
        if issued
        else _("Issue it with the new percentage"),
        Outcome.KEEP: _("Leave the certificate as it is") if issued else _("Issue it as it was due"),
        Outcome.ISSUE: _("Issue the certificate"),
        Outcome.WITHHOLD: _("Issue none"),
    }
    return str(names[each])


def decided(decision: CertificateDecision, *, issued: bool) -> tuple[str, str]:
    """How it stands: word and kind."""
    if decision.state is DecisionState.OPEN or decision.outcome is None:
        open_words = (_("Waits for a decision"), "attention")
        return (
            open_words if decision.state is DecisionState.OPEN else (_("Overtaken by a later regrade"), "neutral")
        )
    return outcome(decision.outcome, issued=issued), "ok"
