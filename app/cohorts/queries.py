"""Reading programmes, cohorts and where their people stand."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.cohorts import policies, rules
from app.cohorts.models import (
    Cohort,
    Membership,
    MembershipState,
    Programme,
    ProgrammeCompletion,
    ProgrammeRevision,
)
from app.core.access import Actor, Role
from app.core.database import db
from app.core.errors import NotAllowed, NotFound
from app.core.text import Bilingual
from app.courses import queries as courses
from app.courses.models import Course, CourseCompletion, CourseRevision
from app.quizzes import queries as quizzes

#: The context of a certification examination's attempts: a membership.
EXAM_CONTEXT = "membership"
STAFF = (Role.REGISTRAR, Role.ADMINISTRATOR, Role.INSTRUCTOR, Role.CERTIFIER)

COHORT_LOADED = (
    joinedload(Cohort.programme_revision),
    joinedload(Cohort.organisation),
    joinedload(Cohort.programme),
)


def get_cohort_for(actor: Actor, cohort_id: uuid.UUID) -> Cohort:
    """A cohort the actor may see. Raises NotFound for every other."""
    cohort = db.session.scalar(select(Cohort).options(*COHORT_LOADED).where(Cohort.id == cohort_id))
    if cohort is None or not policies.can_see_cohort(actor, cohort):
        raise NotFound
    return cohort


def get_managed_cohort(actor: Actor, cohort_id: uuid.UUID) -> Cohort:
    """A cohort the actor may manage. Raises NotFound when unseen, NotAllowed when only seen."""
    cohort = get_cohort_for(actor, cohort_id)
    if not policies.can_manage_cohort(actor, cohort):
        raise NotAllowed
    return cohort


def find_cohort_by_code(code: str) -> Cohort | None:
    """The cohort that a join code opens, while joining is open."""
    return db.session.scalar(
        select(Cohort)
        .options(*COHORT_LOADED)
        .where(Cohort.join_code == rules.normalise_join_code(code), Cohort.joining_open)
    )


@dataclass(frozen=True, slots=True)
class CohortSummary:
    """A cohort in a list, with how many people stand where."""

    cohort: Cohort
    counts: Counter[MembershipState]

    @property
    def people(self) -> int:
        return self.counts[MembershipState.ACTIVE] + self.counts[MembershipState.COMPLETED]


def list_cohorts(actor: Actor) -> list[CohortSummary]:
    """Every cohort of the organisations where the actor is staff, newest first: two statements."""
    where = actor.organisations(*STAFF)
    statement = select(Cohort).options(*COHORT_LOADED).order_by(Cohort.starts_on.desc(), Cohort.name)
    if where is not None:
        statement = statement.where(Cohort.organisation_id.in_(where))
    cohorts = db.session.scalars(statement).all()
    counts: dict[uuid.UUID, Counter[MembershipState]] = {cohort.id: Counter() for cohort in cohorts}
    rows = db.session.execute(
        select(Membership.cohort_id, Membership.state, func.count())
        .where(Membership.cohort_id.in_(counts))
        .group_by(Membership.cohort_id, Membership.state)
    )
    for cohort_id, state, count in rows:
        counts[cohort_id][state] = count
    return [CohortSummary(cohort, counts[cohort.id]) for cohort in cohorts]


def list_programmes() -> Sequence[Programme]:
    """Every programme with its present revision."""
    return db.session.scalars(
        select(Programme)
        .options(joinedload(Programme.current_revision), joinedload(Programme.organisation))
        .order_by(Programme.key)
    ).all()


def get_programme(key: str) -> Programme:
    """Raises NotFound."""
    programme = db.session.scalar(
        select(Programme)
        .options(joinedload(Programme.current_revision), joinedload(Programme.organisation))
        .where(Programme.key == key)
    )
    if programme is None:
        raise NotFound
    return programme


@dataclass(frozen=True, slots=True)
class Place:
    """One person's place in a programme: the membership and everything a page says about it."""

    membership: Membership
    demands: rules.Demands
    courses: Mapping[str, rules.CourseState]
    exam: rules.ExamState
    progress: rules.Progress
    stuck: rules.Stuck | None


