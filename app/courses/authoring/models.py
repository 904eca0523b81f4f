"""Files by their hash, drafts whose edits are only ever added, and what was published by whom."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Base, Identified
from app.core.types import Json, Serial
from app.courses.authoring.rules import Decision, DraftState, Moving, Origin


class SourceText(Base):
    """The text of a file, by the SHA-256 of its UTF-8 bytes; immutable."""

    __tablename__ = "source_texts"

    digest: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class SourceMedia(Base):
    """A file that is not text: its bytes lie in the file store under the same SHA-256; immutable."""

    __tablename__ = "source_media"

    digest: Mapped[str] = mapped_column(primary_key=True)
    #: Bytes.
    size: Mapped[int]
    media_type: Mapped[str]
    #: Natural size in pixels; None when the file does not say.
    width: Mapped[int | None]
    height: Mapped[int | None]
    #: How long a recording lasts; None where the file does not say, and for pictures.
    milliseconds: Mapped[int | None]
    #: What the content check finds in the file, found once: ``[line, column, wrong, mend]``, the last two as
    #: messages.
    findings: Mapped[list[Any]] = mapped_column(Json)


class SourceTree(Base):
    """All files of a course at one time, path → digest, by the digest of that list; immutable."""

    __tablename__ = "source_trees"

    digest: Mapped[str] = mapped_column(primary_key=True)
    files: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class CourseSource(Base):
    """Where the files of a course stand: published here, and last seen in the content folder."""

    __tablename__ = "course_sources"

    course_key: Mapped[str] = mapped_column(primary_key=True)
    #: Whose course it is: her instructors edit it.
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    #: None until the first publication.
    published_tree: Mapped[str | None] = mapped_column(ForeignKey("source_trees.digest"))
    #: What the content folder held at its last sync: the common base of both. None: it never held the course.
    files_tree: Mapped[str | None] = mapped_column(ForeignKey("source_trees.digest"))
    #: The export on which the folder's files said they rest at that sync (``export.MARK``).
    files_export: Mapped[str | None]
    #: Ids of the published questions and examination: nobody else may use them.
    question_keys: Mapped[list[Any]] = mapped_column(Json)
    exam_key: Mapped[str | None]


class Draft(Identified, Base):
    """The one working copy of a course."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index(
            "uq_drafts_open",
            "course_key",
            unique=True,
            sqlite_where=text("state not in ('published','abandoned')"),
            postgresql_where=text("state not in ('published','abandoned')"),
        ),
        CheckConstraint(
            "state in ('open','in_review','sent_back','approved','published','abandoned')", name="state"
        ),
    )

    course_key: Mapped[str] = mapped_column(ForeignKey("course_sources.course_key"), index=True)
    #: The published tree it began with, or was last brought up to; None for a course not yet published.
    base_tree: Mapped[str | None] = mapped_column(ForeignKey("source_trees.digest"))
    state: Mapped[DraftState] = mapped_column(default=DraftState.OPEN)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    #: What it is for, in the author's words.
    note: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)


class DraftFile(Base):
    """The head of a file in a draft."""

    __tablename__ = "draft_files"

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    #: 0: as in the tree the draft began with.
    version: Mapped[int]
    #: None: deleted.
    digest: Mapped[str | None]


class DraftEdit(Base):
    """Something a person did to a file. Acknowledged once it is here; never changed, never removed."""

    __tablename__ = "draft_edits"
    __table_args__ = (UniqueConstraint("draft_id", "path", "version"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"))
    path: Mapped[str]
    version: Mapped[int]
    base_version: Mapped[int]
    #: The file after it; None: deleted.
    digest: Mapped[str | None]
    #: What the person sent; another than ``digest`` where it was merged with somebody else's edit.
    sent_digest: Mapped[str | None]
    #: Made by the client: the same one is the same edit, sent again.
    edit_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    device: Mapped[str]
    merged: Mapped[bool]
    at: Mapped[datetime]


class DraftConflict(Identified, Base):
    """An edit that does not merge with what is there: kept whole until somebody has brought both together."""

    __tablename__ = "draft_conflicts"
    __table_args__ = (Index("ix_draft_conflicts_draft", "draft_id", "resolved_at"),)

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"))
    path: Mapped[str]
    base_version: Mapped[int]
    #: What the edit started from; None: there was no file.
    base_digest: Mapped[str | None]
    #: The head it met.
    theirs_version: Mapped[int]
    #: What was sent; None: a deletion.
    mine_digest: Mapped[str | None]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    edit_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))


class DraftPresence(Base):
    """Who has a file open, on which device; a row is of interest for a minute."""

    __tablename__ = "draft_presences"

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class DraftReview(Identified, Base):
    """What a reviewer decided about exactly these files; editing the draft afterwards needs another decision."""

    __tablename__ = "draft_reviews"
    __table_args__ = (
        Index("ix_draft_reviews_draft", "draft_id", "tree_digest"),
        CheckConstraint("decision in ('approve','send_back')", name="decision"),
    )

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("drafts.id"))
    tree_digest: Mapped[str] = mapped_column(ForeignKey("source_trees.digest"))
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    decision: Mapped[Decision]
    note: Mapped[str] = mapped_column(default="")


class Publication(Identified, Base):
    """A tree of files that became the published course."""

    __tablename__ = "publications"
    __table_args__ = (
        Index("ix_publications_course", "course_key", "created_at"),
        CheckConstraint("reviewer_id <> author_id", name="reviewer_is_another"),
        CheckConstraint("origin in ('browser','files')", name="origin"),
        CheckConstraint("moving in ('keep','move')", name="moving"),
    )

    course_key: Mapped[str] = mapped_column(ForeignKey("course_sources.course_key"))
    course_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_revisions.id"))
    tree_digest: Mapped[str] = mapped_column(ForeignKey("source_trees.digest"))
    draft_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("drafts.id"))
    #: What changed, in the author's words; empty where it came from files (git knows).
    note: Mapped[str]
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    reviewer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    origin: Mapped[Origin]
    moving: Mapped[Moving]
    #: How many trainees under way went on to the new revision.
    moved: Mapped[int] = mapped_column(default=0)
