from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base
from app.core.types import Serial


class LogEntry(Base):
    """Something the log records, written in the transaction in which it happened.

    The sequencer gives it its place afterwards, so that nothing waits in line while it issues, and a rollback
    leaves no gap. Never changed or deleted (triggers refuse it).
    """

    __tablename__ = "certificate_log_entries"
    __table_args__ = (
        Index(
            "ix_certificate_log_entries_waiting",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    #: What is hashed (``rules.Entry.body``): public, and without a word about a person.
    body: Mapped[bytes] = mapped_column(LargeBinary)
    #: Its hash as a leaf, by which it is found.
    leaf: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    #: Its index in the tree.
    position: Mapped[int | None] = mapped_column(unique=True)


class LogTile(Base):
    """Up to 256 hashes of one height (C2SP tlog-tiles); one that is full never changes again."""

    __tablename__ = "certificate_log_tiles"
    __table_args__ = (CheckConstraint("length(hashes) between 32 and 8192", name="whole_hashes"),)

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """A tree head that we signed; each one binds us for good."""

    __tablename__ = "certificate_log_checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    #: The signed note.
    note: Mapped[str]
    made_at: Mapped[datetime]