def _course_states(
    person_ids: Sequence[uuid.UUID], keys: Iterable[str]
) -> dict[uuid.UUID, dict[str, rules.CourseState]]:
    """Every person's state in every course: a constant number of statements."""
    ids = courses.course_ids(keys)
    standings = courses.standing_of(person_ids, list(ids.values()))
    found: dict[uuid.UUID, dict[str, rules.CourseState]] = {}
    for person_id in person_ids:
        states = found.setdefault(person_id, {})
        for key, course_id in ids.items():
            standing = standings.get((person_id, course_id))
            if standing is None:
                continue
            states[key] = rules.CourseState(
                key=key,
                enrolled=True,
                completed_at=standing.completed_at,
                hours=standing.hours or Decimal(0),
                progress=float(standing.share),
                exam_passed=standing.exam_passed,
                last_activity_at=standing.last_activity_at,
            )
    return found


def places(memberships: Sequence[Membership], now: datetime) -> list[Place]:
    """Where each membership stands; constant in the number of memberships.

    The memberships come with their cohort and its programme revision loaded.
    """
    person_ids = list({membership.person_id for membership in memberships})
    demands = {
        membership.id: rules.Demands.of(membership.cohort.programme_revision.body, membership.cycle)
        for membership in memberships
    }
    states = _course_states(person_ids, {key for demand in demands.values() for key in demand.courses})
    outcomes = exam_outcomes(memberships)
    found = []
    for membership in memberships:
        demand = demands[membership.id]
        mine = rules.counted(states.get(membership.person_id, {}), membership.counts_from)
        outcome = outcomes.get(membership.id)
        exam = (
            rules.ExamState(
                outcome.percent,
                outcome.passed,
                outcome.attempts_used,
                outcome.is_shown(now),
                outcome.stated_percent,
            )
            if outcome
            else rules.ExamState()
        )
        progress = rules.assess(demand, mine, exam, declared=membership.declared_at is not None)
        stuck = None
        if membership.state is MembershipState.ACTIVE:
            stuck = rules.stuck_reason(progress, mine, exam, joined_at=membership.created_at, now=now)
        found.append(Place(membership, demand, mine, exam, progress, stuck))
    return found


def coming_exam(place: Place, now: datetime) -> quizzes.QuizRules | None:
    """The certification examination as its rules hold now, when it is what its candidate has to do next."""
    membership = place.membership
    quiz_id = membership.cohort.programme_revision.quiz_of(membership.cycle)
    if quiz_id is None or place.progress.step is not rules.Step.CERTIFICATION_EXAM:
        return None
    return quizzes.rules_view(quiz_id, membership.person_id, (EXAM_CONTEXT, membership.id), now)


def exam_outcomes(memberships: Sequence[Membership]) -> dict[uuid.UUID, quizzes.QuizOutcome]:
    """The examination of each membership: one statement, two where there are renewals.

    A first cycle takes its attempts along when it moves to another cohort; a renewal counts its own only.
    """
    found: dict[uuid.UUID, quizzes.QuizOutcome] = {}
    for renewals in (False, True):
        chosen = [one for one in memberships if (one.cycle > 1) is renewals]
        quiz_ids = {quiz_id for one in chosen if (quiz_id := one.cohort.programme_revision.quiz_of(one.cycle))}
        if not quiz_ids:
            continue
        outcomes = quizzes.results_of(
            {one.person_id for one in chosen},
            quiz_ids,
            context_type=EXAM_CONTEXT,
            context_ids=[one.id for one in chosen] if renewals else None,
        )
        for one in chosen:
            quiz_id = one.cohort.programme_revision.quiz_of(one.cycle)
            if quiz_id and (one.person_id, quiz_id) in outcomes:
                found[one.id] = outcomes[one.person_id, quiz_id]
    return found


def _loaded_memberships() -> Any:
    return (
        select(Membership)
        .join(Membership.cohort)
        .join(Cohort.programme_revision)
        .options(
            contains_eager(Membership.cohort).contains_eager(Cohort.programme_revision),
            joinedload(Membership.cohort, Cohort.organisation),
            joinedload(Membership.cohort, Cohort.programme),
            joinedload(Membership.person),
        )
    )


def list_memberships(cohort_id: uuid.UUID) -> Sequence[Membership]:
    """Everybody of a cohort, also those who left, with their people."""
    found: Sequence[Membership] = db.session.scalars(
        _loaded_memberships().where(Membership.cohort_id == cohort_id).order_by(Membership.created_at)
    ).all()
    return found


def list_active_memberships(cohort_ids: Sequence[uuid.UUID]) -> Sequence[Membership]:
    """The active memberships of several cohorts: one statement."""
    found: Sequence[Membership] = db.session.scalars(
        _loaded_memberships().where(
            Membership.cohort_id.in_(cohort_ids), Membership.state == MembershipState.ACTIVE
        )
    ).all()
    return found


