"""Examine a file, or our own record, with everything that the issuer knows: the five verdicts."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from app.certificates import queries as certificates
from app.certificates.credentials import queries
from app.certificates.credentials.models import Credential
from app.certificates.keys.issuer import public_keys
from app.certificates.ledger import rules as entries
from app.certificates.ledger.reading import OwnLog
from app.certificates.ledger.services import proof_of
from app.certificates.models import Certificate
from app.certificates.proof.issuer import Issuer
from app.certificates.proof.refusal import Refused
from app.certificates.proof.verdicts import (
    Knowledge,
    Part,
    Report,
    State,
    Verdict,
    examine,
    read_credential,
    verify_credential,
)
from app.certificates.rules import CertificateState, Snapshot, has_expired
from app.core import clock

#: A document is some sixty kilobytes; nothing of ours comes near this.
LARGEST: Final = 1024 * 1024

_CODES: Final = {
    CertificateState.VALID: (State.PASSED, "in_force"),
    CertificateState.SUSPENDED: (State.FAILED, "suspended"),
    CertificateState.SUPERSEDED: (State.FAILED, "superseded"),
    CertificateState.REVOKED: (State.FAILED, "withdrawn"),
    CertificateState.ENDED: (State.FAILED, "ended"),
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
        return _status(certificate, now)

    report = examine(data, public_keys(base, now), Knowledge(now, log=OwnLog(), live=live))
    return Examined(report, found[0] if found else None)


def examine_record(certificate: Certificate, base: str, now: datetime) -> tuple[Verdict, ...]:
    """The verdicts that need no file: whoever types number and code has shown none."""
    kept = queries.find_credential(certificate.id)
    known = kept if kept and kept.document else None
    issuer = public_keys(base, now)
    return (
        Verdict(Part.SIGNATURE, State.UNKNOWN, "needs_file"),
        _judge(Part.CREDENTIAL, known, issuer),
        Verdict(Part.PAGE, State.UNKNOWN, "needs_file"),
        _judge(Part.LOG, known, issuer),
        _status(certificate, now),
    )


def _judge(part: Part, kept: Credential | None, issuer: Issuer) -> Verdict:
    if kept is None or kept.document is None:
        return Verdict(part, State.UNKNOWN, "in_preparation")
    raw = kept.document.encode()
    try:
        if part is Part.CREDENTIAL:
            credential = read_credential(raw)
            verify_credential(credential, issuer)
            return Verdict(part, State.PASSED, "proof_right", credential["proof"]["verificationMethod"])
        entry = entries.credential(kept.urn, sha256(raw).hexdigest())
        proof = proof_of(entry)
        size = proof.verify(entry.body, issuer.log_keys).size
        return Verdict(part, State.PASSED, "in_log", f"{proof.index} of {size}")
    except LookupError:
        return Verdict(part, State.UNKNOWN, "in_preparation")
    except Refused as refused:
        return Verdict(part, State.FAILED, refused.code, refused.detail)


def _status(certificate: Certificate, now: datetime) -> Verdict:
    """What our records say at this moment."""
    state, code = _CODES[certificate.state]
    since = certificates.history(certificate.id)[-1].at
    if state is State.PASSED and certificate.snapshot:
        if has_expired(Snapshot.from_json(certificate.snapshot), clock.day_of(now)):
            return Verdict(Part.STATUS, State.FAILED, "expired", as_of=now)
        return Verdict(Part.STATUS, state, code, as_of=now)
    return Verdict(Part.STATUS, state, code, as_of=since)
