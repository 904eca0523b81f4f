"""Uploads under way, the pieces that have arrived, and what became of them."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.courses.uploads.rules import UploadState


class MediaUpload(Identified, Base):
    """A file on its way into a course's draft. Kept afterwards: what an organisation has sent is counted."""

    __tablename__ = "media_uploads"
    __table_args__ = (
        Index("ix_media_uploads_open", "state", "expires_at"),
        CheckConstraint("received >= 0 AND received <= size", name="received"),
        CheckConstraint("state in ('open','done','gone')", name="state"),
        CheckConstraint("(state = 'done') = (digest IS NOT NULL)", name="done"),
    )

    course_key: Mapped[str] = mapped_column(ForeignKey("course_sources.course_key"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: As the file was called on the sender's machine.
    name: Mapped[str]
    #: How the sender's browser knows the file again.
    fingerprint: Mapped[str]
    #: Bytes, as announced.
    size: Mapped[int] = mapped_column(BigInteger)
    #: Bytes that have arrived and are kept.
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[UploadState] = mapped_column(default=UploadState.OPEN)
    #: Without another piece until then it is swept away.
    expires_at: Mapped[datetime]
    #: What it became: the SHA-256 of the file, and its name in the draft.
    digest: Mapped[str | None]
    placed_as: Mapped[str | None]


class UploadPiece(Base):
    """A run of bytes that arrived: each lies in a file of its own, written by one request and never changed."""

    __tablename__ = "upload_pieces"

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("media_uploads.id"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int]
    #: The file's name in the upload's folder.
    file: Mapped[str]
