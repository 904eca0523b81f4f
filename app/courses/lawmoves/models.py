"""What has to be looked at because law has moved."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json
from app.courses.lawmoves.rules import Kind, TaskState


class LawTask(Identified, Base):
    """A section or question that rested on an instrument before it changed; somebody says what became of it."""

    __tablename__ = "law_tasks"
    __table_args__ = (
        UniqueConstraint("law_change_id", "course_key", "kind", "path"),
        Index("ix_law_tasks_state", "state"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL AND settled_by IS NULL)", name="settled"),
        CheckConstraint("state = 'open' OR reason <> ''", name="reason"),
    )

    law_change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("law_changes.id"))
    course_key: Mapped[str]
    module_key: Mapped[str]
    kind: Mapped[Kind]
    #: A section as module/lesson/section, or a question's key.
    path: Mapped[str]
    title: Mapped[dict[str, Any]] = mapped_column(Json)
    #: The provisions it cites; empty where it cites the instrument as a whole.
    pins: Mapped[list[str]] = mapped_column(Json)
    #: The module or question revision in which it stood when the change was recorded.
    revision_id: Mapped[uuid.UUID]
    state: Mapped[TaskState] = mapped_column(default=TaskState.OPEN)
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    settled_at: Mapped[datetime | None]
    #: What was compared with what, in the words of the person who settled it.
    reason: Mapped[str] = mapped_column(default="")
