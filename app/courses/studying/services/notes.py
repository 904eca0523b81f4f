"""Keep, change and remove one's own notes."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app.core.access import Actor
from app.core.database import db, serialise
from app.core.errors import Conflict, Invalid
from app.core.text import as_typed
from app.courses.studying import queries
from app.courses.studying.models import Note
from app.courses.studying.rules.anchors import Anchor
from app.courses.studying.rules.notes import MAX_NOTES, MAX_TEXT, combine

_ALONE: Final = "studying.notes"


def keep_note(
    actor: Actor,
    course_key: str,
    *,
    client_id: uuid.UUID,
    anchor: Anchor,
    text: str,
    base_version: int = 0,
    now: datetime,
) -> Note:
    """Keep a note, or new words of one; sending it again changes nothing, and words written elsewhere stay.

    ``base_version`` is the version that was changed, 0 for a new note. Raises NotFound and NotAllowed where she
    does not study the course, Invalid for a text that is too long, Conflict when she keeps too many.
    """
    queries.get_enrolled_study(actor, course_key)
    text = _checked(text)
    serialise(f"{_ALONE}:{actor.person_id}")
    note = db.session.scalar(select(Note).where(Note.person_id == actor.person_id, Note.client_id == client_id))
    if note is not None:
        return change_note(note, text=text, base_version=base_version, now=now)
    kept = db.session.scalar(select(func.count()).where(Note.person_id == actor.person_id)) or 0
    if kept >= MAX_NOTES:
        raise Conflict(_("You keep %(count)d notes already. Remove some first.", count=kept))
    note = Note(
        person_id=actor.person_id,
        client_id=client_id,
        course_key=course_key,
        **asdict(anchor),
        text=text,
        version=1,
        updated_at=now,
        created_at=now,
    )
    db.session.add(note)
    db.session.flush()
    return note


def _checked(text: str) -> str:
    text = as_typed(text)
    if len(text) > MAX_TEXT:
        raise Invalid(_("A note has at most %(count)d characters.", count=MAX_TEXT))
    return text


def change_note(note: Note, *, text: str, base_version: int, now: datetime) -> Note:
    """Write new words into one's own note. Raises Invalid for a text that is too long."""
    combined = combine(note.text, _checked(text), is_based_on_kept=base_version == note.version)
    if combined != note.text:
        note.text, note.version, note.updated_at = combined, note.version + 1, now
        db.session.flush()
    return note


def remove_note(actor: Actor, note_id: uuid.UUID) -> None:
    """Remove one's own note; nothing happens when it is gone already."""
    db.session.execute(delete(Note).where(Note.id == note_id, Note.person_id == actor.person_id))
