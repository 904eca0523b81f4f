"""A candidate's sitting: the frozen paper, and every answer that ever reached the server."""

import uuid
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json

_UNCOUNTED: Any = dict.fromkeys(("sqlite_where", "postgresql_where"), text("late or superseded"))


class AttemptState(StrEnum):
    """The last three are final: no clock reopens them. An invigilator may, except a voided one."""

    #: Begun; no time runs and no question is shown until an invigilator lets the candidate in.
    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    #: Interrupted by an invigilator or by the candidate: the time stands still, answers on their way count.
    PAUSED = "paused"
    SUBMITTED = "submitted"
    EXPIRED = "expired"
    VOIDED = "voided"

    @property
    def is_open(self) -> bool:
        """Has the attempt not ended?"""
        return self in OPEN_STATES


OPEN_STATES = (AttemptState.WAITING, AttemptState.IN_PROGRESS, AttemptState.PAUSED)
#: Handed in, or taken in at the deadline: those that have a result or will have one.
FINISHED_STATES = (AttemptState.SUBMITTED, AttemptState.EXPIRED)


class EventKind(StrEnum):
    """What a response event says: an answer, or a mark to come back to the question."""

    ANSWER = "answer"
    FLAG = "flag"


class Attempt(Identified, Base):
    """One sitting of one candidate in one context (an enrolment, a cohort membership …)."""

    __tablename__ = "attempts"
    __table_args__ = (
        # However many starts arrive at once, one of them makes the attempt.
        UniqueConstraint("candidate_id", "quiz_id", "context_type", "context_id", "number"),
        CheckConstraint(
            "state in ('waiting','in_progress','paused','submitted','expired','voided')", name="state"
        ),
        CheckConstraint("(state = 'paused') = (paused_at is not null)", name="paused"),
        CheckConstraint("pause_ends_at is null or paused_at is not null", name="own_pause"),
        CheckConstraint("own_pauses >= 0 and own_pause_seconds >= 0", name="own_pauses"),
        CheckConstraint("granted_seconds >= 0", name="granted_seconds"),
        CheckConstraint("decisions >= 0", name="decisions"),
        CheckConstraint("head_ordinal >= 0", name="head"),
        Index("ix_attempts_state_cutoff", "state", "cutoff_at"),
        Index("ix_attempts_quiz", "quiz_id", "state"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    quiz_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quizzes.id"))
    quiz_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("quiz_revisions.id"))
    context_type: Mapped[str]
    context_id: Mapped[uuid.UUID]
    number: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.IN_PROGRESS)
    #: When its time began; of a waiting one, when it was asked for.
    started_at: Mapped[datetime]
    #: What the candidate is told.
    deadline_at: Mapped[datetime]
    #: The deadline and the grace for an answer's way to us; later ones are kept, not counted.
    cutoff_at: Mapped[datetime]
    #: When it was submitted, or closed by the server.
    submitted_at: Mapped[datetime | None]
    #: Since when its time stands still; only while it is paused.
    paused_at: Mapped[datetime | None]
    #: When the pause that its candidate took ends by itself; None: an invigilator's pause, or none.
    pause_ends_at: Mapped[datetime | None]
    #: The pauses that its candidate has taken by herself, and the seconds of those that are over.
    own_pauses: Mapped[int] = mapped_column(default=0)
    own_pause_seconds: Mapped[int] = mapped_column(default=0)
    #: How many decisions and pauses concern it; a candidate's page asks again when there are more.
    decisions: Mapped[int] = mapped_column(default=0)
    seed: Mapped[int] = mapped_column(BigInteger)
    #: What was granted to this candidate before and during it (``rules.Allowance`` as JSON); never less again.
    allowance: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    #: By how much the allowance makes its time limit longer.
    granted_seconds: Mapped[int] = mapped_column(default=0)
    #: Forward-only papers: the questions up to this position are left for good; answers to them come too late.
    closed_through: Mapped[int] = mapped_column(default=0)
    #: The honour statement she accepted (digest of its wording), and when.
    honour_digest: Mapped[str | None]
    honour_accepted_at: Mapped[datetime | None]
    #: The number of response events; each takes the next ordinal under this row's lock.
    head_ordinal: Mapped[int] = mapped_column(default=0)
    #: The latest moment this attempt has seen; the server's clock never runs backwards for it.
    clock_at: Mapped[datetime]
    #: The grade run that counts; None until graded.
    grade_run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("grade_runs.id"))


class AttemptItem(Identified, Base):
    """A question of the frozen paper, and which of its events is the answer."""

    __tablename__ = "attempt_items"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    #: In which of the quiz's sections it stands, from 0.
    section: Mapped[int] = mapped_column(default=0)
    question_revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_revisions.id"), index=True)
    #: Type and options in the order shown; answers are checked against it without reading the bank.
    layout: Mapped[dict[str, Any]] = mapped_column(Json)
    marks: Mapped[Decimal]
    #: The event that counts, and who sent it; None while unanswered.
    answer_ordinal: Mapped[int | None]
    answer_device: Mapped[uuid.UUID | None]
    answer_seq: Mapped[int | None] = mapped_column(BigInteger)
    flagged: Mapped[bool] = mapped_column(default=False)


class ResponseEvent(Base):
    """Something a candidate's browser sent, in the order the server took it. Rows are never changed;
    erasure empties ``body`` and ``salt`` and leaves the digest."""

    __tablename__ = "response_events"
    __table_args__ = (
        UniqueConstraint("attempt_id", "device_id", "client_seq"),
        UniqueConstraint("attempt_id", "client_id"),
        ForeignKeyConstraint(["item_id"], ["attempt_items.id"]),
        CheckConstraint("kind in ('answer','flag')", name="kind"),
        CheckConstraint("client_seq > 0", name="client_seq"),
        CheckConstraint("ordinal > 0", name="ordinal"),
        # Few answers are not counted; an invigilator's page asks for these alone.
        Index("ix_response_events_uncounted", "attempt_id", **_UNCOUNTED),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[uuid.UUID]
    kind: Mapped[EventKind] = mapped_column(default=EventKind.ANSWER)
    client_id: Mapped[uuid.UUID]
    device_id: Mapped[uuid.UUID]
    client_seq: Mapped[int] = mapped_column(BigInteger)
    #: The last ordinal the client had seen when the person gave this answer.
    base_ordinal: Mapped[int]
    body: Mapped[dict[str, Any] | None] = mapped_column(Json)
    salt: Mapped[str | None]
    #: SHA-256 of salt and canonical body.
    body_digest: Mapped[str]
    #: Which key signed the receipt.
    key_id: Mapped[str]
    #: The receipt's MAC as it was given: whoever writes to the database alone cannot make one.
    mac: Mapped[str] = mapped_column(server_default="")
    received_at: Mapped[datetime]
    #: Came after the cut-off, the submission or the leaving of its question: kept, shown, not counted.
    late: Mapped[bool] = mapped_column(default=False)
    #: Another device had answered this question meanwhile: kept, shown, not counted.
    superseded: Mapped[bool] = mapped_column(default=False)
