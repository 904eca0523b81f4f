"""What a marker may know of a queue, of an answer, and of the marks others gave it."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.quizzes.grading.base import NeedsMarking
from app.quizzes.marking import rules
from app.quizzes.marking.models import Mark
from app.quizzes.marking.rules import Stage


@dataclass(frozen=True, slots=True)
class Queue:
    """The answers to one question of one examination that people mark."""

    key: str
    title: dict[str, str]
    question_id: uuid.UUID
    body: dict[str, Any]
    #: Answers that wait for a mark which she may give.
    for_me: int
    #: Answers that need no further mark.
    settled: int
    total: int

    @property
    def waiting(self) -> int:
        return self.total - self.settled


@dataclass(frozen=True, slots=True)
class Panel:
    """The marks of one answer: each marker's own, in the order in which they began."""

    marks: list[Mark]
    max_difference: Decimal | None
    #: How much of the question people mark.
    share: Decimal
    #: What the machine gave, as a fraction of the question.
    machine: Decimal

    @property
    def _fractions(self) -> list[Decimal]:
        return [mark.fraction for mark in self.marks]

    @property
    def stage(self) -> Stage:
        return rules.stage_of(self._fractions, self.max_difference, self.share)

    @property
    def apart(self) -> Decimal | None:
        """How far the first two lie apart, in per cent of what people mark."""
        if len(self.marks) < 2:
            return None
        first, second = self._fractions[:2]
        return rules.apart(first, second, self.share)

    @property
    def fraction(self) -> Decimal | None:
        """What the answer earns; None while it waits."""
        return rules.settled_fraction(self._fractions) if self.stage is Stage.SETTLED else None

    @property
    def counting(self) -> list[Mark]:
        """The marks that count: one, two whose mean it is, or the third person's."""
        if self.stage is not Stage.SETTLED:
            return []
        return self.marks[-1:] if len(self.marks) > 2 else self.marks

    def percent_of(self, mark: Mark) -> Decimal:
        """What a mark gives, in per cent of what people mark."""
        return (mark.fraction - self.machine) * 100 / self.share

    def mark_of(self, marker_id: uuid.UUID) -> Mark | None:
        return next((mark for mark in self.marks if mark.marker_id == marker_id), None)

    def visible_to(self, marker_id: uuid.UUID) -> list[Mark]:
        """Who marks sees her own mark alone; who decides sees both; others see what counts."""
        own = self.mark_of(marker_id)
        if own is not None:
            return self.marks if own is self.marks[-1] and len(self.marks) > 2 else [own]
        return self.marks if self.stage is Stage.THIRD else self.counting


@dataclass(frozen=True, slots=True)
class Listed:
    """An answer in its queue."""

    id: uuid.UUID
    panel: Panel
    #: The reader's own.
    mark: Mark | None

    @property
    def code(self) -> str:
        return rules.code_of(self.id)

    @property
    def waits(self) -> bool:
        """For a mark that the reader may give?"""
        return self.mark is None and self.panel.stage is not Stage.SETTLED


@dataclass(frozen=True, slots=True)
class Task:
    """An answer with all that a marker sees of it, and what saving needs; ``item_id`` stays on the server."""

    id: uuid.UUID
    key: str
    title: dict[str, str]
    item_id: uuid.UUID
    attempt_id: uuid.UUID
    question_id: uuid.UUID
    body: dict[str, Any]
    layout: dict[str, Any]
    marks: Decimal
    response: dict[str, Any]
    event_ordinal: int
    needs: NeedsMarking
    #: Is the result not out yet, nor on its way?
    open: bool
    #: Do results come out together, when somebody releases them?
    held: bool
    panel: Panel
    #: The number of the latest mark.
    last_number: int
    reader_id: uuid.UUID

    @property
    def code(self) -> str:
        return rules.code_of(self.id)

    @property
    def parts(self) -> list[rules.Part]:
        return rules.parts_of(self.body, self.needs.waiting, self.marks)

    @property
    def mark(self) -> Mark | None:
        """The reader's own."""
        return self.panel.mark_of(self.reader_id)

    @property
    def shown(self) -> list[Mark]:
        """The marks she may see."""
        return self.panel.visible_to(self.reader_id)

    @property
    def deciding(self) -> bool:
        """Does she decide between two marks, or has she?"""
        return len(self.shown) > 1 and (self.mark is None or self.mark is self.panel.marks[-1])

    @property
    def editable(self) -> bool:
        """May she give a mark, or replace hers?"""
        if not self.open:
            return False
        if self.mark is None:
            return self.panel.stage is not Stage.SETTLED
        return len(self.panel.marks) < 3 or self.mark is self.panel.marks[-1]

    @property
    def seen(self) -> int:
        """The latest of the marks she may see: what a saved form compares with."""
        return max((mark.number for mark in self.shown), default=0)
