"""Reads of one sitting: the paper, its result, its receipts."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Row, Uuid, bindparam, func, select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.library import queries as library_queries
from app.library.queries import Library
from app.quizzes import rules
from app.quizzes.grading import is_complete
from app.quizzes.grading.aliases import outward
from app.quizzes.grading.certainty import HIGHEST
from app.quizzes.models import (
    RESULT_COUNTS,
    Attempt,
    AttemptItem,
    AttemptResult,
    AttemptState,
    EventKind,
    Grade,
    Quiz,
    QuizRevision,
    ResponseEvent,
)
from app.quizzes.policies import can_read_result, can_review
from app.quizzes.queries.bodies import bodies
from app.quizzes.queries.ends import general_ends
from app.quizzes.receipts import timestamp
from app.quizzes.results import Treatment


@dataclass(frozen=True, slots=True)
class PaperItem:
    """A question of a paper with what was answered; ``body`` holds the key and stays on the server."""

    id: uuid.UUID
    position: int
    #: Which of the quiz's sections it stands in.
    section: int
    body: dict[str, Any]
    layout: dict[str, Any]
    marks: Decimal
    response: dict[str, Any]
    flagged: bool
    #: None before grading.
    fraction: Decimal | None = None
    earned: Decimal | None = None
    #: Which parts of the answer are right (``grading.Graded.parts``); empty before grading.
    parts: dict[str, bool] = field(default_factory=dict)
    #: Anything but graded comes of a regrade; ``body`` then says how it is graded now.
    treatment: Treatment = Treatment.GRADED
    #: What her certainty earned beside the marks; None where none was asked.
    certainty_mark: int | None = None

    @property
    def name(self) -> str:
        """The prefix of its form fields."""
        return f"q-{self.id}"

    @property
    def said(self) -> dict[str, Any]:
        """The response in the names of this paper."""
        return outward(self.response, self.layout)  # type: ignore[no-any-return]

    @property
    def answered(self) -> bool:
        return bool(self.response)

    @property
    def partly(self) -> bool:
        """Is something answered, and something that the question asks left open?"""
        return self.answered and not is_complete(self.response, self.layout)


@dataclass(frozen=True)
class Paper:
    """A sitting as its pages show it. What templates ask for each question is reckoned once."""

    attempt: Attempt
    title: dict[str, str]
    settings: rules.QuizSettings
    items: list[PaperItem]
    candidate: str
    #: None before grading.
    result: AttemptResult | None
    #: May this reader see keys whatever the policy says?
    reviewer: bool
    #: What its texts cite.
    library: Library
    #: When the examination closes for everybody, extensions since included; None: not at all.
    closes_at: datetime | None

    @property
    def certainty(self) -> tuple[int, int] | None:
        """The certainty points earned, and the most that could be; None where no certainty was asked."""
        asked = [
            item.certainty_mark
            for item in self.items
            if item.certainty_mark is not None and item.treatment is Treatment.GRADED
        ]
        return (sum(asked), HIGHEST * len(asked)) if asked else None

    @property
    def flagged_items(self) -> list[PaperItem]:
        return [item for item in self.items if item.flagged]

    @property
    def forward(self) -> bool:
        """Is what she has left closed for good?"""
        return self.settings.navigation is not rules.Navigation.FREE

    @cached_property
    def step_ends(self) -> list[int]:
        return rules.step_ends(self.settings.navigation, [item.section for item in self.items])

    @cached_property
    def step(self) -> range:
        """The positions she may answer now: all of a free paper."""
        first, last = rules.current_step(self.step_ends, self.attempt.closed_through)
        return range(first, last + 1)

    @property
    def is_last_step(self) -> bool:
        return self.step.stop > len(self.items)

    @cached_property
    def step_items(self) -> list[PaperItem]:
        return [item for item in self.items if item.position in self.step]

    @property
    def may_leave_unasked(self) -> bool:
        """A single question that is answered is left without another warning than the one beside the button."""
        single = self.settings.navigation is rules.Navigation.FORWARD
        done = all(item.answered and not item.partly for item in self.step_items)
        return single and not self.is_last_step and done

    def section_of(self, item: PaperItem) -> rules.Section | None:
        sections = self.settings.sections
        return sections[item.section] if item.section < len(sections) else None

    def begins_section(self, item: PaperItem) -> bool:
        """Is it the first question of its section?"""
        before = self.items[item.position - 2].section if item.position > 1 else None
        return bool(self.settings.sections) and item.section != before

    def shown(self, now: datetime) -> rules.Shown:
        """What its candidate may see of the finished sitting now. The percentage, which tells nobody an answer,
        comes when she was told it would; the rest not while others may still sit."""
        ended = self.attempt.submitted_at or now
        shown = self.settings.review.shown(rules.phase_of(ended, self.closes_at, now))
        return replace(shown, percentage=self.settings.shown(ended, now).percentage)

    @property
    def allowance(self) -> rules.Allowance:
        """What its candidate has beyond the rules."""
        return rules.Allowance.from_json(self.attempt.allowance)

    @property
    def pauses_left(self) -> rules.Pauses:
        """What is left of the pauses she may take by herself; no seconds: none."""
        allowed = rules.pauses(self.settings, self.allowance)
        return allowed.after(self.attempt.own_pauses, self.attempt.own_pause_seconds)

    def is_over(self, now: datetime) -> bool:
        """Can nothing count any more?"""
        return self.attempt.state is not AttemptState.IN_PROGRESS or now > self.attempt.cutoff_at


#: Built once: two thousand examinees open their papers in the same minutes.
_SITTING: Final = (
    select(
        Attempt,
        QuizRevision,
        AttemptResult,
        Person.name,
        Person.organisation_id,
        Quiz.current_revision_id,
        library_queries.DIGEST.scalar_subquery().label("library"),
    )
    .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
    .join(Quiz, Quiz.id == Attempt.quiz_id)
    .join(Person, Person.id == Attempt.candidate_id)
    .outerjoin(AttemptResult, RESULT_COUNTS)
    .where(Attempt.id == bindparam("attempt"))
    .execution_options(populate_existing=True)
)
_ITEMS: Final = (
    select(
        AttemptItem.id,
        AttemptItem.position,
        AttemptItem.section,
        AttemptItem.layout,
        AttemptItem.marks,
        AttemptItem.flagged,
        func.coalesce(Grade.question_revision_id, AttemptItem.question_revision_id).label("revision_id"),
        ResponseEvent.body.label("response"),
        Grade.fraction,
        Grade.marks.label("earned"),
        Grade.parts,
        Grade.treatment,
        Grade.certainty_mark,
    )
    .outerjoin(Grade, (Grade.item_id == AttemptItem.id) & (Grade.run_id == bindparam("run", type_=Uuid())))
    .outerjoin(
        ResponseEvent,
        (ResponseEvent.attempt_id == AttemptItem.attempt_id)
        & (ResponseEvent.ordinal == AttemptItem.answer_ordinal),
    )
    .where(AttemptItem.attempt_id == bindparam("attempt"))
    .order_by(AttemptItem.position)
)


def get_paper(actor: Actor, attempt_id: uuid.UUID) -> Paper:
    """The actor's own sitting, or one she may review. Two statements, and one for questions that this process has
    not shown yet, and one where an examination with an end was published anew. Raises NotFound."""
    row = db.session.execute(_SITTING, {"attempt": attempt_id}).first()
    if row is None or not can_read_result(actor, row.Attempt.candidate_id, row.organisation_id):
        raise NotFound
    attempt: Attempt = row.Attempt
    settings = rules.QuizSettings.from_json(row.QuizRevision.settings)
    closes_at = settings.closes_at
    if closes_at and row.AttemptResult and row.current_revision_id != row.QuizRevision.id:
        closes_at = general_ends([row.QuizRevision.id])[row.QuizRevision.id]
    return Paper(
        attempt=attempt,
        title=row.QuizRevision.title,
        settings=settings,
        items=_items(attempt),
        candidate=row.name,
        result=row.AttemptResult,
        reviewer=can_review(actor, attempt.candidate_id, row.organisation_id),
        library=library_queries.library(row.library or ""),
        closes_at=closes_at,
    )


def get_own_paper(actor: Actor, attempt_id: uuid.UUID) -> Paper:
    """The actor's own sitting. Two statements. Raises NotFound."""
    paper = get_paper(actor, attempt_id)
    if paper.attempt.candidate_id != actor.person_id:
        raise NotFound
    return paper