def memberships_of(person_id: uuid.UUID) -> Sequence[Membership]:
    """A person's own memberships, newest first."""
    found: Sequence[Membership] = db.session.scalars(
        _loaded_memberships().where(Membership.person_id == person_id).order_by(Membership.created_at.desc())
    ).all()
    return found


def get_membership_for(actor: Actor, membership_id: uuid.UUID) -> Membership:
    """A membership of the actor herself, or of a cohort she is staff of. Raises NotFound."""
    membership: Membership | None = db.session.scalar(_loaded_memberships().where(Membership.id == membership_id))
    if membership is None or not (
        policies.can_study(actor, membership) or policies.can_see_cohort(actor, membership.cohort)
    ):
        raise NotFound
    return membership


@dataclass(frozen=True, slots=True)
class CourseEvidence:
    """A completed course as a certificate states it."""

    key: str
    title: Bilingual
    hours: Decimal
    completed_at: datetime
    revision_digest: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a certificate of a completed programme rests on."""

    membership_id: uuid.UUID
    person_id: uuid.UUID
    programme_id: uuid.UUID
    programme_key: str
    programme_title: Bilingual
    programme_level: Bilingual
    programme_digest: str
    example: bool
    cycle: int
    awarding_organisation_id: uuid.UUID
    awarding_organisation: Bilingual
    training_organisation_id: uuid.UUID
    training_organisation: Bilingual
    cohort_name: str
    hours: Decimal
    courses: tuple[CourseEvidence, ...]
    exam_title: Bilingual
    exam_percent: Decimal | None
    exam_pass_mark: Decimal
    quiz_revision_digest: str | None
    grade_run_id: str | None
    completed_at: datetime
    certificate: Mapping[str, Any]
    #: False: the examination's review matrix hides the percentage at some time, so that no document states it.
    percent_is_stated: bool = True

    @property
    def stated_percent(self) -> Decimal | None:
        """The percentage as far as a document may state it."""
        return self.exam_percent if self.percent_is_stated else None


def has_completed(membership_id: uuid.UUID) -> bool:
    """Has the programme been completed in this membership?"""
    return bool(db.session.scalar(select(exists().where(ProgrammeCompletion.membership_id == membership_id))))


def completion_evidence(membership_id: uuid.UUID) -> Evidence:
    """What the completion of a membership rests on, from its frozen record. Raises NotFound."""
    row = db.session.execute(
        select(ProgrammeCompletion, ProgrammeRevision, Programme, Cohort)
        .join(ProgrammeRevision, ProgrammeRevision.id == ProgrammeCompletion.programme_revision_id)
        .join(Programme, Programme.id == ProgrammeCompletion.programme_id)
        .join(Membership, Membership.id == ProgrammeCompletion.membership_id)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .options(joinedload(Programme.organisation), joinedload(Cohort.organisation))
        .where(ProgrammeCompletion.membership_id == membership_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    completion, revision, programme, cohort = row
    demands = rules.Demands.of(revision.body, completion.cycle)
    basis = completion.basis
    return Evidence(
        membership_id=membership_id,
        person_id=completion.person_id,
        programme_id=programme.id,
        programme_key=programme.key,
        programme_title=demands.title,
        programme_level=demands.level,
        programme_digest=revision.digest,
        example=demands.example,
        cycle=completion.cycle,
        awarding_organisation_id=programme.organisation_id,
        awarding_organisation=programme.organisation.name,  # type: ignore[arg-type]
        training_organisation_id=cohort.organisation_id,
        training_organisation=cohort.organisation.name,  # type: ignore[arg-type]
        cohort_name=cohort.name,
        hours=completion.hours,
        courses=tuple(_course_evidence(item) for item in basis["courses"]),
        exam_title=demands.exam_title,
        exam_percent=completion.exam_percent,
        exam_pass_mark=demands.exam_pass_mark,
        quiz_revision_digest=basis["quiz_revision_digest"],
        grade_run_id=basis["grade_run_id"],
        completed_at=completion.completed_at,
        certificate=demands.certificate,
        percent_is_stated=basis.get("percent_is_stated", True),
    )


def _course_evidence(item: Mapping[str, Any]) -> CourseEvidence:
    """A course as a completion's frozen record has it."""
    return CourseEvidence(
        key=item["key"],
        title=item["title"],
        hours=Decimal(item["hours"]),
        completed_at=datetime.fromisoformat(item["completed_at"]),
        revision_digest=item["revision_digest"],
        as_of=date.fromisoformat(item["as_of"]) if item["as_of"] else None,
    )


