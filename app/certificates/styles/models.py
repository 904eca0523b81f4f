import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified
from app.core.types import Json
from app.organisations.models import Organisation


class StyleRevision(Identified, Base):
    """A version of a body's house style: appended, never changed (triggers refuse it)."""

    __tablename__ = "house_style_revisions"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    number: Mapped[int]
    #: SHA-256 of the body; documents name their style by it.
    digest: Mapped[str] = mapped_column(unique=True)
    #: ``files.StyleFile`` as JSON.
    body: Mapped[dict[str, Any]] = mapped_column(Json)

    organisation: Mapped[Organisation] = relationship(lazy="raise")


class CurrentStyle(Base):
    """The version that a body's documents are issued in from now on."""

    __tablename__ = "house_styles"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("house_style_revisions.id"))
    since: Mapped[datetime]

    revision: Mapped[StyleRevision] = relationship(lazy="raise")
