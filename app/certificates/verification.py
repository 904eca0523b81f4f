"""What a stranger learns: everything with the file, or number and code; next to nothing with the number alone."""

import ipaddress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete

from app.certificates import numbers, queries
from app.certificates.claims import Claim, printed_claims
from app.certificates.credentials.examining import examine_file, examine_record
from app.certificates.models import Certificate, LookupCount
from app.certificates.proof.verdicts import Report, Verdict
from app.certificates.rules import (
    AppointmentClaims,
    CertificateState,
    CompletionClaims,
    DocumentKind,
    RecordClaims,
    Snapshot,
    has_expired,
    masked_name,
)
from app.certificates.standing import Standing, standing_on
from app.core import clock
from app.core.database import db, upsert
from app.core.errors import TooMany
from app.core.text import Bilingual

#: An address may look up so many numbers in a window: a whole human-resources office shares one address.
LIMIT: Final = 60
WINDOW: Final = timedelta(minutes=10)


class Outcome(StrEnum):
    """The answer in one word."""

    #: The check digits do not fit: a typing error.
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ENDED = "ended"
    #: A file that carries what we signed, but is not the file that we issued.
    ALTERED = "altered"
    #: A file without anything that we signed.
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the public page shows. ``claims`` is empty unless the code was right, or the file carried them."""

    outcome: Outcome
    number: str = ""
    kind: DocumentKind | None = None
    #: None: no code was given.
    code_right: bool | None = None
    subject: Bilingual | None = None
    masked: str = ""
    claims: tuple[Claim, ...] = ()
    example: bool = False
    #: When the state became what it is, and the class of the reason.
    since: datetime | None = None
    reason_class: str = ""
    verdicts: tuple[Verdict, ...] = ()
    #: About the file that was examined; None when number and code were typed.
    report: Report | None = None
    #: Our certificate, for those who have shown that they have the document.
    certificate: Certificate | None = None
    standing: Standing | None = None

    @property
    def complete(self) -> bool:
        """Was everything shown, because the visitor has the document?"""
        return bool(self.claims)


def verify(number_typed: str, code_typed: str, base: str, now: datetime) -> Finding:
    """Look a certificate up. A wrong code tells no more than no code."""
    number = numbers.parse_number(number_typed)
    if number is None:
        return Finding(Outcome.MISTYPED)
    certificate = queries.find_by_number(number)
    if certificate is None or certificate.snapshot is None:
        return Finding(Outcome.UNKNOWN, number=number)
    snapshot = Snapshot.from_json(certificate.snapshot)
    code_right = numbers.same_code(code_typed, certificate.code or "") if code_typed.strip() else None
    finding = Finding(
        outcome=_outcome(certificate, snapshot, now),
        number=number,
        kind=certificate.kind,
        code_right=code_right,
        subject=_subject(snapshot),
        masked=masked_name(snapshot.holder.name),
        since=queries.history(certificate.id)[-1].at,
    )
    if not code_right:
        return finding
    return replace(
        finding,
        claims=tuple(printed_claims(snapshot)),
        example=snapshot.document.example,
        reason_class=queries.history(certificate.id)[-1].reason_class,
        verdicts=examine_record(certificate, base, now),
        certificate=certificate,
    )


def verify_file(data: bytes, base: str, now: datetime) -> Finding:
    """Examine a file. Nothing of it is kept; what it states is shown only as far as we signed it."""
    examined = examine_file(data, base, now)
    report, certificate = examined.report, examined.certificate
    if report.credential is None:
        return Finding(Outcome.FOREIGN, verdicts=report.verdicts, report=report)
    snapshot = Snapshot.from_json(report.credential["record"])
    last = queries.history(certificate.id)[-1] if certificate else None
    known = report.is_genuine and certificate is not None
    return Finding(
        outcome=_outcome(certificate, snapshot, now) if known and certificate else Outcome.ALTERED,
        number=snapshot.number,
        kind=snapshot.document.kind,
        subject=_subject(snapshot),
        claims=tuple(Claim(**line) for line in report.credential["printed"]),
        example=snapshot.document.example,
        since=last.at if last else None,
        reason_class=last.reason_class if last else "",
        verdicts=report.verdicts,
        report=report,
        certificate=certificate,
    )


def on_day(finding: Finding, day: date, now: datetime) -> Finding:
    """The finding, with how the certificate stood on a day, for those who were shown everything."""
    certificate = finding.certificate
    if certificate is None or certificate.snapshot is None:
        return finding
    document = Snapshot.from_json(certificate.snapshot).document
    claims = document.claims
    result_until = claims.result_valid_until if isinstance(claims, CompletionClaims) else None
    events = queries.history(certificate.id)
    return replace(finding, standing=standing_on(day, events, document.valid_until, result_until, now))


def _outcome(certificate: Certificate, snapshot: Snapshot, now: datetime) -> Outcome:
    if certificate.state is not CertificateState.VALID:
        return Outcome(certificate.state.value)
    return Outcome.EXPIRED if has_expired(snapshot, clock.day_of(now)) else Outcome.VALID


def _subject(snapshot: Snapshot) -> Bilingual:
    match snapshot.document.claims:
        case CompletionClaims() as claims:
            return claims.programme_title
        case AppointmentClaims() as claims:
            return claims.category
        case RecordClaims() as claims:
            return claims.programme_title


def visitor_network(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the 64-bit network that one IPv6 subscriber has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def count_lookup(visitor: str, now: datetime) -> None:
    """Count one lookup of a visitor, whichever worker serves it. Raises TooMany beyond the limit."""
    start = datetime.fromtimestamp(now.timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds(), now.tzinfo)
    statement = upsert(LookupCount).values(visitor=visitor, window_start=start, lookups=1)
    lookups = db.session.scalars(
        statement.on_conflict_do_update(
            index_elements=[LookupCount.visitor, LookupCount.window_start],
            set_={"lookups": LookupCount.lookups + 1},
        ).returning(LookupCount.lookups)
    ).one()
    if lookups > LIMIT:
        raise TooMany


def forget_lookups(now: datetime) -> None:
    """Delete the counts of windows that are over."""
    db.session.execute(
        delete(LookupCount)
        .where(LookupCount.window_start < now - WINDOW)
        .execution_options(synchronize_session=False)
    )
