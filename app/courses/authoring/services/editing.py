"""Save, delete and rename files of a draft. What is acknowledged is kept, and nothing is overwritten."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.access import Actor
from app.core.database import db, upsert
from app.core.errors import Conflict, Invalid, NotFound
from app.core.identifiers import new_id
from app.courses.authoring import queries
from app.courses.authoring.merging import merge
from app.courses.authoring.models import Draft, DraftConflict, DraftEdit, DraftFile, DraftPresence, SourceMedia
from app.courses.authoring.rules import (
    MAX_FILES,
    MAX_TEXT,
    DraftState,
    Manifest,
    Saved,
    digest_of_text,
    is_path,
    is_text,
)
from app.courses.authoring.sources import describe_media, find_text, keep_text
from app.files import services as files


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit as a client sends it."""

    path: str
    #: What the file becomes; None: it is deleted.
    digest: str | None
    base_version: int
    edit_id: uuid.UUID
    device: str = ""


def save_file(
    actor: Actor,
    draft_id: uuid.UUID,
    path: str,
    *,
    text: str,
    base_version: int,
    edit_id: uuid.UUID,
    device: str = "",
    now: datetime,
) -> Saved:
    """Keep a text. ``base_version`` is the version that was edited, 0 for what the draft began with or no file.

    Where somebody else saved since, both changes are merged; where they touch the same lines, the head stays as it
    is and the whole text is kept as a conflict, which the answer names. The same ``edit_id`` with the same text is
    answered as the first time.

    Raises NotFound, Invalid for a path or text that cannot be, Conflict for a draft that is over and for an
    ``edit_id`` that came with something else before.
    """
    if not (is_path(path) and is_text(path)):
        raise Invalid(_("This is not the name of a text file of a course."))
    if len(text) > MAX_TEXT:
        raise Invalid(_("The text is too long."))
    draft = lock_draft(actor, draft_id)
    edit = Edit(path, digest_of_text(text), base_version, edit_id, device)
    if answer := _answered(actor, draft, edit):
        return answer
    _check_editable(draft, path)
    keep_text(text)
    return _apply(actor, draft, edit, now)


def delete_file(
    actor: Actor,
    draft_id: uuid.UUID,
    path: str,
    *,
    base_version: int,
    edit_id: uuid.UUID,
    device: str = "",
    now: datetime,
) -> Saved:
    """Remove a file from the draft; what it held stays in its versions.

    Raises NotFound; Conflict when somebody changed it since.
    """
    draft = lock_draft(actor, draft_id)
    edit = Edit(path, None, base_version, edit_id, device)
    if answer := _answered(actor, draft, edit):
        return answer
    _check_editable(draft, path)
    head = _head(draft, path)
    if head is None or head.digest is None:
        raise NotFound
    if head.version != base_version:
        raise Conflict(_("Somebody changed this file in the meantime. Look at it before you delete it."))
    return _apply(actor, draft, edit, now)


def rename_file(
    actor: Actor,
    draft_id: uuid.UUID,
    path: str,
    to: str,
    *,
    base_version: int,
    edit_id: uuid.UUID,
    device: str = "",
    now: datetime,
) -> Saved:
    """Give a file another path.

    Raises as ``delete_file``; Invalid for a path that cannot be, Conflict for one in use.
    """
    draft = lock_draft(actor, draft_id)
    head = _head(draft, path)
    other = _head(draft, to)
    known = db.session.scalar(select(DraftEdit).where(DraftEdit.edit_id == edit_id))
    if known is not None and (known.draft_id, known.path, known.person_id) == (draft.id, to, actor.person_id):
        return _saved(to, known.version, known.digest)
    if not is_path(to) or is_text(to) != is_text(path):
        raise Invalid(_("This is not the name of a file of a course."))
    if head is None or head.digest is None:
        raise NotFound
    if other is not None and other.digest is not None:
        raise Conflict(_("There is a file of this name already."))
    kept = head.digest
    delete_file(actor, draft_id, path, base_version=base_version, edit_id=new_id(), device=device, now=now)
    renamed = Edit(to, kept, other.version if other else 0, edit_id, device)
    _check_editable(draft, to)
    return _apply(actor, draft, renamed, now)


def store_upload(root: Path, data: bytes) -> str:
    """Put an upload's bytes into the file store (before the transaction: it syncs the disk)."""
    return files.store(root, data)


