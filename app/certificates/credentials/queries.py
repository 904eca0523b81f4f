"""Read credentials and the lists of their status."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.certificates.credentials.models import Credential, PublishedList
from app.certificates.credentials.rules import LISTED
from app.certificates.models import Certificate
from app.core.database import db
from app.core.errors import NotFound


def find_credential(certificate_id: uuid.UUID) -> Credential | None:
    """The credential of a certificate."""
    return db.session.get(Credential, certificate_id)


def find_by_urn(urn: str) -> Certificate | None:
    """The certificate whose credential has this identifier."""
    try:
        identity = uuid.UUID(urn.removeprefix("urn:uuid:"))
    except ValueError:
        return None
    return db.session.scalar(
        select(Certificate)
        .join(Credential, Credential.certificate_id == Certificate.id)
        .where(Credential.identity == identity)
    )


def list_numbers() -> Sequence[int]:
    """The status lists that credentials stand in."""
    return db.session.scalars(select(Credential.list_number).distinct().order_by(Credential.list_number)).all()


def newest_list() -> int:
    """The status list that new credentials stand in."""
    return db.session.scalar(select(func.max(Credential.list_number))) or 0


def listed(purpose: str, number: int) -> Sequence[int]:
    """The positions that are set in a list, derived from the certificates' states."""
    states = LISTED[purpose]
    if not states:
        return []
    column = Credential.revocation_index if purpose == "revocation" else Credential.suspension_index
    return db.session.scalars(
        select(column)
        .join(Certificate, Certificate.id == Credential.certificate_id)
        .where(Credential.list_number == number, Certificate.state.in_(states))
        .order_by(column)
    ).all()


def get_published(purpose: str, number: int) -> PublishedList:
    """The signed list as it is served now. Raises NotFound."""
    found = db.session.get(PublishedList, (purpose, number))
    if found is None:
        raise NotFound
    return found


def list_published() -> Sequence[PublishedList]:
    """Every list that is served."""
    return db.session.scalars(select(PublishedList)).all()


def run_out_before(moment: datetime) -> bool:
    """Is there a list that has to be signed anew before this moment, or one not signed yet?"""
    soon = db.session.scalar(select(PublishedList.number).where(PublishedList.valid_until < moment).limit(1))
    known = {(one.purpose, one.number) for one in list_published()}
    wanted = {(purpose, number) for purpose in LISTED for number in list_numbers()}
    return soon is not None or bool(wanted - known)
