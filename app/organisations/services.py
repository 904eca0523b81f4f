"""Keep the network as ``content/organisations.yaml`` states it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.audit.services import record
from app.core.database import db
from app.core.errors import Invalid
from app.core.identifiers import content_id
from app.core.text import Bilingual
from app.organisations.models import Organisation, OrganisationKind


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    """An organisation as authored; ``parent`` is the key of another entry or of a known organisation."""

    key: str
    kind: OrganisationKind
    name: Bilingual
    is_example: bool = False
    parent: str | None = None


def sync_organisations(entries: Sequence[OrganisationEntry]) -> dict[str, Organisation]:
    """Make or change the organisations by key; those not named stay. Running it again changes nothing.

    Returns every organisation by key. Raises Invalid when a parent is not known.
    """
    known = {one.key: one for one in db.session.scalars(select(Organisation))}
    for entry in entries:
        organisation = known.get(entry.key)
        if organisation is None:
            organisation = Organisation(
                id=content_id("organisations", entry.key), key=entry.key, kind=entry.kind, name=dict(entry.name)
            )
            db.session.add(organisation)
            known[entry.key] = organisation
        if organisation.name != dict(entry.name):
            organisation.name = dict(entry.name)
        organisation.kind = entry.kind
        organisation.is_example = entry.is_example
    db.session.flush()
    for entry in entries:
        if entry.parent is not None and entry.parent not in known:
            raise Invalid(f"{entry.key}: there is no organisation “{entry.parent}”")
        known[entry.key].parent_id = known[entry.parent].id if entry.parent else None
    db.session.flush()
    return known


def ensure_authority() -> Organisation:
    """The national authority; made (with a plain name) when the network has none yet."""
    authority = db.session.scalar(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.AUTHORITY)
        .order_by(Organisation.created_at)
        .limit(1)
    )
    if authority is None:
        authority = Organisation(
            key="authority",
            kind=OrganisationKind.AUTHORITY,
            name={"zh": "主管机构", "en": "National authority"},
        )
        db.session.add(authority)
        db.session.flush()
        record(None, "organisations.create", authority)
    return authority
