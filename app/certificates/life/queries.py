"""Read batches, what runs out, and what a change of law touches."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.certificates import policies
from app.certificates.life import rules
from app.certificates.life.models import (
    BatchState,
    DeltaAssignment,
    ExpiryReminder,
    IssueBatch,
    IssueBatchItem,
    Outcome,
)
from app.certificates.models import Certificate
from app.certificates.rules import CertificateState, CompletionClaims, DocumentKind, Snapshot
from app.cohorts import renewals
from app.cohorts.models import Cohort, Membership, Programme, ProgrammeCompletion
from app.core.access import Actor, Role
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.core.text import Bilingual
from app.courses import queries as courses
from app.courses.models import Course, CourseCompletion, CourseRevision, Enrolment
from app.jobs.models import Job, JobState
from app.library.models import LawChange

#: The jobs that work through batches.
JOB_KIND = "certificates.issue_batch"


def _due_in_cohorts() -> Select[Any]:
    """Completions of programmes that have no certificate yet."""
    return (
        select(ProgrammeCompletion)
        .join(Membership, Membership.id == ProgrammeCompletion.membership_id)
        .join(Programme, Programme.id == ProgrammeCompletion.programme_id)
        .where(
            ~exists().where(
                Certificate.person_id == ProgrammeCompletion.person_id,
                Certificate.kind == DocumentKind.COMPLETION,
                Certificate.subject_id == ProgrammeCompletion.programme_id,
                Certificate.cycle == ProgrammeCompletion.cycle,
            )
        )
    )


def due_in(cohort_id: uuid.UUID) -> Sequence[ProgrammeCompletion]:
    """The completions of one cohort whose certificate nobody has issued yet, in the order of completion."""
    return db.session.scalars(
        _due_in_cohorts().where(Membership.cohort_id == cohort_id).order_by(ProgrammeCompletion.completed_at)
    ).all()


@dataclass(frozen=True, slots=True)
class DueCohort:
    """A cohort some of whose members wait for their certificates to be issued."""

    cohort: Cohort
    due: int


def cohorts_with_due(actor: Actor) -> list[DueCohort]:
    """The cohorts of the bodies one certifies for in which certificates are due. One statement."""
    counted = (
        _due_in_cohorts()
        .with_only_columns(Membership.cohort_id, func.count().label("due"), maintain_column_froms=True)
        .group_by(Membership.cohort_id)
    )
    bodies = actor.organisations(Role.CERTIFIER)
    if bodies is not None:
        counted = counted.where(Programme.organisation_id.in_(bodies))
    found = counted.subquery()
    rows = db.session.execute(
        select(Cohort, found.c.due)
        .join(found, found.c.cohort_id == Cohort.id)
        .options(joinedload(Cohort.programme_revision), joinedload(Cohort.organisation))
        .order_by(Cohort.ends_on)
    )
    return [DueCohort(*row) for row in rows]


def get_cohort_to_certify(actor: Actor, cohort_id: uuid.UUID) -> Cohort:
    """A cohort whose awarding body the actor certifies for. Raises NotFound."""
    cohort = db.session.scalar(
        select(Cohort)
        .where(Cohort.id == cohort_id)
        .options(
            joinedload(Cohort.programme), joinedload(Cohort.programme_revision), joinedload(Cohort.organisation)
        )
    )
    if cohort is None or not actor.has_at(cohort.programme.organisation_id, Role.CERTIFIER):
        raise NotFound
    return cohort


def get_batch_for(actor: Actor, batch_id: uuid.UUID, *, lock: bool = False) -> IssueBatch:
    """A batch of a body whose certificates the actor keeps. Raises NotFound."""
    statement = select(IssueBatch).where(IssueBatch.id == batch_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    else:
        statement = statement.options(joinedload(IssueBatch.cohort).joinedload(Cohort.programme_revision))
    batch = db.session.scalar(statement)
    if batch is None or not actor.has_at(batch.organisation_id, *policies.KEEPERS):
        raise NotFound
    return batch


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch with how many of its people are where."""

    batch: IssueBatch
    counts: Counter[Outcome]

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def done(self) -> int:
        return self.total - self.counts[Outcome.WAITING]


def _lines(batches: Sequence[IssueBatch]) -> list[BatchLine]:
    counts: dict[uuid.UUID, Counter[Outcome]] = {batch.id: Counter() for batch in batches}
    rows = db.session.execute(
        select(IssueBatchItem.batch_id, IssueBatchItem.outcome, func.count())
        .where(IssueBatchItem.batch_id.in_(counts))
        .group_by(IssueBatchItem.batch_id, IssueBatchItem.outcome)
    )
    for batch_id, outcome, count in rows:
        counts[batch_id][outcome] = count
    return [BatchLine(batch, counts[batch.id]) for batch in batches]


