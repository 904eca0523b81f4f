"""Uploads: one's own, and how much an organisation has sent."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.courses.uploads.models import MediaUpload, UploadPiece
from app.courses.uploads.rules import UploadState


def get_upload(actor: Actor, course_key: str, upload_id: uuid.UUID) -> MediaUpload:
    """The actor's own upload into the course. Raises NotFound for anybody else's and for one that is gone."""
    found = db.session.scalar(
        select(MediaUpload).where(
            MediaUpload.id == upload_id,
            MediaUpload.course_key == course_key,
            MediaUpload.person_id == actor.person_id,
            MediaUpload.state != UploadState.GONE,
        )
    )
    if found is None:
        raise NotFound
    return found


def open_uploads(actor: Actor, course_key: str, now: datetime) -> Sequence[MediaUpload]:
    """What the actor has begun and not finished, the latest first."""
    return db.session.scalars(
        select(MediaUpload)
        .where(
            MediaUpload.course_key == course_key,
            MediaUpload.person_id == actor.person_id,
            MediaUpload.state == UploadState.OPEN,
            MediaUpload.expires_at > now,
        )
        .order_by(MediaUpload.created_at.desc())
    ).all()


def count_open(person_id: uuid.UUID) -> int:
    counted = select(func.count()).where(MediaUpload.person_id == person_id, MediaUpload.state == UploadState.OPEN)
    return db.session.scalar(counted) or 0


def used_by(organisation_id: uuid.UUID) -> int:
    """Bytes that the organisation's courses have taken: each file once, and what is announced. Two statements."""
    mine = MediaUpload.organisation_id == organisation_id
    files = select(MediaUpload.digest, func.max(MediaUpload.size).label("size")).where(
        mine, MediaUpload.state == UploadState.DONE
    )
    kept = files.group_by(MediaUpload.digest).subquery()
    done = db.session.scalar(select(func.coalesce(func.sum(kept.c.size), 0))) or 0
    coming = db.session.scalar(
        select(func.coalesce(func.sum(MediaUpload.size), 0)).where(mine, MediaUpload.state == UploadState.OPEN)
    )
    return int(done) + int(coming or 0)


def pieces_of(upload_id: uuid.UUID) -> list[str]:
    """The files of the pieces, in order."""
    wanted = select(UploadPiece.file).where(UploadPiece.upload_id == upload_id).order_by(UploadPiece.start)
    return list(db.session.scalars(wanted))


def late_uploads(now: datetime) -> Sequence[uuid.UUID]:
    """Uploads that nobody went on with in time."""
    late = select(MediaUpload.id).where(MediaUpload.state == UploadState.OPEN, MediaUpload.expires_at <= now)
    return db.session.scalars(late).all()


def under_way(upload_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of them whose pieces are still needed."""
    wanted = select(MediaUpload.id).where(MediaUpload.id.in_(upload_ids), MediaUpload.state == UploadState.OPEN)
    return set(db.session.scalars(wanted))
