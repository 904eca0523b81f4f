"""Who is expected at an examination and has not begun it: as the packages above know the candidates, with what the
rules and what was granted say about each."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select

from app.accounts.models import Person, PersonState
from app.core.database import db
from app.organisations.models import Organisation
from app.quizzes import registry, rules
from app.quizzes.accommodations.queries import Context, allowances_of
from app.quizzes.invigilation.rules import LOCKED, SHOWN_FOR, Bar, Note
from app.quizzes.models import RESULT_COUNTS, Attempt, AttemptResult, AttemptState, Quiz, QuizRevision

#: Values in one statement.
BATCH: Final = 10_000


@dataclass(frozen=True, slots=True)
class Absence:
    """A candidate who has not begun. Moments; the page makes words of them."""

    candidate_id: uuid.UUID
    organisation_id: uuid.UUID | None
    organisation: dict[str, str] | None
    name: str
    student_number: str
    #: Her cohort, where she sits it for one.
    group: str
    bar: Bar
    #: From when she may begin, where the bar ends by itself.
    next_start: datetime | None
    #: Note → minutes, a number, or seconds since 1970.
    notes: dict[str, int]

    @property
    def is_expected(self) -> bool:
        """Does anybody wait for her?"""
        return self.bar not in LOCKED

    @property
    def rank(self) -> int:
        """Her place in the list: first who could begin now."""
        return list(Bar).index(self.bar)

    def as_json(self) -> list[Any]:
        """A row, as ``Seat.as_json``."""
        return [
            str(self.candidate_id),
            self.name,
            self.student_number,
            self.organisation,
            self.group,
            self.bar.value,
            int(self.next_start.timestamp()) if self.next_start else None,
            list(self.notes.items()),
            self.rank,
            int(self.is_expected),
        ]


@dataclass(frozen=True, slots=True)
class _Sat:
    """An attempt that counts: when it ended (None: it has not), and whether it is graded."""

    ended_at: datetime | None
    graded: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is to sit an examination, has not passed it and waits for no result, whether she has begun or not: who
    sits is on the seats of the same page."""

    people: list[Absence]
    #: What candidates and those who sit it belong to, by their context.
    groups: Mapping[Context, str]


NOBODY: Final = Expected([], {})


def read_expected(key: str, now: datetime) -> Expected:
    """The same number of statements for any number of people (but for those past ``BATCH``)."""
    quiz = db.session.execute(
        select(Quiz.id, QuizRevision.settings)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .where(Quiz.key == key)
    ).first()
    if quiz is None:
        return NOBODY
    candidates = registry.candidates_of(quiz.id)
    sat = _sat(quiz.id)
    groups = {each.context: each.group for each in candidates}
    groups |= registry.groups_of(_recent(sat, now) - groups.keys())
    if not candidates:
        return Expected([], groups)
    settings = rules.QuizSettings.from_json(quiz.settings)
    granted = allowances_of(quiz.id, candidates)
    people = _people([each.person_id for each in candidates])
    found: dict[uuid.UUID, Absence] = {}
    for each in candidates:
        earlier = sat.get(each.context, [])
        waits = bool(earlier) and earlier[-1].ended_at is not None and not earlier[-1].graded
        if each.person_id in people and not waits:
            allowance = granted.get(each.context, rules.Allowance())
            ended = [one.ended_at or now for one in earlier]
            standing = rules.standing(rules.granted(settings, allowance), ended, now)
            absence = _absence(people[each.person_id], each, standing, _notes(settings, allowance, len(ended)))
            known = found.get(each.person_id)  # in two cohorts at once: where she may begin
            if known is None or absence.rank < known.rank:
                found[each.person_id] = absence
    return Expected(list(found.values()), groups)


def _recent(sat: Mapping[Context, Sequence["_Sat"]], now: datetime) -> set[Context]:
    """Where somebody sits, or sat within the last day."""
    return {
        context
        for context, attempts in sat.items()
        if (ended := attempts[-1].ended_at) is None or ended > now - SHOWN_FOR
    }


def _sat(quiz_id: uuid.UUID) -> dict[Context, list[_Sat]]:
    rows = db.session.execute(
        select(
            Attempt.context_type,
            Attempt.context_id,
            Attempt.submitted_at,
            AttemptResult.attempt_id.is_not(None).label("graded"),
        )
        .outerjoin(AttemptResult, RESULT_COUNTS)
        .where(Attempt.quiz_id == quiz_id, Attempt.state != AttemptState.VOIDED)
        .order_by(Attempt.number)
    )
    found: dict[Context, list[_Sat]] = {}
    for row in rows:
        found.setdefault((row.context_type, row.context_id), []).append(_Sat(row.submitted_at, row.graded))
    return found


def _people(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """Those of them who have an account, by identifier."""
    found: dict[uuid.UUID, Any] = {}
    for at in range(0, len(ids), BATCH):
        rows = db.session.execute(
            select(
                Person.id,
                Person.name,
                Person.student_number,
                Person.organisation_id,
                Organisation.name.label("organisation"),
            )
            .outerjoin(Organisation, Organisation.id == Person.organisation_id)
            .where(
                Person.id.in_(ids[at : at + BATCH]), Person.state.in_((PersonState.INVITED, PersonState.ACTIVE))
            )
        )
        found |= {row.id: row for row in rows}
    return found


def _absence(
    person: Any, candidate: registry.Candidate, standing: rules.Standing, notes: dict[str, int]
) -> Absence:
    bar = Bar(standing.refusal.value) if standing.refusal else Bar.NONE
    return Absence(
        candidate_id=person.id,
        organisation_id=person.organisation_id,
        organisation=person.organisation,
        name=person.name,
        student_number=person.student_number or "",
        group=candidate.group,
        bar=bar if candidate.admitted else Bar.NOT_ADMITTED,
        next_start=standing.next_start if candidate.admitted else None,
        notes=notes,
    )


def _notes(settings: rules.QuizSettings, allowance: rules.Allowance, used: int) -> dict[str, int]:
    found = {
        Note.OPENS: int(allowance.opens_at.timestamp()) if allowance.opens_at else 0,
        Note.CLOSES: int(allowance.closes_at.timestamp()) if allowance.closes_at else 0,
        Note.MORE_TIME: round(rules.extra_seconds(settings, allowance) / 60),
        Note.PAUSES: allowance.pause_minutes,
        Note.ATTEMPTS: allowance.extra_attempts,
        Note.SAT_BEFORE: used,
    }
    return {note.value: value for note, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class ToCome:
    """An examination that candidates are to sit and nobody sits now."""

    key: str
    title: dict[str, str]


def list_to_come(organisations: Collection[uuid.UUID] | None, but: Collection[str]) -> list[ToCome]:
    """The examinations that people of these organisations (None: of any) are to sit, but for these keys, by key.
    One statement."""
    rows = db.session.execute(
        select(Quiz.key, QuizRevision.title)
        .join(QuizRevision, QuizRevision.id == Quiz.current_revision_id)
        .where(
            or_(*(Quiz.id.in_(chosen) for chosen in registry.quizzes_to_sit(organisations))), Quiz.key.not_in(but)
        )
        .order_by(Quiz.key)
    )
    return [ToCome(row.key, row.title) for row in rows]
