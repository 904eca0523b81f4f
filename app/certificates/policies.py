"""Who may do what with a certificate."""

import uuid

from app.certificates.models import Certificate
from app.certificates.rules import CertificateState
from app.core.access import Actor, Role

#: Those who look after an organisation's certificates.
KEEPERS = (Role.CERTIFIER, Role.ADMINISTRATOR)


def can_keep(actor: Actor, certificate: Certificate) -> bool:
    """May she see it among the organisation's certificates?"""
    return actor.has_at(certificate.organisation_id, *KEEPERS)


def can_see(actor: Actor, certificate: Certificate) -> bool:
    """Its holder and its keepers."""
    return certificate.person_id == actor.person_id or can_keep(actor, certificate)


def can_certify(actor: Actor, certificate: Certificate) -> bool:
    """A certifier of the issuing body, and never in her own matter."""
    return certificate.person_id != actor.person_id and actor.has_at(certificate.organisation_id, Role.CERTIFIER)


def can_change(actor: Actor, certificate: Certificate) -> bool:
    """May she suspend it, revoke it, or issue it again with corrected names? Only while it stands."""
    standing = certificate.state in {CertificateState.VALID, CertificateState.SUSPENDED}
    return standing and can_certify(actor, certificate)


def can_request(actor: Actor, person_id: uuid.UUID, organisation_id: uuid.UUID) -> bool:
    """May she have a statement of hours or a transcript made? The person herself, and who keeps her records."""
    return actor.person_id == person_id or actor.has_at(organisation_id, Role.REGISTRAR, *KEEPERS)


def can_unblock(actor: Actor, certificate: Certificate) -> bool:
    """May she try again after the fonts were completed, or have a failed rendering repeated?"""
    return can_keep(actor, certificate)
