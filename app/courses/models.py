"""Courses and modules as immutable revisions, and what each trainee did with the revision she started."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base, Identified
from app.core.types import Json, Serial


class Course(Identified, Base):
    """A course by its stable key in ``content/courses``."""

    __tablename__ = "courses"

    key: Mapped[str] = mapped_column(unique=True)
    current_revision_id: Mapped[uuid.UUID | None]
    #: False once its folder is gone; those enrolled go on.
    is_listed: Mapped[bool] = mapped_column(default=True)


class CourseRevision(Identified, Base):
    """What a course demanded and held at one time; immutable."""

    __tablename__ = "course_revisions"
    __table_args__ = (UniqueConstraint("course_id", "digest"), UniqueConstraint("course_id", "number"))

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[int]
    #: SHA-256 of the course's canonical content with the digests of its module revisions.
    digest: Mapped[str]
    #: The course file, and an outline of every module: see ``courses.outline``.
    outline: Mapped[dict[str, Any]] = mapped_column(Json)
    #: 学时 credited at completion: the nominal duration.
    hours: Mapped[Decimal]
    as_of: Mapped[date]
    sections_total: Mapped[int]
    checks_total: Mapped[int]
    #: The closing examination, if there is one.
    quiz_id: Mapped[uuid.UUID | None]

    course: Mapped[Course] = relationship(lazy="raise")


class Module(Identified, Base):
    """A module of a course by its stable key."""

    __tablename__ = "modules"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"))
    key: Mapped[str]


class ModuleRevision(Identified, Base):
    """A module's texts at one time; immutable."""

    __tablename__ = "module_revisions"
    __table_args__ = (UniqueConstraint("module_id", "digest"), UniqueConstraint("module_id", "number"))

    module_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("modules.id"))
    number: Mapped[int]
    #: SHA-256 of the canonical content.
    digest: Mapped[str]
    #: Module file, lesson texts in both languages, figures by digest, check questions by revision.
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class Citation(Base):
    """Which lessons of a module revision cite an instrument: for the instrument's own page."""

    __tablename__ = "citations"
    __table_args__ = (Index("ix_citations_instrument", "instrument_key"),)

    module_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("module_revisions.id"), primary_key=True)
    lesson_key: Mapped[str] = mapped_column(primary_key=True)
    instrument_key: Mapped[str] = mapped_column(primary_key=True)


class Figure(Base):
    """A figure of some module revision, kept by its hash in the file store."""

    __tablename__ = "figures"

    #: SHA-256 of the file.
    digest: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    #: Natural size in pixels; None when the file does not say.
    width: Mapped[int | None]
    height: Mapped[int | None]


class MediaFile(Base):
    """A recording, an attachment or captions of some module revision, by their hash."""

    __tablename__ = "media_files"

    #: SHA-256 of the file.
    digest: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    #: Bytes.
    size: Mapped[int]
    #: Of captions: the file itself. The bytes of everything else lie in the file store.
    text: Mapped[str | None] = mapped_column(Text)


class ContentState(Base):
    """One row: the digest of the files last synced, so that a start with nothing new is quick."""

    __tablename__ = "content_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    synced_at: Mapped[datetime]
    #: The files that belong to no course, as ``authoring.SourceTree``.
    shared_tree: Mapped[str | None]


class Enrolment(Identified, Base):
    """A person in a course, with the revision she started; that one stays hers.

    Studying a course again, for a renewal or because the law has moved, is another round: the earlier
    enrolment stays as it was with all its evidence.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("person_id", "course_id", "round"),
        Index(
            "uq_enrolments_current",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    course_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_revisions.id"))
    #: Who put her there: ``self``, ``cohort:<id>``, ``law:<instrument>``.
    source: Mapped[str]
    #: 1, and one more each time the course is studied again.
    round: Mapped[int] = mapped_column(default=1)
    #: The last round; the one that pages show.
    is_current: Mapped[bool] = mapped_column(default=True)

    course: Mapped[Course] = relationship(lazy="raise")
    revision: Mapped[CourseRevision] = relationship(lazy="raise")


class SectionRead(Base):
    """A section that reached the reader's screen; ``path`` is module/lesson/section."""

    __tablename__ = "sections_read"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    #: False while the revision she goes on in has no such section: kept, but not counted.
    is_counted: Mapped[bool] = mapped_column(default=True, server_default=true())


class CheckAnswer(Base):
    """An answer to a check question in a lesson; every try is kept."""

    __tablename__ = "check_answers"
    __table_args__ = (Index("ix_check_answers_enrolment", "enrolment_id", "question_key"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolments.id"))
    question_key: Mapped[str]
    question_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revisions.id"))
    response: Mapped[dict[str, Any]] = mapped_column(Json)
    correct: Mapped[bool]
    at: Mapped[datetime]
    #: False while the revision she goes on in does not ask it: kept, but not counted.
    is_counted: Mapped[bool] = mapped_column(default=True, server_default=true())


class ReadingPosition(Base):
    """Where a reader was last, on any device."""

    __tablename__ = "reading_positions"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    module_key: Mapped[str]
    lesson_key: Mapped[str]
    section_key: Mapped[str]
    at: Mapped[datetime]


class CourseCompletion(Identified, Base):
    """The fact that a course was completed; there is one for an enrolment, whatever triggers it again."""

    __tablename__ = "course_completions"
    __table_args__ = (CheckConstraint("hours > 0", name="hours"),)

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    course_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_revisions.id"))
    #: 学时 credited from the revision's nominal duration.
    hours: Mapped[Decimal]
    completed_at: Mapped[datetime]
