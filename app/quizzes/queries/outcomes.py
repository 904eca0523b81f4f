"""Reads over many sittings: outcomes, rules before Start, statistics, the bank."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, ScalarSelect, Select, and_, func, or_, select

from app.core.database import db
from app.core.errors import NotFound
from app.core.text import Bilingual
from app.quizzes import rules
from app.quizzes.accommodations.queries import allowance_of
from app.quizzes.models import (
    GRADE_COUNTS,
    RESULT_COUNTS,
    Attempt,
    AttemptResult,
    AttemptState,
    Grade,
    Question,
    QuestionRevision,
    Quiz,
    QuizRevision,
)


@dataclass(frozen=True, slots=True)
class QuizOutcome:
    """What one person achieved in one quiz, over all her attempts that count."""

    person_id: uuid.UUID
    quiz_id: uuid.UUID
    attempts_used: int
    #: By the score kept (``rules.keep``); None while nothing is graded. Attempt, run and revision are those of the
    #: attempt that stands for it.
    percent: Decimal | None
    passed: bool
    attempt_id: uuid.UUID | None
    grade_run_id: uuid.UUID | None
    quiz_revision_id: uuid.UUID | None
    quiz_revision_digest: str
    submitted_at: datetime | None
    #: An attempt that runs now.
    running_attempt_id: uuid.UUID | None
    #: The rules under which the attempt was sat that stands for the result; None while nothing is graded.
    settings: rules.QuizSettings | None = None

    def is_shown(self, now: datetime) -> bool:
        """May the candidate see percentage and outcome now? Others are not bound by the review matrix."""
        if self.settings is None or self.submitted_at is None:
            return True
        return self.settings.shown(self.submitted_at, now).percentage

    @property
    def stated_percent(self) -> Decimal | None:
        """The percentage as far as a document may state it."""
        return self.percent if self.settings and self.settings.review.stated else None


@dataclass(frozen=True, slots=True)
class QuizRules:
    """What a candidate reads before she starts."""

    quiz_id: uuid.UUID
    title: Bilingual | dict[str, Any]
    settings: rules.QuizSettings
    questions: int
    #: How many of them stand in each of the quiz's sections.
    questions_by_section: list[int]
    standing: rules.Standing
    running_attempt_id: uuid.UUID | None
    #: What she was granted beyond the published rules; ``settings`` are those that hold for her.
    allowance: rules.Allowance
    #: How long she has, in whole minutes.
    minutes: int
    #: Attempts that ended so far, void ones too, the newest first.
    results: list["PastAttempt"]

    @property
    def pauses(self) -> rules.Pauses:
        """The pauses she may take by herself."""
        return rules.pauses(self.settings, self.allowance)

    @property
    def passed(self) -> "PastAttempt | None":
        """Her best attempt that passed, as far as she may know."""
        known = [past for past in self.results if past.passed and past.shown and not past.voided]
        return max(known, key=lambda past: past.percent or 0, default=None)

    @property
    def full_time_until(self) -> datetime | None:
        """Whose time begins later has less of it, because the window closes; None where it does not close."""
        closes_at = self.settings.closes_at
        return closes_at - timedelta(minutes=self.minutes) if closes_at else None


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """A finished attempt in a list."""

    attempt_id: uuid.UUID
    number: int
    submitted_at: datetime
    percent: Decimal | None
    passed: bool
    #: May the candidate see percentage and outcome?
    shown: bool = True
    #: It counts for nothing, and uses up no attempt; its page says why.
    voided: bool = False


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """How a question revision fared in applied runs."""

    question_revision_id: uuid.UUID
    times_asked: int
    times_answered: int
    #: Mean share of its marks, 0 to 1.
    facility: Decimal


def get_quiz_revision(quiz_id: uuid.UUID) -> QuizRevision:
    """The revision that is published now. Raises NotFound."""
    revision = db.session.scalar(
        select(QuizRevision).join(Quiz, Quiz.current_revision_id == QuizRevision.id).where(Quiz.id == quiz_id)
    )
    if revision is None:
        raise NotFound
    return revision


def questions_by_key(keys: Collection[str]) -> dict[str, QuestionRevision]:
    """The present revisions of questions, by key; unknown keys are left out. One statement."""
    rows = db.session.execute(
        select(Question.key, QuestionRevision)
        .join(QuestionRevision, QuestionRevision.id == Question.current_revision_id)
        .where(Question.key.in_(keys))
    )
    return {row.key: row.QuestionRevision for row in rows}


def question_revisions(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, QuestionRevision]:
    """Question revisions by identifier. One statement."""
    return {
        row.id: row for row in db.session.scalars(select(QuestionRevision).where(QuestionRevision.id.in_(ids)))
    }


def results_of(
    person_ids: "Collection[uuid.UUID] | ScalarSelect[uuid.UUID]",
    quiz_ids: Collection[uuid.UUID],
    context_type: str | None = None,
    context_ids: "Collection[uuid.UUID] | ScalarSelect[uuid.UUID] | None" = None,
) -> dict[tuple[uuid.UUID, uuid.UUID], QuizOutcome]:
    """Outcomes by (person, quiz), of those who have started at all. One statement; voided attempts are out."""
    statement = (
        _sat(
            Attempt.candidate_id,
            Attempt.quiz_id,
            Attempt.quiz_revision_id,
            Attempt.grade_run_id,
            QuizRevision.digest,
        )
        .where(
            Attempt.candidate_id.in_(person_ids),
            Attempt.quiz_id.in_(quiz_ids),
            Attempt.state != AttemptState.VOIDED,
        )
        .order_by(Attempt.candidate_id, Attempt.quiz_id, Attempt.started_at, Attempt.number)
    )
    if context_type is not None:
        statement = statement.where(Attempt.context_type == context_type)
    if context_ids is not None:
        statement = statement.where(Attempt.context_id.in_(context_ids))
    attempts: dict[tuple[uuid.UUID, uuid.UUID], list[Any]] = {}
    for row in db.session.execute(statement):
        attempts.setdefault((row.candidate_id, row.quiz_id), []).append(row)
    return {key: _outcome(rows) for key, rows in attempts.items()}


def _sat(*columns: Any) -> Select[Any]:
    """These columns of attempts, with how each ended and the rules under which it was sat."""
    ended = Attempt.id, Attempt.state, Attempt.submitted_at, AttemptResult.percent, AttemptResult.passed
    return (
        select(*ended, QuizRevision.settings, *columns)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .outerjoin(AttemptResult, RESULT_COUNTS)
    )


def _outcome(rows: list[Any]) -> QuizOutcome:
    """The outcome of one person's attempts, in their order, by what the last graded one's revision keeps."""
    graded = [row for row in rows if row.percent is not None]
    result, score, sat = None, None, None
    if graded:
        settings = rules.QuizSettings.from_json(graded[-1].settings)
        scores = [rules.Score(row.percent, bool(row.passed)) for row in graded]
        place, score = rules.keep(settings.score_kept, scores, settings.pass_mark)
        result = graded[place]
        sat = rules.QuizSettings.from_json(result.settings)
    running = [row.id for row in rows if row.state.is_open]
    return QuizOutcome(
        person_id=rows[0].candidate_id,
        quiz_id=rows[0].quiz_id,
        attempts_used=sum(row.state is not AttemptState.WAITING for row in rows),
        percent=score.percent if score else None,
        passed=score is not None and score.passed,
        attempt_id=result.id if result else None,
        grade_run_id=result.grade_run_id if result else None,
        quiz_revision_id=result.quiz_revision_id if result else None,
        quiz_revision_digest=result.digest if result else "",
        submitted_at=(result or rows[-1]).submitted_at,
        running_attempt_id=running[-1] if running else None,
        settings=sat,
    )


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A sitting that its candidate can go on with."""

    attempt_id: uuid.UUID
    title: dict[str, Any]
    deadline_at: datetime
    #: Does her time run? It does not while she waits to be let in, or while it stands still.
    runs: bool