def add_media(
    actor: Actor,
    draft_id: uuid.UUID,
    path: str,
    data: bytes,
    *,
    edit_id: uuid.UUID | None = None,
    device: str = "",
    now: datetime,
) -> Saved:
    """Put a figure (or another file that is no text) at a path of the draft; the same bytes are kept once.

    ``store_upload`` must have been called. It replaces what lies there. Raises NotFound, Invalid, Conflict.
    """
    known = describe_media(path, data)
    return place_media(actor, draft_id, path, known, edit_id=edit_id or new_id(), device=device, now=now)


def place_media(
    actor: Actor,
    draft_id: uuid.UUID,
    path: str,
    known: Mapping[str, Any],
    *,
    edit_id: uuid.UUID,
    device: str = "",
    now: datetime,
) -> Saved:
    """Put a file that lies in the file store at a path; ``known`` is what ``describe_media`` says of it."""
    if not is_path(path) or is_text(path):
        raise Invalid(_("This is not the name of a file of a course."))
    draft = lock_draft(actor, draft_id)
    _check_editable(draft, path)
    db.session.execute(upsert(SourceMedia).values(dict(known)).on_conflict_do_nothing())
    head = _head(draft, path)
    edit = Edit(path, str(known["digest"]), head.version if head else 0, edit_id, device)
    return _answered(actor, draft, edit) or _apply(actor, draft, edit, now)


def resolve_conflict(
    actor: Actor,
    conflict_id: uuid.UUID,
    *,
    text: str | None,
    base_version: int,
    edit_id: uuid.UUID,
    device: str = "",
    now: datetime,
) -> Saved:
    """Save the text that brings both sides together; None leaves the head as it is. The conflict stays on record.

    The answer has a ``conflict_id`` again when somebody changed the same lines meanwhile.
    Raises NotFound, Conflict.
    """
    conflict = db.session.get(DraftConflict, conflict_id)
    if conflict is None:
        raise NotFound
    draft = lock_draft(actor, conflict.draft_id)
    head = _head(draft, conflict.path)
    if text is None:
        saved = _saved(conflict.path, head.version if head else 0, head.digest if head else None)
    else:
        saved = save_file(
            actor,
            draft.id,
            conflict.path,
            text=text,
            base_version=base_version,
            edit_id=edit_id,
            device=device,
            now=now,
        )
    if saved.conflict_id is None and conflict.resolved_at is None:
        conflict.resolved_at, conflict.resolved_by_id = now, actor.person_id
        db.session.flush()
    return saved


def note_presence(actor: Actor, draft_id: uuid.UUID, path: str, *, device: str = "", now: datetime) -> None:
    """The actor has the file open. Raises NotFound."""
    draft = queries.draft_for(actor, draft_id)
    values = {"draft_id": draft.id, "path": path, "person_id": actor.person_id, "device": device[:80]}
    statement = upsert(DraftPresence).values(**values, seen_at=now)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(values), set_={"seen_at": now}))


def bring_in(
    actor: Actor, draft: Draft, changed: Mapping[str, str | None], now: datetime, base: Manifest | None = None
) -> list[str]:
    """Merge files from elsewhere into the draft, as edits of the actor; the paths that did not merge."""
    heads = queries.heads_of(draft.id)
    clashing = []
    for path, theirs in changed.items():
        head = heads.get(path)
        if (head.digest if head else None) == theirs:
            continue
        edit = Edit(path, theirs, 0, new_id())
        if _merge(actor, draft, edit, (base or {}).get(path), now).conflict_id:
            clashing.append(path)
    return clashing


# --- one edit ----------------------------------------------------------------------------------------------


def lock_draft(actor: Actor, draft_id: uuid.UUID) -> Draft:
    """The draft, to the end of the transaction for this edit alone. Raises NotFound."""
    db.session.execute(select(Draft.id).where(Draft.id == draft_id).with_for_update())
    draft = queries.draft_for(actor, draft_id)
    db.session.refresh(draft)
    return draft


def _head(draft: Draft, path: str) -> DraftFile | None:
    """The file's head as it is now, whatever this session saw before."""
    return db.session.get(DraftFile, (draft.id, path), populate_existing=True)


