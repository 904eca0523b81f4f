"""Read the library: one instrument, lists and search, and the copy each process keeps for citations."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import column, func, literal_column, select, table
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from app.core import markdown
from app.core.database import db
from app.core.errors import NotFound
from app.core.text import search_text
from app.library.models import GlossaryTerm, Instrument, InstrumentRevision, LawChange, LibraryState
from app.library.rules import InstrumentNote, citation_words, full_name


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """A recorded change of an instrument, for the texts that cite it."""

    id: uuid.UUID
    instrument_key: str
    changed_on: date
    note: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that texts refer to, as of one digest; immutable, shared by all requests of a process."""

    digest: str
    instruments: Mapping[str, InstrumentNote]
    terms: tuple[Mapping[str, Any], ...]
    #: What was recorded to have changed, by instrument, the earliest first.
    changes: Mapping[str, tuple[ChangeNote, ...]]

    def cite(self, locale: str) -> markdown.Cite:
        """How citations are written out for a reader of this language."""

        def link(citation: markdown.Citation, again: bool) -> markdown.CitationLink | None:
            note = self.instruments.get(citation.key)
            if note is None:
                return None
            words = citation_words(note, citation.pin, locale, again=again)
            return markdown.CitationLink(
                text=f"[{words}]" if locale.startswith("en") else f"〔{words}〕",
                name=full_name(note, citation.pin, locale),
                url=instrument_path(citation.key, citation.pin),
                unreviewed_word=_("unreviewed"),
                unreviewed_note=_("The author has not yet compared this statement with the official text."),
            )

        return link


#: SQLite's full-text table.
_search: Final = table("instrument_search", column("key"), column("words"))
_kept: dict[str, Library] = {}
_state: Any = LibraryState.__table__
#: What ``library()`` asks first; a statement of another package may bring its value along.
DIGEST: Final = select(_state.c.digest).where(_state.c.id == 1)


def instrument_path(key: str, pin: str = "") -> str:
    """The address of an instrument's page, at the provision when there is one."""
    return f"/library/{key}{f'#{anchor_of(pin)}' if pin else ''}"


def term_path(key: str) -> str:
    """The address of a term's entry in the glossary."""
    return f"/library/glossary#{key}"


def anchor_of(pin: str) -> str:
    """A pin as an element's id: (a)(1)(A) → pin-a-1-A."""
    words = "".join(char if char.isalnum() else " " for char in pin).split()
    return "-".join(["pin", *words])


def library(digest: str | None = None) -> Library:
    """The library as it is now. While nothing changed one statement, or none where ``DIGEST`` has been read."""
    if digest is None:
        digest = db.session.connection().scalar(DIGEST) or ""
    kept = _kept.get(digest)
    if kept is None:
        rows = db.session.scalars(select(Instrument))
        terms = db.session.scalars(select(GlossaryTerm.data).order_by(GlossaryTerm.key))
        kept = Library(
            digest,
            {row.key: InstrumentNote(row.key, row.jurisdiction, row.data) for row in rows},
            tuple(terms),
            _change_notes(),
        )
        _kept.clear()
        _kept[digest] = kept
    return kept


def _change_notes() -> dict[str, tuple[ChangeNote, ...]]:
    notes: dict[str, tuple[ChangeNote, ...]] = {}
    rows = db.session.execute(
        select(LawChange.id, Instrument.key, LawChange.changed_on, LawChange.note, LawChange.created_at)
        .join(Instrument, Instrument.id == LawChange.instrument_id)
        .order_by(LawChange.changed_on)
    )
    for row in rows:
        notes[row.key] = (*notes.get(row.key, ()), ChangeNote(*row))
    return notes


def get_instrument(key: str) -> Instrument:
    """Raises NotFound."""
    instrument = db.session.scalar(select(Instrument).where(Instrument.key == key))
    if instrument is None:
        raise NotFound
    return instrument


def instruments_by_key() -> dict[str, Instrument]:
    """Every instrument, also those no longer listed."""
    return {row.key: row for row in db.session.scalars(select(Instrument))}


def changes_of(instrument: Instrument) -> list[LawChange]:
    """The changes recorded of it, the last first."""
    return list(
        db.session.scalars(
            select(LawChange).where(LawChange.instrument_id == instrument.id).order_by(LawChange.changed_on.desc())
        )
    )


def list_changes() -> list[LawChange]:
    """Every recorded change of law with its instrument, the last first. One statement."""
    return list(
        db.session.scalars(
            select(LawChange).options(joinedload(LawChange.instrument)).order_by(LawChange.changed_on.desc())
        )
    )


def revisions_of(instrument: Instrument) -> list[InstrumentRevision]:
    """What we recorded of it before, the newest first."""
    return list(
        db.session.scalars(
            select(InstrumentRevision)
            .where(InstrumentRevision.instrument_id == instrument.id)
            .order_by(InstrumentRevision.number.desc())
        )
    )


def jurisdiction_counts(words: str = "") -> dict[str, int]:
    """Listed instruments by jurisdiction; with ``words`` only those that hold every one of them."""
    statement = select(Instrument.jurisdiction, func.count()).where(Instrument.is_listed, *_conditions(words))
    return dict(db.session.execute(statement.group_by(Instrument.jurisdiction)).all())


def list_instruments(*, jurisdiction: str = "", words: str = "") -> list[Instrument]:
    """Listed instruments, by jurisdiction and key; with ``words`` only those that hold every one of them."""
    statement = select(Instrument).where(Instrument.is_listed, *_conditions(words))
    if jurisdiction:
        statement = statement.where(Instrument.jurisdiction == jurisdiction)
    return list(db.session.scalars(statement.order_by(Instrument.jurisdiction, Instrument.key)))


def _conditions(words: str) -> list[ColumnElement[bool]]:
    """Each word, as the phrase of its characters, must stand somewhere; signs alone ask for nothing."""
    phrases = [search_text(word) for word in words.split()]
    return [_holds(phrase) for phrase in phrases if any(char.isalnum() for char in phrase)]


def _holds(phrase: str) -> ColumnElement[bool]:
    """The condition that an instrument's words hold a phrase, on either database."""
    if db.session.get_bind().dialect.name == "sqlite":
        quoted = '"' + phrase.replace('"', " ") + '"'
        return Instrument.key.in_(select(_search.c.key).where(_search.c.words.op("MATCH")(quoted)))
    vector = func.to_tsvector(literal_column("'simple'"), Instrument.words)
    return vector.op("@@")(func.phraseto_tsquery(literal_column("'simple'"), phrase))
