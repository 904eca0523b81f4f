"""Questions and quizzes. What was published never changes: an edit makes another revision."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json


class Question(Identified, Base):
    """A question of the bank; its identifier follows from its key, so it is the same on every machine."""

    __tablename__ = "questions"

    key: Mapped[str] = mapped_column(unique=True)
    #: The newest revision; None only inside the transaction that makes the first.
    current_revision_id: Mapped[uuid.UUID | None]
    #: Where it was written: a file of ``content/``, an import, the editor.
    source: Mapped[str] = mapped_column(default="")


class QuestionRevision(Identified, Base):
    """What a question said and how it was graded at one time."""

    __tablename__ = "question_revisions"
    __table_args__ = (
        UniqueConstraint("question_id", "digest"),
        UniqueConstraint("question_id", "number"),
    )

    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("questions.id"))
    number: Mapped[int]
    #: SHA-256 of the canonical JSON of ``body``.
    digest: Mapped[str]
    type: Mapped[str]
    #: As ``grading.validate`` returns it: choice ids are UUIDs, numbers are strings.
    body: Mapped[dict[str, Any]] = mapped_column(Json)


class Quiz(Identified, Base):
    """A quiz or examination, named by its key in ``content/``."""

    __tablename__ = "quizzes"

    key: Mapped[str] = mapped_column(unique=True)
    current_revision_id: Mapped[uuid.UUID | None]


class QuizRevision(Identified, Base):
    """The rules and pools of a quiz as published; running attempts keep theirs."""

    __tablename__ = "quiz_revisions"
    __table_args__ = (UniqueConstraint("quiz_id", "digest"), UniqueConstraint("quiz_id", "number"))

    quiz_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quizzes.id"))
    number: Mapped[int]
    #: SHA-256 of title, settings and pools with the digests of their questions.
    digest: Mapped[str]
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    #: ``rules.QuizSettings`` as JSON.
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    #: ``[{"label": {"zh", "en"}, "pick": 4, "section": 1}, …]``; no section: the first. The questions are
    #: the revision's items.
    pools: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class QuizRevisionItem(Base):
    """A question revision in a pool of a quiz revision."""

    __tablename__ = "quiz_revision_items"
    __table_args__ = (Index("ix_quiz_revision_items_question", "question_revision_id"),)

    quiz_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quiz_revisions.id"), primary_key=True)
    question_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revisions.id"), primary_key=True)
    pool: Mapped[int]
    position: Mapped[int]
