"""Reads of files: those received for a paper, and the images of questions."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.quizzes.models import Attempt, AttemptItem, QuestionRevision, Upload

#: Digest → media type; questions never change, so what was found stays true.
_images: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class UploadPlace:
    """A question of a running paper that takes files."""

    item_id: uuid.UUID
    position: int
    attempt: Attempt
    #: The files that came for it, kept in the answer or not.
    received: frozenset[str]
    kinds: frozenset[str]
    max_bytes: int


def get_upload_place(actor: Actor, attempt_id: uuid.UUID, item_id: uuid.UUID) -> UploadPlace:
    """The actor's own question that takes files. Two statements. Raises NotFound for anything else."""
    row = db.session.execute(
        select(AttemptItem, Attempt)
        .join(Attempt, Attempt.id == AttemptItem.attempt_id)
        .where(
            AttemptItem.id == item_id,
            AttemptItem.attempt_id == attempt_id,
            Attempt.candidate_id == actor.person_id,
        )
    ).first()
    if row is None or row.AttemptItem.layout["type"] != "file_upload":
        raise NotFound
    item: AttemptItem = row.AttemptItem
    files = item.layout["files"]
    received = frozenset(db.session.scalars(select(Upload.digest).filter_by(item_id=item.id)))
    return UploadPlace(
        item.id, item.position, row.Attempt, received, frozenset(files["kinds"]), files["max_mebibytes"] * 2**20
    )


def uploads_of(item_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Upload]]:
    """The files received for questions, by question and digest. One statement."""
    found: dict[uuid.UUID, dict[str, Upload]] = {}
    for upload in db.session.scalars(select(Upload).where(Upload.item_id.in_(item_ids))):
        found.setdefault(upload.item_id, {})[upload.digest] = upload
    return found


def media_type_of_image(digest: str) -> str:
    """The media type of an image that some question shows. Raises NotFound for any other stored file."""
    if digest not in _images:
        bodies = db.session.scalars(
            select(QuestionRevision.body).where(QuestionRevision.type.in_(("drag_image", "case")))
        )
        _images.update(
            (part["image"]["digest"], part["image"]["media_type"]) for body in bodies for part in _with_image(body)
        )
    if digest not in _images:
        raise NotFound
    return _images[digest]


def _with_image(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in (body, *body.get("parts", ())) if part.get("image")]
