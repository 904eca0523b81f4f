"""Examine a file with everything that the issuer knows: the five verdicts, and whose document it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.certificates import queries as certificates
from app.certificates.credentials import queries
from app.certificates.keys.issuer import public_keys
from app.certificates.ledger.reading import OwnLog
from app.certificates.models import Certificate
from app.certificates.proof.verdicts import Knowledge, Part, Report, State, Verdict, examine
from app.certificates.rules import CertificateState

#: A document is some sixty kilobytes; nothing of ours comes near this.
LARGEST: Final = 1024 * 1024

_CODES: Final = {
    CertificateState.VALID: (State.PASSED, "in_force"),
    CertificateState.SUPERSEDED: (State.FAILED, "revoked"),
    CertificateState.REVOKED: (State.FAILED, "revoked"),
    CertificateState.ENDED: (State.FAILED, "revoked"),
}


@dataclass(frozen=True, slots=True)
class Examined:
    """The verdicts, and the certificate that the file's credential belongs to, if it is one of ours."""

    report: Report
    certificate: Certificate | None


def examine_file(data: bytes, base: str, now: datetime) -> Examined:
    """Examine a file against keys, log and records of this site; reads only."""
    found: list[Certificate] = []

    def live(credential: dict[str, Any]) -> Verdict:
        certificate = queries.find_by_urn(str(credential["id"]))
        if certificate is None:
            return Verdict(Part.STATUS, State.FAILED, "status_of_other")
        found.append(certificate)
        state, code = _CODES.get(certificate.state, (State.FAILED, "suspended"))
        since = certificates.history(certificate.id)[-1].at
        return Verdict(Part.STATUS, state, code, as_of=now if state is State.PASSED else since)

    report = examine(data, public_keys(base, now), Knowledge(now, log=OwnLog(), live=live))
    return Examined(report, found[0] if found else None)
