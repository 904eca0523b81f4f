"""Who reads and who takes decisions about certificates."""

from app.certificates.decisions.models import CertificateDecision
from app.certificates.policies import KEEPERS
from app.core.access import Actor, Role


def can_read(actor: Actor, decision: CertificateDecision) -> bool:
    """Those who look after the issuing body's certificates; not the holder, should she be one of them."""
    return decision.person_id != actor.person_id and actor.has_at(decision.organisation_id, *KEEPERS)


def can_decide(actor: Actor, decision: CertificateDecision) -> bool:
    """A certifier of the issuing body who did not apply the regrade, and never in her own matter."""
    return actor.person_id not in {decision.applied_by, decision.person_id} and actor.has_at(
        decision.organisation_id, Role.CERTIFIER
    )
