"""From what a document states to the credential it carries: W3C VCDM 2.0 and Open Badges 3.0."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from xml.etree import ElementTree

from app.certificates.claims import printed_claims
from app.certificates.proof.issuer import did_of
from app.certificates.proof.jsonld import CREDENTIALS, OPEN_BADGES, OWN_PATH
from app.certificates.proof.statuslists import PURPOSES, moment
from app.certificates.rules import (
    AppointmentClaims,
    CertificateState,
    CompletionClaims,
    RecordClaims,
    Snapshot,
    StatusKind,
)
from app.core import clock
from app.core.text import Bilingual

SCHEMA_PATH: Final = "/schemas/certificate-v1.json"

#: The states that a list calls revoked (for good) or suspended.
LISTED: Final = {
    "revocation": (CertificateState.SUPERSEDED, CertificateState.REVOKED, CertificateState.ENDED),
    "suspension": tuple(state for state in CertificateState if state.value == "suspended"),
}
#: What the public log tells of a certificate's life.
LOGGED: Final = frozenset(
    kind for kind in StatusKind if kind not in {StatusKind.AWAITING_NAMES, StatusKind.BLOCKED}
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the status lists speak of a credential."""

    number: int
    revocation: int
    suspension: int

    def index(self, purpose: str) -> int:
        return self.revocation if purpose == "revocation" else self.suspension


def list_path(purpose: str, number: int) -> str:
    """Where a status list is served."""
    return f"/credentials/status/{purpose}/{number}"


def both(text: Bilingual) -> str:
    """Chinese and English in one line, for fields that take one text."""
    return text["zh"] if text["zh"] == text["en"] else f"{text['zh']} {text['en']}"


def credential_of(
    snapshot: Snapshot, *, urn: str, places: Places, base: str, issued_at: datetime, page_text: str
) -> dict[str, Any]:
    """The credential before its proof. Holds everything the page prints, and no number of an identity document.

    ``record`` is the snapshot itself, with every digest in full; ``printed`` the lines as they stand on the page;
    ``pageText`` the whole text of the page, so that a page can be compared with what was signed.
    """
    document = snapshot.document
    until = document.valid_until
    return {
        "@context": [CREDENTIALS, OPEN_BADGES, base + OWN_PATH],
        "id": urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential", "AcademyCertificate"],
        "name": both(document.title),
        "issuer": {"id": did_of(base), "type": "Profile", "name": both(document.issuer), "url": base},
        "validFrom": moment(issued_at),
        **({"validUntil": moment(_end_of(until))} if until else {}),
        "credentialSchema": {"id": base + SCHEMA_PATH, "type": "JsonSchema"},
        "credentialStatus": [_status(purpose, places, base) for purpose in PURPOSES],
        "credentialSubject": _subject(snapshot, urn),
        "record": snapshot.to_json(),
        "recordDigest": snapshot.digest,
        "printed": [
            {"key": claim.key, "label": dict(claim.label), "value": dict(claim.value)}
            for claim in printed_claims(snapshot)
        ],
        "pageText": page_text,
    }


def page_text(markup: str) -> str:
    """The text that a document's markup puts on the page, in order, a line for each passage."""
    body = ElementTree.fromstring(markup).find("body")  # noqa: S314 - made by our own templates, which escape
    passages = body.itertext() if body is not None else ()
    return "\n".join(line for line in (" ".join(passage.split()) for passage in passages) if line)


def _status(purpose: str, places: Places, base: str) -> dict[str, str]:
    address, index = base + list_path(purpose, places.number), str(places.index(purpose))
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": index,
        "statusListCredential": address,
    }


def _subject(snapshot: Snapshot, urn: str) -> dict[str, Any]:
    names = [snapshot.holder.name, snapshot.holder.latin]
    return {
        "type": "AchievementSubject",
        "identifier": [
            {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": name}
            for name in names
            if name
        ],
        "licenseNumber": snapshot.number,
        **_achieved(snapshot, urn),
    }


def _achieved(snapshot: Snapshot, urn: str) -> dict[str, Any]:
    match snapshot.document.claims:
        case CompletionClaims() as claims:
            achievement: dict[str, Any] = {
                "id": f"{urn}#achievement",
                "type": "Achievement",
                "achievementType": "CertificateOfCompletion",
                "name": both(claims.programme_title),
                "description": both(claims.programme_level),
                "criteria": {"narrative": f"sha256:{claims.programme_digest}"},
            }
            return {"activityEndDate": claims.completed_on, "achievement": achievement, **_result(claims)}
        case AppointmentClaims() as claims:
            achievement = {
                "id": f"{urn}#achievement",
                "type": "Achievement",
                "achievementType": "Award",
                "name": both(claims.category),
                "description": both(snapshot.document.title),
                "criteria": {"narrative": f"sha256:{claims.criteria_digest}"},
            }
            return {
                "activityStartDate": claims.starts_on,
                "activityEndDate": claims.ends_on,
                "achievement": achievement,
            }
        case RecordClaims() as claims:
            return _recorded(snapshot, claims, urn)


def _recorded(snapshot: Snapshot, claims: RecordClaims, urn: str) -> dict[str, Any]:
    """A statement of hours or a transcript: what was completed stands in the record."""
    achievement = {
        "id": f"{urn}#achievement",
        "type": "Achievement",
        "achievementType": "LearningProgram",
        "name": both(claims.programme_title),
        "description": both(snapshot.document.title),
        "criteria": {"narrative": both(claims.trained_at)},
    }
    return {"activityStartDate": claims.starts_on, "activityEndDate": claims.ends_on, "achievement": achievement}


def _result(claims: CompletionClaims) -> dict[str, Any]:
    if claims.result_percent is None:
        return {}
    return {"result": [{"type": "Result", "value": claims.result_percent}]}


def _end_of(iso: str) -> datetime:
    """The last second of a day in Beijing."""
    start = datetime.combine(date.fromisoformat(iso), time(), clock.ZONE)
    return (start + timedelta(days=1, seconds=-1)).astimezone(UTC)
