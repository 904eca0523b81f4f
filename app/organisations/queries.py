"""Read the network."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.organisations.models import Organisation, OrganisationKind


def find_organisation(key: str) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.key == key))


def get_organisation(key: str) -> Organisation:
    """Raises NotFound."""
    organisation = find_organisation(key)
    if organisation is None:
        raise NotFound
    return organisation


def get_organisation_by_id(organisation_id: uuid.UUID) -> Organisation:
    """Raises NotFound."""
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def list_organisations(
    kind: OrganisationKind | None = None, ids: Iterable[uuid.UUID] | None = None
) -> Sequence[Organisation]:
    """All organisations, those of one kind, or those with the given ids; the authority first, then by key."""
    statement = select(Organisation)
    if kind is not None:
        statement = statement.where(Organisation.kind == kind)
    if ids is not None:
        statement = statement.where(Organisation.id.in_(list(ids)))
    found = db.session.scalars(statement).all()
    return sorted(found, key=lambda one: (one.kind is not OrganisationKind.AUTHORITY, one.key))