@dataclass(frozen=True, slots=True)
class PresentRecord:
    """What the record of a completed membership says now, after whatever regrades there were."""

    complete: bool
    #: Of the certification examination, as far as a certificate may state it; None without one.
    stated_percent: Decimal | None
    grade_run_id: str | None
    quiz_revision_digest: str | None
    #: Titles of what is not passed any more.
    missing: tuple[Bilingual, ...]


def present_record(membership_id: uuid.UUID, now: datetime) -> PresentRecord:
    """The demands of a completed programme held against the results as they count now. Raises NotFound."""
    membership = db.session.scalar(_loaded_memberships().where(Membership.id == membership_id))
    if membership is None:
        raise NotFound
    place = places([membership], now)[0]
    states = {
        key: replace(state, completed_at=None) if state.exam_passed is False else state
        for key, state in place.courses.items()
    }
    lost = [key for key, state in place.courses.items() if state.done and not states[key].done]
    titles = courses.titles_of(lost)
    missing = [titles[key] for key in lost]
    if place.demands.exam_key is not None and not place.exam.passed:
        missing.append(place.demands.exam_title)
    outcome = exam_outcomes([membership]).get(membership.id)
    declared = membership.declared_at is not None
    return PresentRecord(
        complete=rules.assess(place.demands, states, place.exam, declared=declared).complete,
        stated_percent=place.exam.stated_percent,
        grade_run_id=str(outcome.grade_run_id) if outcome else None,
        quiz_revision_digest=outcome.quiz_revision_digest if outcome else None,
        missing=tuple(missing),
    )


def transfer_targets(actor: Actor, cohort: Cohort) -> Sequence[Cohort]:
    """Other cohorts of the same programme that the actor manages."""
    statement = (
        select(Cohort)
        .where(Cohort.programme_id == cohort.programme_id, Cohort.id != cohort.id)
        .order_by(Cohort.starts_on.desc())
    )
    where = actor.organisations(Role.REGISTRAR, Role.ADMINISTRATOR)
    if where is not None:
        statement = statement.where(Cohort.organisation_id.in_(where))
    return db.session.scalars(statement).all()


def course_titles(cohort: Cohort, cycle: int = 1) -> dict[str, Bilingual]:
    """The courses that a cohort's programme demands in a cycle, key → title, compulsory first."""
    return courses.titles_of(rules.Demands.of(cohort.programme_revision.body, cycle).courses)


@dataclass(frozen=True, slots=True)
class ProgrammePage:
    """A programme as its public page shows it."""

    programme: Programme
    revision: ProgrammeRevision
    demands: rules.Demands
    courses: dict[str, Bilingual]


def programme_page(key: str) -> ProgrammePage:
    """Raises NotFound for an unknown programme or one without a revision."""
    programme = get_programme(key)
    revision = programme.current_revision
    if revision is None:
        raise NotFound
    demands = rules.Demands.of(revision.body)
    return ProgrammePage(programme, revision, demands, courses.titles_of(demands.courses))


def course_basis(person_id: uuid.UUID, keys: Collection[str], since: datetime | None) -> list[dict[str, Any]]:
    """The completed courses that a programme's completion rests on, as JSON: one statement.

    Of a course studied more than once the last completion; ``since`` leaves out earlier ones.
    """
    statement = (
        select(Course.key, CourseRevision, CourseCompletion)
        .join(CourseCompletion, CourseCompletion.course_id == Course.id)
        .join(CourseRevision, CourseRevision.id == CourseCompletion.course_revision_id)
        .where(CourseCompletion.person_id == person_id, Course.key.in_(keys))
        .order_by(CourseCompletion.completed_at, Course.key)
    )
    if since is not None:
        statement = statement.where(CourseCompletion.completed_at >= since)
    last = {
        key: {
            "key": key,
            "title": revision.outline["course"]["title"],
            "hours": str(completion.hours),
            "completed_at": completion.completed_at.isoformat(),
            "revision_digest": revision.digest,
            "revision_number": revision.number,
            "as_of": revision.as_of.isoformat(),
        }
        for key, revision, completion in db.session.execute(statement)
    }
    return sorted(last.values(), key=lambda item: (item["completed_at"], item["key"]))