def under_way(person_id: uuid.UUID, now: datetime) -> list[UnderWay]:
    """Somebody's sittings that have not ended, the first to end first. One statement."""
    rows = db.session.execute(
        select(Attempt.id, Attempt.state, Attempt.deadline_at, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Attempt.quiz_revision_id)
        .where(
            Attempt.candidate_id == person_id,
            or_(
                Attempt.state.in_((AttemptState.WAITING, AttemptState.PAUSED)),
                and_(Attempt.state == AttemptState.IN_PROGRESS, Attempt.cutoff_at >= now),
            ),
        )
        .order_by(Attempt.deadline_at)
    )
    return [UnderWay(row.id, row.title, row.deadline_at, row.state is AttemptState.IN_PROGRESS) for row in rows]


def rules_view(
    quiz_id: uuid.UUID, person_id: uuid.UUID, context: tuple[str, uuid.UUID], now: datetime
) -> QuizRules:
    """What stands on the page before Start, for one candidate in one context. Three statements. NotFound."""
    revision = get_quiz_revision(quiz_id)
    allowance = allowance_of(person_id, quiz_id, context)
    settings = rules.granted(rules.QuizSettings.from_json(revision.settings), allowance)
    listed = _attempts_in(person_id, quiz_id, context)
    attempts = [row for row in listed if row.state is not AttemptState.VOIDED]
    running = next(
        (
            row.id
            for row in attempts
            if row.state.is_open and (row.state is not AttemptState.IN_PROGRESS or now <= row.cutoff_at)
        ),
        None,
    )
    ended = [row.submitted_at or row.deadline_at for row in attempts if row.id != running]
    picks = [(pool.get("section", 0), pool["pick"]) for pool in revision.pools]
    return replace(
        rules_untried(quiz_id, revision.title, settings, picks, now),
        standing=rules.standing(settings, ended, now),
        running_attempt_id=running,
        allowance=allowance,
        minutes=settings.minutes + rules.extra_seconds(settings, allowance) // 60,
        results=[
            PastAttempt(
                row.id,
                row.number,
                row.submitted_at,
                row.percent,
                bool(row.passed),
                rules.QuizSettings.from_json(row.settings).shown(row.submitted_at, now).percentage,
                row.state is AttemptState.VOIDED,
            )
            for row in listed
            if row.submitted_at is not None
        ],
    )


