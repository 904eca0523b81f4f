"""Keep uploads for a look, and put their questions into the bank."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.identifiers import new_id
from app.files import services as files
from app.quizzes.interchange import policies, queries
from app.quizzes.interchange.comparing import difference
from app.quizzes.interchange.model import LANGUAGES, Imported, Item, Language, text_at, walk_texts
from app.quizzes.interchange.models import (
    ImportedQuestion,
    ImportState,
    QuestionImport,
    QuestionPicture,
    QuestionState,
)
from app.quizzes.services import save_question

MAX_TEXT = 20_000


def store_files(root: Path, data: bytes, imported: Imported) -> str:
    """Keep the upload and its pictures on disk, before any transaction; returns the upload's digest."""
    for media in imported.media.values():
        files.store(root, media.data)
    return files.store(root, data)


def keep_upload(
    actor: Actor | None,
    imported: Imported,
    *,
    organisation_id: uuid.UUID,
    file_name: str,
    file_digest: str,
    kind: str,
    language: Language,
    now: datetime,
) -> QuestionImport:
    """Keep what was read for a look. Nothing reaches the bank before ``confirm_upload``."""
    upload = QuestionImport(
        id=new_id(),
        created_at=now,
        organisation_id=organisation_id,
        actor_id=actor.person_id if actor else None,
        file_name=file_name[:200],
        format=kind,
        language=language,
        file_digest=file_digest,
        state=ImportState.PREVIEWED,
        refused=[refusal.as_json() for refusal in imported.refused],
        confirmed_at=None,
    )
    db.session.add(upload)
    db.session.flush()
    _keep_pictures(imported)
    if rows := _rows(upload, imported.items, now):
        db.session.execute(insert(ImportedQuestion), rows)
    audit.record(actor, "quizzes.preview_import", upload, file=upload.file_name, questions=len(imported.items))
    return upload


def _keep_pictures(imported: Imported) -> None:
    known = set(
        db.session.scalars(select(QuestionPicture.digest).where(QuestionPicture.digest.in_(imported.media)))
    )
    for name, media in imported.media.items():
        if name not in known:
            db.session.add(QuestionPicture(digest=name, suffix=media.suffix, size=len(media.data)))
    db.session.flush()


def _rows(upload: QuestionImport, items: list[Item], now: datetime) -> list[dict[str, Any]]:
    """A row for each question. An import never changes a question of the bank: it makes new ones with keys of its
    own, and takes those the bank already has word for word as known."""
    present = queries.present(item.key for item in items if item.key)
    prefix = f"import-{hashlib.sha256(upload.id.bytes).hexdigest()[:10]}"
    taken: set[str] = set()
    rows = []
    for position, item in enumerate(items, start=1):
        name = item.key if item.key and item.key not in taken else f"{item.key}-{position}".lstrip("-")
        taken.add(name)
        known = not item.missing and item.key in present and not difference(present[item.key], item.raw)
        rows.append(
            {
                "id": new_id(),
                "created_at": now,
                "import_id": upload.id,
                "position": position,
                "place": item.where[:200],
                "key": f"{prefix}-{name}",
                "name": item.key,
                "raw": item.raw,
                "notes": [note.as_json() for note in item.notes],
                "state": QuestionState.KNOWN if known else QuestionState.WAITING,
                "question_id": None,
            }
        )
    return rows


def confirm_upload(actor: Actor | None, upload_id: uuid.UUID, *, now: datetime) -> QuestionImport:
    """Put every complete question into the bank and keep the others as drafts: all of them or none.

    Raises NotFound, or Conflict when the upload was confirmed or thrown away before.
    """
    upload = _locked(actor, upload_id)
    waiting = db.session.scalars(
        select(ImportedQuestion)
        .filter_by(import_id=upload.id, state=QuestionState.WAITING)
        .order_by(ImportedQuestion.position)
    ).all()
    published = 0
    for question in waiting:
        if _missing(question.raw):
            question.state = QuestionState.DRAFT
        else:
            _publish(question, upload, now)
            published += 1
    upload.state, upload.confirmed_at = ImportState.CONFIRMED, now
    db.session.flush()
    audit.record(actor, "quizzes.confirm_import", upload, published=published, drafts=len(waiting) - published)
    return upload


def discard_upload(actor: Actor, upload_id: uuid.UUID) -> None:
    """Throw an upload away before anything of it was taken. Raises NotFound or Conflict."""
    upload = _locked(actor, upload_id)
    db.session.execute(
        update(ImportedQuestion)
        .filter_by(import_id=upload.id)
        .values(state=QuestionState.REMOVED)
        .execution_options(synchronize_session=False)
    )
    upload.state = ImportState.DISCARDED
    audit.record(actor, "quizzes.discard_import", upload)


def complete_draft(
    actor: Actor, question_id: uuid.UUID, texts: Mapping[str, str], *, publish: bool, now: datetime
) -> ImportedQuestion:
    """Fill in texts by ``path.language`` (``choices.0.text.zh``), and put the question into the bank if asked.

    Raises NotFound, or Invalid when it is to be published and a text is still missing or does not fit.
    """
    question, upload = queries.get_draft_for(actor, question_id)
    raw = _copy(question.raw)
    for path, _texts in list(walk_texts(raw)):
        for tag in LANGUAGES:
            value = texts.get(".".join((*path, tag)))
            if value is not None:
                text_at(raw, path)[tag] = value.replace("\r\n", "\n").strip()[:MAX_TEXT]
    question.raw = raw
    if publish:
        if _missing(raw):
            raise Invalid(_("Some texts are still missing in one language."), code="missing")
        _publish(question, upload, now)
    db.session.flush()
    audit.record(actor, "quizzes.publish_draft" if publish else "quizzes.edit_draft", question)
    return question


def remove_draft(actor: Actor, question_id: uuid.UUID) -> ImportedQuestion:
    """Take a draft out of the list; its file stays. Raises NotFound."""
    question, _upload = queries.get_draft_for(actor, question_id)
    question.state = QuestionState.REMOVED
    audit.record(actor, "quizzes.remove_draft", question)
    return question


def note_export(actor: Actor | None, kind: str, keys: list[str]) -> None:
    """Exports hold the keys to examinations: who took which is in the audit trail."""
    subject = actor.person_id if actor else None
    audit.record(
        actor, "quizzes.export_questions", subject, subject_type="Person", format=kind, count=len(keys), keys=keys
    )


def _locked(actor: Actor | None, upload_id: uuid.UUID) -> QuestionImport:
    upload = db.session.scalar(
        select(QuestionImport)
        .where(QuestionImport.id == upload_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if upload is None or (actor is not None and not policies.can_use(actor, upload)):
        raise NotFound
    if upload.state is not ImportState.PREVIEWED:
        raise Conflict(_("This file has been dealt with already."), code="done")
    return upload


def _publish(question: ImportedQuestion, upload: QuestionImport, now: datetime) -> None:
    revision = save_question(question.key, body=question.raw, source=f"import: {upload.file_name}", now=now)
    question.question_id, question.state = revision.question_id, QuestionState.PUBLISHED


def _missing(raw: Mapping[str, Any]) -> bool:
    return any(not text.get(tag, "").strip() for _path, text in walk_texts(dict(raw)) for tag in LANGUAGES)


def _copy(value: Any) -> Any:
    """A deep copy, so that the row sees a new value."""
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value
