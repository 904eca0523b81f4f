"""The legal library as the database keeps it: what instruments say now, and what they said before."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified
from app.core.types import Json


class Instrument(Identified, Base):
    """A statute, treaty, decision or rule that courses cite. ``key`` is its stable name in ``content/``."""

    __tablename__ = "instruments"

    key: Mapped[str] = mapped_column(unique=True)
    jurisdiction: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    status: Mapped[str]
    review: Mapped[str]
    #: The present revision's content, as in docs/content-format.md.
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    digest: Mapped[str]
    #: False once its file is gone; texts that cite it still find it.
    is_listed: Mapped[bool] = mapped_column(default=True)
    #: Everything that search finds it by, as ``core.text.search_text`` writes it.
    words: Mapped[str] = mapped_column(Text)


class InstrumentRevision(Identified, Base):
    """What we recorded of an instrument at one time; immutable."""

    __tablename__ = "instrument_revisions"
    __table_args__ = (UniqueConstraint("instrument_id", "digest"), UniqueConstraint("instrument_id", "number"))

    instrument_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("instruments.id"))
    number: Mapped[int]
    #: SHA-256 of the canonical JSON of ``data``.
    digest: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(Json)


class LawChange(Identified, Base):
    """An instrument changed on a day, as somebody recorded; what was taught before rests on the old law."""

    __tablename__ = "law_changes"
    __table_args__ = (UniqueConstraint("instrument_id", "changed_on"),)

    instrument_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("instruments.id"))
    #: The first day on which the new law applies.
    changed_on: Mapped[date]
    #: What changed, and where that is published.
    note: Mapped[str]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))

    instrument: Mapped[Instrument] = relationship(lazy="raise")


class GlossaryTerm(Identified, Base):
    """A term of the field in both languages, with its meaning."""

    __tablename__ = "glossary_terms"

    key: Mapped[str] = mapped_column(unique=True)
    data: Mapped[dict[str, Any]] = mapped_column(Json)


class LibraryState(Base):
    """One row: the digest of everything in the library, by which processes know their copy is fresh."""

    __tablename__ = "library_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