def _items(attempt: Attempt) -> list[PaperItem]:
    rows = db.session.execute(_ITEMS, {"attempt": attempt.id, "run": attempt.grade_run_id}).all()
    known = bodies({row.revision_id for row in rows})
    return [_item(row, known[row.revision_id]) for row in rows]


def _item(row: Row[Any], body: dict[str, Any]) -> PaperItem:
    return PaperItem(
        id=row.id,
        position=row.position,
        section=row.section,
        body=body,
        layout=row.layout,
        marks=row.marks,
        response=row.response or {},
        flagged=row.flagged,
        fraction=row.fraction,
        earned=row.earned,
        parts=row.parts or {},
        treatment=row.treatment or Treatment.GRADED,
        certainty_mark=row.certainty_mark,
    )


def get_attempt_state(person_id: uuid.UUID, attempt_id: uuid.UUID) -> dict[str, Any]:
    """A candidate's own attempt as her browser follows it: no keys, no marks, no question of a forward-only paper
    that she has not reached. Two statements. Raises NotFound."""
    attempt = db.session.execute(
        select(
            Attempt.state,
            Attempt.deadline_at,
            Attempt.head_ordinal,
            Attempt.closed_through,
            Attempt.decisions,
            Attempt.allowance,
            Attempt.own_pauses,
            Attempt.own_pause_seconds,
            QuizRevision.settings,
        )
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(Attempt.id == attempt_id, Attempt.candidate_id == person_id)
    ).first()
    if attempt is None:
        raise NotFound
    rows = db.session.execute(
        select(
            AttemptItem.id,
            AttemptItem.section,
            AttemptItem.layout,
            AttemptItem.answer_ordinal,
            AttemptItem.flagged,
            ResponseEvent.body,
        )
        .outerjoin(
            ResponseEvent,
            (ResponseEvent.attempt_id == AttemptItem.attempt_id)
            & (ResponseEvent.ordinal == AttemptItem.answer_ordinal),
        )
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    ).all()
    settings = rules.QuizSettings.from_json(attempt.settings)
    ends = rules.step_ends(settings.navigation, [row.section for row in rows])
    _first, reached = rules.current_step(ends, attempt.closed_through)
    return {
        "state": attempt.state.value,
        "deadline_at": timestamp(attempt.deadline_at),
        "head": attempt.head_ordinal,
        "closed_through": attempt.closed_through,
        "decisions": attempt.decisions,
        "pauses_left": rules.pauses(settings, rules.Allowance.from_json(attempt.allowance)).after(
            attempt.own_pauses, attempt.own_pause_seconds
        ),
        "items": [
            {
                "id": str(row.id),
                "ordinal": row.answer_ordinal or 0,
                "flagged": row.flagged,
                "response": outward(row.body or {}, row.layout),
            }
            for row in rows[:reached]
        ],
    }


def list_events(attempt_id: uuid.UUID) -> list[ResponseEvent]:
    """Everything that was ever sent in an attempt, in order. One statement."""
    return list(
        db.session.scalars(select(ResponseEvent).filter_by(attempt_id=attempt_id).order_by(ResponseEvent.ordinal))
    )


def answers_as_of(attempt_id: uuid.UUID, ordinal: int) -> tuple[dict[uuid.UUID, Any], dict[uuid.UUID, bool]]:
    """The answers and flags that a page rendered at this ordinal showed. One statement."""
    answers: dict[uuid.UUID, Any] = {}
    flags: dict[uuid.UUID, bool] = {}
    rows = db.session.execute(
        select(ResponseEvent.item_id, ResponseEvent.kind, ResponseEvent.body)
        .where(
            ResponseEvent.attempt_id == attempt_id,
            ResponseEvent.ordinal <= ordinal,
            ResponseEvent.late.is_(False),
            ResponseEvent.superseded.is_(False),
        )
        .order_by(ResponseEvent.ordinal)
    )
    for row in rows:
        if row.kind is EventKind.FLAG:
            flags[row.item_id] = bool((row.body or {}).get("flagged"))
        else:
            answers[row.item_id] = row.body or {}
    return answers, flags
