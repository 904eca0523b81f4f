"""Packages that were uploaded and what became of them."""

import uuid
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class PackageState(StrEnum):
    """An upload is looked at first; only a confirmed one has made a course."""

    PREVIEWED = "previewed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class PackageImport(Identified, Base):
    """An uploaded package, kept as it came, and what it would become."""

    __tablename__ = "package_imports"
    __table_args__ = (Index("ix_package_imports_organisation_id", "organisation_id"),)

    #: Whose course it becomes.
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    course_key: Mapped[str]
    #: The language of texts that come in one only: zh or en.
    language: Mapped[str]
    file_name: Mapped[str]
    #: The upload, as ``files`` keeps it.
    file_digest: Mapped[str]
    #: What was made of it (``plans.packed``), likewise: what is shown is what is confirmed. None for uploads from
    #: before this was kept, which are read anew.
    plan_digest: Mapped[str | None]
    state: Mapped[PackageState]
