"""Answers that wait for a person, and the marks people gave: appended, never changed."""

import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json
from app.quizzes.marking.rules import Stage


class MarkingTask(Identified, Base):
    """An answer that the machine could not grade; its identifier is all that a marker's pages say of it."""

    __tablename__ = "marking_tasks"
    __table_args__ = (
        CheckConstraint("stage in ('first','second','third','settled')", name="stage"),
        CheckConstraint("max_difference between 0 and 10000000", name="max_difference"),
    )

    #: Wholly random: one made of the time would tell when the paper was drawn and which answers belong together.
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-2)
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt_items.id"), unique=True)
    #: The machine's grade: which parts wait, and what the others earned.
    grade_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("grades.id"), unique=True)
    #: By how many per cent of what people mark two marks may differ; None: one person marks.
    max_difference: Mapped[Decimal | None]
    stage: Mapped[Stage] = mapped_column(default=Stage.FIRST)


class Mark(Identified, Base):
    """What a marker gave an answer. Her highest number is her mark; the database refuses changes."""

    __tablename__ = "marks"
    __table_args__ = (
        # However many markers save at once, one of them is the first.
        UniqueConstraint("item_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("fraction between 0 and 100000", name="fraction"),
    )

    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempt_items.id"))
    number: Mapped[int]
    #: Which event of the attempt was the answer.
    event_ordinal: Mapped[int]
    marker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    #: Part → ``{"levels": {criterion: level}}`` or ``{"points": "2.5"}`` (``rules.Given``).
    given: Mapped[dict[str, Any]] = mapped_column(Json)
    #: Of the whole question, with what the machine graded: between 0 and 1.
    fraction: Mapped[Decimal]
    comment: Mapped[str]
