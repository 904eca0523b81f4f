"""Does the log say the same as the database, its tiles and every checkpoint we ever signed?"""

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from app.certificates.credentials.models import Credential
from app.certificates.credentials.rules import LOGGED
from app.certificates.ledger import queries
from app.certificates.ledger.reading import OwnLog
from app.certificates.models import Certificate, StatusEvent
from app.certificates.proof.audit import Audit, audit
from app.certificates.proof.entries import credential_entry, file_entry, status_entry
from app.certificates.proof.refusal import Refused
from app.core.database import db


def audit_own_log(keys: Sequence[str]) -> Audit:
    """Check entries, tiles, checkpoints and records against each other. Raises Refused with the first fault."""
    notes = [checkpoint.note for checkpoint in queries.list_checkpoints()]
    found, entries = audit(OwnLog(), keys, notes)
    logged, expected = Counter([*entries, *queries.waiting_bodies()]), Counter(_expected())
    for body, count in (expected - logged).items():
        raise Refused("not_in_log", f"{count} × {body.decode()}")
    for body, count in (logged - expected).items():
        raise Refused("log_forked", f"the records do not know {count} × {body.decode()}")
    return found


def _expected() -> Iterator[bytes]:
    """What the records say that the log should hold."""
    credentials = {row.certificate_id: row for row in db.session.scalars(select(Credential))}
    files = dict(db.session.execute(select(Certificate.id, Certificate.file_digest)).tuples().all())
    for certificate_id, credential in credentials.items():
        if credential.digest:
            yield credential_entry(credential.urn, credential.digest)
            if file := files[certificate_id]:
                yield file_entry(credential.urn, file)
    for event in db.session.scalars(select(StatusEvent).where(StatusEvent.kind.in_(LOGGED))):
        if event.certificate_id in credentials:
            yield status_entry(credentials[event.certificate_id].urn, event.kind.value, event.at)
