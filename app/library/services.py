"""Bring the library up to the authored files."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select, text

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.digests import digest_of
from app.core.errors import Conflict, NotAllowed
from app.core.events import announce
from app.core.identifiers import content_id
from app.core.text import search_text
from app.library import policies
from app.library.events import LawChanged
from app.library.models import GlossaryTerm, Instrument, InstrumentRevision, LawChange, LibraryState
from app.library.rules import search_words

Data = Mapping[str, Any]


def record_change(actor: Actor, instrument: Instrument, *, changed_on: date, note: str) -> LawChange:
    """Record that an instrument changed on a day. Raises NotAllowed, Conflict when that is recorded already."""
    if not policies.can_record_change(actor):
        raise NotAllowed
    change = LawChange(
        instrument_id=instrument.id, changed_on=changed_on, note=note.strip(), recorded_by=actor.person_id
    )
    if not add_unless_taken(change):
        raise Conflict(_("A change on this day is recorded already."))
    _note_state()
    announce(LawChanged(change.id))
    audit.record(
        actor, "library.record_change", change, instrument=instrument.key, changed_on=changed_on.isoformat()
    )
    return change


def sync_library(*, instruments: Sequence[Data], terms: Sequence[Data], now: datetime) -> list[str]:
    """Record every instrument and term as authored; returns a line for each change.

    A new revision only where the content changed. Instruments no longer authored stay for those who cite them.
    """
    known = {row.key: row for row in db.session.scalars(select(Instrument))}
    changes = [line for data in instruments if (line := _sync_instrument(known.get(data["id"]), data, now))]
    authored = {data["id"] for data in instruments}
    for key, row in known.items():
        if row.is_listed and key not in authored:
            row.is_listed = False
            changes.append(f"library: {key} is no longer listed")
    changes += _sync_terms(terms)
    _note_state(digest_of([*instruments, *terms]))
    db.session.flush()
    return changes


def _sync_instrument(row: Instrument | None, data: Data, now: datetime) -> str | None:
    digest = digest_of(data)
    if row is not None and row.digest == digest and row.is_listed:
        return None
    key = str(data["id"])
    if row is None:
        row = Instrument(id=content_id("instrument", key), key=key, created_at=now)
        db.session.add(row)
    row.jurisdiction, row.kind, row.status = data["jurisdiction"], data["kind"], data["status"]
    row.review, row.data, row.digest, row.is_listed = data["review"], dict(data), digest, True
    row.words = search_text(search_words(data))
    db.session.flush()
    number = _keep_revision(row.id, digest, data, now)
    _index(row)
    return f"library: {key} revision {number}"


def _keep_revision(instrument_id: uuid.UUID, digest: str, data: Data, now: datetime) -> int:
    numbers = dict(
        db.session.execute(
            select(InstrumentRevision.digest, InstrumentRevision.number).where(
                InstrumentRevision.instrument_id == instrument_id
            )
        ).all()
    )
    if digest in numbers:
        return numbers[digest]
    number = max(numbers.values(), default=0) + 1
    db.session.add(
        InstrumentRevision(
            instrument_id=instrument_id, number=number, digest=digest, data=dict(data), created_at=now
        )
    )
    db.session.flush()
    return number


def _index(row: Instrument) -> None:
    """SQLite's full-text table is kept by hand; PostgreSQL has an index over ``words``."""
    if db.session.get_bind().dialect.name != "sqlite":
        return
    db.session.execute(text("DELETE FROM instrument_search WHERE key = :key"), {"key": row.key})
    db.session.execute(
        text("INSERT INTO instrument_search (key, words) VALUES (:key, :words)"),
        {"key": row.key, "words": row.words},
    )


def _sync_terms(terms: Sequence[Data]) -> list[str]:
    known = {row.key: row for row in db.session.scalars(select(GlossaryTerm))}
    changed = 0
    for data in terms:
        row = known.pop(data["id"], None)
        if row is None:
            db.session.add(GlossaryTerm(id=content_id("term", data["id"]), key=data["id"], data=dict(data)))
        elif row.data != dict(data):
            row.data = dict(data)
        else:
            continue
        changed += 1
    if known:
        db.session.execute(delete(GlossaryTerm).where(GlossaryTerm.key.in_(known)))
    total = changed + len(known)
    return [f"glossary: {total} terms changed"] if total else []


def _note_state(authored: str | None = None) -> None:
    """Let processes know that their copy is stale: the files' digest (None: as it was), and what changed."""
    changes = db.session.scalars(select(LawChange.id).order_by(LawChange.id)).all()
    state = db.session.get(LibraryState, 1) or LibraryState(id=1, digest="")
    authored = authored or state.digest.partition(":")[0]
    state.digest = f"{authored}:{digest_of([str(change_id) for change_id in changes])}" if changes else authored
    db.session.add(state)