def rules_untried(
    quiz_id: uuid.UUID,
    title: Bilingual | dict[str, Any],
    settings: rules.QuizSettings,
    picks: Sequence[tuple[int, int]],
    now: datetime,
) -> QuizRules:
    """The same for somebody who has neither tried nor been granted anything: of a quiz not yet published, too.

    ``picks``: section and number of questions of each pool.
    """
    return QuizRules(
        quiz_id=quiz_id,
        title=title,
        settings=settings,
        questions=sum(pick for _section, pick in picks),
        questions_by_section=[
            sum(pick for place, pick in picks if place == section)
            for section in range(len(settings.sections) or 1)
        ],
        standing=rules.standing(settings, [], now),
        running_attempt_id=None,
        allowance=rules.Allowance(),
        minutes=settings.minutes,
        results=[],
    )


def _attempts_in(person_id: uuid.UUID, quiz_id: uuid.UUID, context: tuple[str, uuid.UUID]) -> Sequence[Row[Any]]:
    """One candidate's attempts in one context, the newest first."""
    return db.session.execute(
        _sat(Attempt.number, Attempt.cutoff_at, Attempt.deadline_at)
        .where(
            Attempt.candidate_id == person_id,
            Attempt.quiz_id == quiz_id,
            Attempt.context_type == context[0],
            Attempt.context_id == context[1],
        )
        .order_by(Attempt.number.desc())
    ).all()


def question_statistics(revision_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, QuestionStatistics]:
    """How question revisions fared in the results that count; those never asked are left out. One statement."""
    rows = db.session.execute(
        select(
            Grade.question_revision_id,
            func.count().label("asked"),
            func.count(Grade.event_ordinal).label("answered"),
            func.sum(Grade.fraction).label("sum"),
        )
        .join(Attempt, GRADE_COUNTS)
        .where(Grade.question_revision_id.in_(revision_ids), Attempt.state != AttemptState.VOIDED)
        .group_by(Grade.question_revision_id)
    )
    return {
        row.question_revision_id: QuestionStatistics(
            question_revision_id=row.question_revision_id,
            times_asked=row.asked,
            times_answered=row.answered,
            facility=Decimal(row.sum) / row.asked,
        )
        for row in rows
    }


def overdue_attempts(now: datetime, limit: int = 200) -> list[uuid.UUID]:
    """Running attempts whose time and grace are over, the longest overdue first."""
    return list(
        db.session.scalars(
            select(Attempt.id)
            .where(Attempt.state == AttemptState.IN_PROGRESS, Attempt.cutoff_at < now)
            .order_by(Attempt.cutoff_at)
            .limit(limit)
        )
    )


def overdue_pauses(now: datetime, limit: int = 200) -> list[uuid.UUID]:
    """Attempts that stand still by their candidates' wish though those pauses are over."""
    return list(
        db.session.scalars(
            select(Attempt.id)
            .where(Attempt.state == AttemptState.PAUSED, Attempt.pause_ends_at <= now)
            .order_by(Attempt.pause_ends_at)
            .limit(limit)
        )
    )
