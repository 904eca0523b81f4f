"""Keep the versions of house styles."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from app.audit import services as audit
from app.certificates.styles.files import StyleFile
from app.certificates.styles.models import CurrentStyle, StyleRevision
from app.core.database import db
from app.core.digests import digest_of
from app.organisations.queries import get_organisation


def sync_styles(files: Iterable[StyleFile], now: datetime) -> list[str]:
    """Bring the styles up to the authored files: a version only where something changed; returns their keys.

    Documents that were issued stay in the version they name. Taking a file away leaves the body's last style.
    """
    return [file.id for file in files if _sync(file, now)]


def _sync(file: StyleFile, now: datetime) -> bool:
    organisation = get_organisation(file.id)
    body = file.canonical()
    digest = digest_of(body)
    revision = db.session.scalar(
        select(StyleRevision).where(
            StyleRevision.organisation_id == organisation.id, StyleRevision.digest == digest
        )
    )
    if revision is None:
        last = db.session.scalar(
            select(func.max(StyleRevision.number)).where(StyleRevision.organisation_id == organisation.id)
        )
        revision = StyleRevision(organisation_id=organisation.id, number=(last or 0) + 1, digest=digest, body=body)
        db.session.add(revision)
        db.session.flush()
    current = db.session.get(CurrentStyle, organisation.id)
    if current is not None and current.revision_id == revision.id:
        return False
    if current is None:
        db.session.add(CurrentStyle(organisation_id=organisation.id, revision_id=revision.id, since=now))
    else:
        current.revision_id, current.since = revision.id, now
    audit.record(None, "certificates.use_style", revision, organisation=file.id, number=revision.number)
    return True
