"""What a stranger learns: everything with number and code, next to nothing with the number alone."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete

from app.certificates import numbers, queries
from app.certificates.claims import Claim, printed_claims
from app.certificates.models import Certificate, LookupCount
from app.certificates.rules import (
    ZONE,
    AppointmentClaims,
    CertificateState,
    CompletionClaims,
    DocumentKind,
    RecordClaims,
    Snapshot,
    has_expired,
    masked_name,
)
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


@dataclass(frozen=True, slots=True)
class Finding:
    """What the public page shows. ``claims`` is empty unless the code was right."""

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

    @property
    def complete(self) -> bool:
        """Was everything shown, because number and code fit together?"""
        return bool(self.claims)


def verify(number_typed: str, code_typed: str, now: datetime) -> Finding:
    """Look a certificate up. A wrong code tells no more than no code."""
    number = numbers.parse_number(number_typed)
    if number is None:
        return Finding(Outcome.MISTYPED)
    certificate = queries.find_by_number(number)
    if certificate is None or certificate.snapshot is None:
        return Finding(Outcome.UNKNOWN, number=number)
    snapshot = Snapshot.from_json(certificate.snapshot)
    code_right = numbers.same_code(code_typed, certificate.code or "") if code_typed.strip() else None
    event = queries.history(certificate.id)[-1]
    return Finding(
        outcome=_outcome(certificate, snapshot, now),
        number=number,
        kind=certificate.kind,
        code_right=code_right,
        subject=_subject(snapshot),
        masked=masked_name(snapshot.holder.name),
        claims=tuple(printed_claims(snapshot)) if code_right else (),
        example=snapshot.document.example,
        since=event.at,
        reason_class=event.reason_class if code_right else "",
    )


def _outcome(certificate: Certificate, snapshot: Snapshot, now: datetime) -> Outcome:
    if certificate.state is not CertificateState.VALID:
        return Outcome(certificate.state.value)
    return Outcome.EXPIRED if has_expired(snapshot, now.astimezone(ZONE).date()) else Outcome.VALID


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
