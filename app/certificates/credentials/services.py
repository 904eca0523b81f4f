"""Name, sign and log credentials; publish what became of them. Runs inside the caller's transaction()."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from app.certificates.credentials import queries
from app.certificates.credentials.models import Credential, PublishedList
from app.certificates.credentials.rules import LISTED, LOGGED, list_path
from app.certificates.credentials.securing import Site, secured
from app.certificates.keys.signers import Signer
from app.certificates.ledger import rules as entries
from app.certificates.ledger import services as ledger
from app.certificates.models import Certificate
from app.certificates.proof.statuslists import LENGTH, unsigned_list
from app.certificates.rules import StatusKind
from app.core.database import db, upsert
from app.core.digests import canonical
from app.jobs import services as jobs

PUBLISH: Final = "certificates.publish_status"
#: How long a status list may be believed. A verifier that has an older one knows that it is stale.
VALIDITY: Final = timedelta(hours=24)
#: When so much of it is left, it is signed anew.
RENEWAL: Final = timedelta(hours=18)
#: A list in which so many places in a row are taken is full enough: the next one begins.
_TRIES: Final = 8


def register(certificate: Certificate) -> Credential:
    """The credential of a certificate that is being issued, with random places in the status lists."""
    known = queries.find_credential(certificate.id)
    if known is not None:
        return known
    number = queries.newest_list()
    tries = 0
    while True:
        row = db.session.scalar(
            upsert(Credential)
            .values(
                certificate_id=certificate.id,
                identity=uuid.uuid4(),
                list_number=number,
                revocation_index=secrets.randbelow(LENGTH),
                suspension_index=secrets.randbelow(LENGTH),
            )
            .on_conflict_do_nothing()
            .returning(Credential)
        )
        if row is not None:
            return row  # type: ignore[no-any-return] # upsert() serves two dialects
        tries += 1
        number += tries % _TRIES == 0


def note_event(certificate: Certificate, kind: StatusKind, now: datetime) -> None:
    """Log what happened to an issued certificate, and have the status lists signed anew if they change."""
    if kind not in LOGGED:
        return
    credential = register(certificate)
    ledger.append(entries.status(credential.urn, kind, now), now)
    first = f"{PUBLISH}:{credential.list_number}" if kind is StatusKind.ISSUED else None
    jobs.enqueue(PUBLISH, {}, unique_key=first)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a document carries: its credential, and the proof that the credential stands in the log."""

    credential: bytes
    log_proof: str


def keep(certificate_id: uuid.UUID, document: bytes, site: Site, checkpoints: Signer, now: datetime) -> Proven:
    """Keep a signed credential, once, and log it; whoever comes second gets the first one's."""
    credential = db.session.get_one(Credential, certificate_id, with_for_update=True, populate_existing=True)
    if credential.document is None:
        credential.document = document.decode()
        credential.digest = sha256(document).hexdigest()
        credential.secured_at = now
        db.session.flush()
        ledger.append(entries.credential(credential.urn, credential.digest), now)
    assert credential.digest is not None  # noqa: S101 - set with the document (check constraint)
    ledger.sequence(site.origin, checkpoints, now)
    proof = ledger.proof_of(entries.credential(credential.urn, credential.digest))
    return Proven(credential.document.encode(), proof.text())


def note_file(certificate_id: uuid.UUID, digest: str, site: Site, checkpoints: Signer, now: datetime) -> None:
    """Log the SHA-256 of the file that carries a credential, before anybody can have it."""
    credential = db.session.get_one(Credential, certificate_id)
    ledger.append(entries.file(credential.urn, digest), now)
    ledger.sequence(site.origin, checkpoints, now)


def publish_lists(site: Site, signer: Signer, now: datetime) -> int:
    """Sign every status list as things stand now; how many."""
    numbers = queries.list_numbers()
    for number in numbers:
        for purpose in LISTED:
            unsigned = unsigned_list(
                site.base + list_path(purpose, number),
                purpose,
                site.did,
                queries.listed(purpose, number),
                made_at=now,
                until=now + VALIDITY,
            )
            document = canonical(secured(unsigned, now, site, signer)).decode()
            values = {"document": document, "made_at": now, "valid_until": now + VALIDITY}
            db.session.execute(
                upsert(PublishedList)
                .values(purpose=purpose, number=number, **values)
                .on_conflict_do_update(index_elements=["purpose", "number"], set_=values)
            )
    return len(numbers) * len(LISTED)