def abandoned_batches() -> list[uuid.UUID]:
    """Batches under way that no job works on or will: their workers died too often."""
    running = db.session.scalars(select(IssueBatch.id).where(IssueBatch.state == BatchState.RUNNING)).all()
    if not running:
        return []
    jobs = db.session.scalars(
        select(Job.payload).where(Job.kind == JOB_KIND, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
    )
    worked_on = {payload["batch_id"] for payload in jobs}
    return [batch_id for batch_id in running if str(batch_id) not in worked_on]


def line_of(batch: IssueBatch) -> BatchLine:
    """One batch with its counts."""
    return _lines([batch])[0]


def list_batches(actor: Actor, limit: int = 50) -> list[BatchLine]:
    """The last batches of the bodies one keeps certificates for: two statements."""
    statement = (
        select(IssueBatch)
        .options(joinedload(IssueBatch.cohort).joinedload(Cohort.programme_revision))
        .order_by(IssueBatch.created_at.desc())
        .limit(limit)
    )
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        statement = statement.where(IssueBatch.organisation_id.in_(bodies))
    return _lines(db.session.scalars(statement).all())


def items_of(
    batch_id: uuid.UUID, page: int
) -> Page[tuple[IssueBatchItem, Person, Certificate | None, JobState | None]]:
    """Everybody of a batch with what became of her and of her file, those who need somebody first."""
    order = {Outcome.FAILED: 0, Outcome.BLOCKED: 1, Outcome.WAITING: 2, Outcome.AWAITING_NAMES: 3}
    ranks = [(IssueBatchItem.outcome == outcome, rank) for outcome, rank in order.items()]
    unfiled = (Job.state == JobState.FAILED) & Certificate.file_digest.is_(None)
    return paginate(
        select(IssueBatchItem, Person, Certificate, Job.state)
        .join(Person, Person.id == IssueBatchItem.person_id)
        .outerjoin(Certificate, Certificate.id == IssueBatchItem.certificate_id)
        .outerjoin(Job, Job.id == Certificate.render_job_id)
        .where(IssueBatchItem.batch_id == batch_id)
        .order_by(case(*ranks, (unfiled, 1), else_=4), Person.name, IssueBatchItem.id),
        page=page,
        scalars=False,
    )


@dataclass(frozen=True, slots=True)
class Expiring:
    """A certificate whose result runs out."""

    certificate: Certificate
    person: Person
    days_left: int
    #: Days of the last reminder that was sent; None: none yet.
    reminded: int | None
    #: She is in her next cycle already.
    renewing: bool


def _later_cycle() -> Any:
    later = aliased(Certificate)
    return (
        exists()
        .where(
            later.person_id == Certificate.person_id,
            later.kind == Certificate.kind,
            later.subject_id == Certificate.subject_id,
            later.cycle > Certificate.cycle,
        )
        .correlate(Certificate)
    )


def expiring(today: date, horizon: int) -> Select[Any]:
    """Valid certificates of completion that run out within so many days and have not been renewed."""
    return select(Certificate).where(
        Certificate.kind == DocumentKind.COMPLETION,
        Certificate.state == CertificateState.VALID,
        Certificate.expires_on >= today - timedelta(days=rules.HORIZON),
        Certificate.expires_on <= today + timedelta(days=horizon),
        ~_later_cycle(),
    )


def list_expiring(actor: Actor, today: date, page: int) -> Page[Expiring]:
    """What runs out at the bodies one keeps certificates for, the first to expire first: two statements."""
    reminded = (
        select(func.min(ExpiryReminder.days))
        .where(ExpiryReminder.certificate_id == Certificate.id)
        .correlate(Certificate)
        .scalar_subquery()
    )
    renewing = (
        exists()
        .where(
            Membership.person_id == Certificate.person_id,
            Membership.cycle > Certificate.cycle,
            Membership.cohort_id == Cohort.id,
            Cohort.programme_id == Certificate.subject_id,
        )
        .correlate(Certificate)
    )
    statement = (
        expiring(today, rules.HORIZON)
        .join(Person, Person.id == Certificate.person_id)
        .add_columns(Person, reminded, renewing)
        .order_by(Certificate.expires_on, Certificate.id)
    )
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        statement = statement.where(Certificate.organisation_id.in_(bodies))
    found = paginate(statement, page=page, scalars=False)
    rows = [
        Expiring(certificate, person, (certificate.expires_on - today).days, days, under_way)
        for certificate, person, days, under_way in found.items
    ]
    return Page(rows, found.page, found.per_page, found.total)


@dataclass(frozen=True, slots=True)
class Renewal:
    """From when a certificate's result can be renewed, and the renewal that runs."""

    expires_on: date
    opens_on: date
    is_open: bool
    membership_id: uuid.UUID | None


def renewal_of(certificate: Certificate, today: date) -> Renewal | None:
    """None for what never expires, cannot be renewed, or was renewed already."""
    if certificate.expires_on is None or certificate.state is not CertificateState.VALID:
        return None
    opens_days = renewals.renewal_rules({certificate.subject_id}).get(certificate.subject_id)
    renewed = db.session.scalar(select(_later_cycle()).where(Certificate.id == certificate.id))
    if opens_days is None or renewed:
        return None
    opens_on = rules.renewal_opens(certificate.expires_on, opens_days)
    running = renewals.running_renewals(certificate.person_id).get(certificate.subject_id)
    return Renewal(certificate.expires_on, opens_on, opens_on <= today, running.id if running else None)


# --- law that has moved -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Touched:
    """A valid certificate that rests on a course as it was before a change of law."""

    certificate: Certificate
    person: Person
    course_key: str
    course_title: Bilingual
    #: Its assignment to study the course as it is now; None: nobody has asked her.
    assignment: DeltaAssignment | None
    #: She has studied it since.
    caught_up: bool


def _touched_revisions(change: LawChange) -> dict[str, str]:
    """Course revisions (digest → course key) that cite the instrument and are older than its change."""
    revision_ids = db.session.scalars(
        select(CourseRevision.id).where(CourseRevision.as_of < change.changed_on)
    ).all()
    cited = courses.modules_citing(change.instrument.key)
    return {
        outline.digest: str(outline.data["id"])
        for outline in courses.outlines(revision_ids).values()
        if any(module.revision_id in cited for module in outline.modules)
    }


def touched_by(actor: Actor, change: LawChange) -> list[Touched]:
    """The certificates that a change of law touches, at the bodies one keeps certificates for."""
    digests = _touched_revisions(change)
    if not digests:
        return []
    people = (
        select(CourseCompletion.person_id)
        .join(CourseRevision, CourseRevision.id == CourseCompletion.course_revision_id)
        .where(CourseRevision.digest.in_(digests))
    )
    statement = (
        select(Certificate, Person)
        .join(Person, Person.id == Certificate.person_id)
        .where(
            Certificate.kind == DocumentKind.COMPLETION,
            Certificate.state == CertificateState.VALID,
            Certificate.person_id.in_(people),
        )
        .order_by(Certificate.number)
    )
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        statement = statement.where(Certificate.organisation_id.in_(bodies))
    rows = db.session.execute(statement).all()
    assigned = _assignments(change.id)
    current = _caught_up({person.id for _, person in rows}, change.changed_on)
    found = []
    for certificate, person in rows:
        claims = Snapshot.from_json(certificate.snapshot or {}).document.claims
        assert isinstance(claims, CompletionClaims)  # noqa: S101 - of a certificate of completion
        for course in claims.courses:
            if course.revision_digest in digests:
                found.append(
                    Touched(
                        certificate,
                        person,
                        course.key,
                        course.title,
                        assigned.get((certificate.id, course.key)),
                        (person.id, course.key) in current,
                    )
                )
    return found


def _assignments(change_id: uuid.UUID) -> dict[tuple[uuid.UUID, str], DeltaAssignment]:
    rows = db.session.execute(
        select(DeltaAssignment, Course.key)
        .join(Enrolment, Enrolment.id == DeltaAssignment.enrolment_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(DeltaAssignment.law_change_id == change_id)
    )
    return {(assignment.certificate_id, key): assignment for assignment, key in rows}


def _caught_up(person_ids: set[uuid.UUID], changed_on: date) -> set[tuple[uuid.UUID, str]]:
    rows = db.session.execute(
        select(CourseCompletion.person_id, Course.key)
        .join(Course, Course.id == CourseCompletion.course_id)
        .join(CourseRevision, CourseRevision.id == CourseCompletion.course_revision_id)
        .where(CourseCompletion.person_id.in_(person_ids), CourseRevision.as_of >= changed_on)
    )
    return {(person_id, key) for person_id, key in rows}


def get_change(change_id: uuid.UUID) -> LawChange:
    """Raises NotFound."""
    change = db.session.scalar(
        select(LawChange).where(LawChange.id == change_id).options(joinedload(LawChange.instrument))
    )
    if change is None:
        raise NotFound
    return change
