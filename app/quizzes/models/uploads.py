"""Files received for questions of a paper."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified


class Upload(Identified, Base):
    """A file as it came: only what stands here for a question is ever shown for it, whatever an answer names."""

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("item_id", "digest"),
        CheckConstraint("size > 0", name="size"),
    )

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt_items.id"))
    #: SHA-256 in hex: its name in the file store.
    digest: Mapped[str]
    #: Found in the content (``grading.file_types``), never taken from the browser.
    kind: Mapped[str]
    #: What the candidate's file was called; for her own eyes, never for a marker's.
    name: Mapped[str]
    size: Mapped[int]