def _check_editable(draft: Draft, path: str) -> None:
    if draft.state.is_over:
        raise Conflict(_("This draft is closed. Open the course again to go on."), code="closed")
    if not is_path(path):
        raise Invalid(_("This is not the name of a file of a course."))
    heads = queries.heads_of(draft.id)
    if path not in heads and len(heads) >= MAX_FILES:
        raise Invalid(_("A course has too many files."))


def _answered(actor: Actor, draft: Draft, edit: Edit) -> Saved | None:
    """The first answer to an edit that came before. Raises Conflict when it was another edit."""
    known = db.session.scalar(select(DraftEdit).where(DraftEdit.edit_id == edit.edit_id))
    kept = db.session.scalar(select(DraftConflict).where(DraftConflict.edit_id == edit.edit_id))
    row = known or kept
    if row is None:
        return None
    sent = row.sent_digest if isinstance(row, DraftEdit) else row.mine_digest
    same = (row.draft_id, row.path, row.person_id, row.base_version, sent)
    if same != (draft.id, edit.path, actor.person_id, edit.base_version, edit.digest):
        raise Conflict(_("Another edit was sent under the same number."), code="edit_id")
    if isinstance(row, DraftEdit):
        return _saved(row.path, row.version, row.digest, merged=row.merged)
    head = _head(draft, edit.path)
    return _saved(row.path, row.theirs_version, head.digest if head else None, conflict=row)


def _apply(actor: Actor, draft: Draft, edit: Edit, now: datetime) -> Saved:
    head = _head(draft, edit.path)
    version, digest = (head.version, head.digest) if head else (0, None)
    if edit.base_version == version:
        return _append(actor, draft, edit, edit.digest, now)
    if edit.digest == digest:  # both made the same change
        return _saved(edit.path, version, digest)
    known = edit.base_version < version  # else the client saw what we lost: compare with nothing, keep everything
    base = queries.digest_at(draft, edit.path, edit.base_version) if known else None
    return _merge(actor, draft, edit, base, now)


def _merge(actor: Actor, draft: Draft, edit: Edit, base_digest: str | None, now: datetime) -> Saved:
    """Bring an edit of ``base_digest`` and the head together, or keep it as a conflict."""
    head = _head(draft, edit.path)
    theirs = head.digest if head else None
    if base_digest == theirs:
        return _append(actor, draft, edit, edit.digest, now)
    texts = [find_text(digest) for digest in (base_digest, edit.digest, theirs)]
    if None not in texts[1:] and (base_digest is None or texts[0] is not None):
        merged = merge(texts[0] or "", texts[1] or "", texts[2] or "").text
        if merged is not None:
            return _append(actor, draft, edit, keep_text(merged), now, merged=True)
    conflict = DraftConflict(
        id=new_id(),
        draft_id=draft.id,
        path=edit.path,
        base_version=edit.base_version,
        base_digest=base_digest,
        theirs_version=head.version if head else 0,
        mine_digest=edit.digest,
        person_id=actor.person_id,
        edit_id=edit.edit_id,
        created_at=now,
    )
    db.session.add(conflict)
    db.session.flush()
    return _saved(edit.path, conflict.theirs_version, theirs, conflict=conflict)


def _append(
    actor: Actor, draft: Draft, edit: Edit, digest: str | None, now: datetime, *, merged: bool = False
) -> Saved:
    """Add the edit to the record and move the head."""
    head = _head(draft, edit.path)
    if head is None:
        head = DraftFile(draft_id=draft.id, path=edit.path, version=0, digest=None)
        db.session.add(head)
    head.version, head.digest = head.version + 1, digest
    db.session.add(
        DraftEdit(
            draft_id=draft.id,
            path=edit.path,
            version=head.version,
            base_version=edit.base_version,
            digest=digest,
            sent_digest=edit.digest,
            edit_id=edit.edit_id,
            person_id=actor.person_id,
            device=edit.device[:80],
            merged=merged,
            at=now,
        )
    )
    draft.updated_at = now
    if draft.state in (DraftState.IN_REVIEW, DraftState.APPROVED):
        draft.state = DraftState.OPEN  # what was decided, was decided about other files
    db.session.flush()
    return _saved(edit.path, head.version, digest, merged=merged)


def _saved(
    path: str, version: int, digest: str | None, *, merged: bool = False, conflict: DraftConflict | None = None
) -> Saved:
    return Saved(path, version, digest, find_text(digest), merged, conflict.id if conflict else None)
