"""Read house styles."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from app.certificates.models import Certificate
from app.certificates.policies import KEEPERS
from app.certificates.rendering.style import PLAIN, HouseStyle
from app.certificates.styles.models import CurrentStyle, StyleRevision
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.organisations.models import Organisation


def current_style(organisation_id: uuid.UUID) -> HouseStyle:
    """What a body issues in today; the academy's plain style where it has none of its own."""
    revision = db.session.scalar(
        select(StyleRevision)
        .join(CurrentStyle, CurrentStyle.revision_id == StyleRevision.id)
        .where(CurrentStyle.organisation_id == organisation_id)
    )
    return HouseStyle.of(revision.body, revision.digest) if revision else PLAIN


def style_named(digest: str | None) -> HouseStyle:
    """The version that a document names. Raises NotFound: a document is never drawn in another style."""
    if digest is None:
        return PLAIN
    revision = db.session.scalar(select(StyleRevision).where(StyleRevision.digest == digest))
    if revision is None:
        raise NotFound
    return HouseStyle.of(revision.body, revision.digest)


@dataclass(frozen=True, slots=True)
class StyleLine:
    """A version of a body's style with how many documents were issued in it."""

    revision: StyleRevision
    current: bool
    documents: int

    @property
    def organisation(self) -> Organisation:
        return self.revision.organisation

    @property
    def digest(self) -> str:
        return self.revision.digest

    @property
    def style(self) -> HouseStyle:
        return HouseStyle.of(self.revision.body, self.revision.digest)


def _lines() -> Select[tuple[StyleRevision, uuid.UUID | None, int]]:
    named = Certificate.snapshot["style"].as_string()
    counted = (
        select(func.count())
        .where(Certificate.organisation_id == StyleRevision.organisation_id, named == StyleRevision.digest)
        .scalar_subquery()
    )
    return (
        select(StyleRevision, CurrentStyle.revision_id, counted)
        .outerjoin(CurrentStyle, CurrentStyle.revision_id == StyleRevision.id)
        .join(StyleRevision.organisation)
        .options(contains_eager(StyleRevision.organisation))
        .order_by(Organisation.key, StyleRevision.number.desc())
    )


def _line(row: Any) -> StyleLine:
    revision, current, documents = row
    return StyleLine(revision, current is not None, documents)


def styles_in_use() -> list[StyleLine]:
    """The style each body issues in today; one statement."""
    return [_line(row) for row in db.session.execute(_lines().where(CurrentStyle.revision_id.is_not(None)))]


def style_lines(actor: Actor) -> list[StyleLine]:
    """Every version of the styles of the bodies whose keeper the actor is, newest first; one statement."""
    bodies = actor.organisations(*KEEPERS)
    statement = _lines() if bodies is None else _lines().where(StyleRevision.organisation_id.in_(bodies))
    return [_line(row) for row in db.session.execute(statement)]


def get_style_for(actor: Actor, digest: str) -> HouseStyle:
    """A version of the style of a body whose keeper the actor is. Raises NotFound."""
    revision = db.session.scalar(select(StyleRevision).where(StyleRevision.digest == digest))
    if revision is None or not actor.has_at(revision.organisation_id, *KEEPERS):
        raise NotFound
    return HouseStyle.of(revision.body, revision.digest)
