"""Decisions that wait and that were taken; what rests on a result."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person, PersonState, RoleGrant
from app.certificates.decisions import policies
from app.certificates.decisions.models import CertificateDecision
from app.certificates.decisions.rules import ENDED, DecisionState, Outcome, Stated
from app.certificates.models import Certificate
from app.certificates.policies import KEEPERS
from app.certificates.rules import CertificateState, DocumentKind
from app.cohorts.models import Membership, MembershipState, ProgrammeCompletion, ProgrammeRevision
from app.cohorts.queries import EXAM_CONTEXT
from app.core.access import Actor, Role
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.core.text import Bilingual
from app.courses.models import Course, Enrolment
from app.courses.queries import EXAM_CONTEXT as COURSE_CONTEXT
from app.organisations.models import Organisation, OrganisationKind
from app.quizzes.registry import Change, Consequence


def find_open(membership_id: uuid.UUID) -> CertificateDecision | None:
    """The decision that waits about a membership. One statement."""
    return db.session.scalar(
        select(CertificateDecision)
        .filter_by(membership_id=membership_id, state=DecisionState.OPEN)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def last_decided(membership_id: uuid.UUID) -> CertificateDecision | None:
    """What was decided last about a membership. One statement."""
    return db.session.scalar(
        select(CertificateDecision)
        .filter_by(membership_id=membership_id, state=DecisionState.DECIDED)
        .order_by(CertificateDecision.decided_at.desc(), CertificateDecision.id.desc())
        .limit(1)
    )


def is_held(certificate_id: uuid.UUID) -> bool:
    """Must a certificate that is due not be issued: a decision waits, or it was withheld? One statement."""
    newest = db.session.scalar(
        select(CertificateDecision)
        .filter_by(certificate_id=certificate_id)
        .where(CertificateDecision.state != DecisionState.LAPSED)
        .order_by(CertificateDecision.created_at.desc(), CertificateDecision.id.desc())
        .limit(1)
    )
    return newest is not None and (newest.state is DecisionState.OPEN or newest.outcome is Outcome.WITHHOLD)


def newest_certificate(person_id: uuid.UUID, programme_id: uuid.UUID, cycle: int) -> Certificate | None:
    """The certificate of a completion that none has replaced. One statement."""
    later = aliased(Certificate)
    return db.session.scalar(
        select(Certificate)
        .outerjoin(later, later.replaces_id == Certificate.id)
        .where(
            Certificate.person_id == person_id,
            Certificate.kind == DocumentKind.COMPLETION,
            Certificate.subject_id == programme_id,
            Certificate.cycle == cycle,
            later.id.is_(None),
        )
        .execution_options(populate_existing=True)
    )


def stated_by(certificate: Certificate | None, decided: CertificateDecision | None) -> Stated | None:
    """What a certificate states, as the rules see it."""
    if certificate is None:
        return None
    taken = (
        decided is not None
        and decided.certificate_id == certificate.id
        and decided.outcome in {Outcome.WITHHOLD, Outcome.REVOKE}
    )
    return Stated(certificate.state, certificate.draft["claims"]["result_percent"], taken)


@dataclass(frozen=True, slots=True)
class Listed:
    """A decision with the names to show."""

    decision: CertificateDecision
    holder: str
    is_demo: bool
    number: str | None
    certificate_state: CertificateState | None
    applied_by: str
    decided_by: str | None

    @property
    def issued(self) -> bool:
        return self.number is not None


def _listed() -> Any:
    applier, decider = aliased(Person), aliased(Person)
    return (
        select(
            CertificateDecision,
            Person.name,
            Person.is_demo,
            Certificate.number,
            Certificate.state,
            applier.name,
            decider.name,
        )
        .join(Person, Person.id == CertificateDecision.person_id)
        .join(applier, applier.id == CertificateDecision.applied_by)
        .outerjoin(decider, decider.id == CertificateDecision.decided_by)
        .outerjoin(Certificate, Certificate.id == CertificateDecision.certificate_id)
    )


def list_decisions(actor: Actor, *, open_only: bool, page: int = 1) -> Page[Listed]:
    """Decisions of the bodies whose certificates she looks after, the oldest open one first. Two statements."""
    statement = _listed().where(CertificateDecision.person_id != actor.person_id)
    bodies = actor.organisations(*KEEPERS)
    if bodies is not None:
        statement = statement.where(CertificateDecision.organisation_id.in_(bodies))
    if open_only:
        statement = statement.where(CertificateDecision.state == DecisionState.OPEN)
        statement = statement.order_by(CertificateDecision.created_at, CertificateDecision.id)
    else:
        statement = statement.where(CertificateDecision.state != DecisionState.OPEN)
        statement = statement.order_by(CertificateDecision.created_at.desc(), CertificateDecision.id.desc())
    found = paginate(statement, page=page, scalars=False)
    return Page([Listed(*row) for row in found.items], found.page, found.per_page, found.total)


def count_open(actor: Actor) -> int:
    """How many wait for her. One statement."""
    statement = (
        select(func.count())
        .select_from(CertificateDecision)
        .where(
            CertificateDecision.state == DecisionState.OPEN,
            CertificateDecision.person_id != actor.person_id,
            CertificateDecision.applied_by != actor.person_id,
        )
    )
    bodies = actor.organisations(Role.CERTIFIER)
    if bodies is not None:
        statement = statement.where(CertificateDecision.organisation_id.in_(bodies))
    return db.session.scalar(statement) or 0


def get_decision_for(actor: Actor, decision_id: uuid.UUID, *, lock: bool = False) -> CertificateDecision:
    """A decision she may read. Raises NotFound."""
    statement = select(CertificateDecision).where(CertificateDecision.id == decision_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    decision = db.session.scalar(statement)
    if decision is None or not policies.can_read(actor, decision):
        raise NotFound
    return decision


def describe(decision: CertificateDecision) -> Listed:
    """A decision with the names to show. One statement."""
    return Listed(*db.session.execute(_listed().where(CertificateDecision.id == decision.id)).one())


def open_of_regrade(regrade_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """How many decisions a regrade has left open, by the body that decides. One statement."""
    rows = db.session.execute(
        select(CertificateDecision.organisation_id, func.count())
        .filter_by(regrade_id=regrade_id, state=DecisionState.OPEN)
        .group_by(CertificateDecision.organisation_id)
    )
    return {organisation_id: count for organisation_id, count in rows}  # noqa: C416 - rows are no pairs to mypy


def certifiers_of(organisation_id: uuid.UUID, *, without: uuid.UUID) -> Sequence[Person]:
    """Who may decide for a body, with an address to write to. One statement."""
    return db.session.scalars(
        select(Person)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(
            RoleGrant.role == Role.CERTIFIER,
            RoleGrant.ended_at.is_(None),
            or_(Organisation.id == organisation_id, Organisation.kind == OrganisationKind.AUTHORITY),
            Person.state == PersonState.ACTIVE,
            Person.email.is_not(None),
            Person.id != without,
        )
        .distinct()
        .order_by(Person.id)
    ).all()


# What rests on results


def certificates_resting_on(changes: Sequence[Change], _found: Sequence[Consequence]) -> list[Consequence]:
    """Certificates of completion that rest on results that would change, and programmes that would be completed.

    Three statements, whatever the number of changes.
    """
    return [*_certificates(changes), *_completions(changes)]


def _certificates(changes: Sequence[Change]) -> list[Consequence]:
    rows = db.session.execute(
        select(Certificate, ProgrammeCompletion)
        .join(
            ProgrammeCompletion,
            (ProgrammeCompletion.person_id == Certificate.person_id)
            & (ProgrammeCompletion.programme_id == Certificate.subject_id)
            & (ProgrammeCompletion.cycle == Certificate.cycle),
        )
        .where(
            Certificate.person_id.in_({change.person_id for change in changes}),
            Certificate.kind == DocumentKind.COMPLETION,
            Certificate.state.not_in(ENDED),
        )
    ).all()
    courses = _courses_of(changes) if rows else {}
    held: dict[uuid.UUID, list[tuple[Certificate, ProgrammeCompletion]]] = {}
    for certificate, completion in rows:
        held.setdefault(certificate.person_id, []).append((certificate, completion))
    return [
        Consequence(change.attempt_id, "certificate", certificate.id, _named(certificate))
        for change in changes
        for certificate, completion in held.get(change.person_id, ())
        if _rests(certificate, completion, change, courses)
    ]


def _rests(
    certificate: Certificate, completion: ProgrammeCompletion, change: Change, courses: dict[uuid.UUID, str]
) -> bool:
    flips = change.before.passed != change.after.passed
    if change.context_type == EXAM_CONTEXT and change.context_id == completion.membership_id:
        stated = certificate.draft["claims"]["result_percent"]
        counted = str(change.attempt_id) == completion.basis.get("attempt_id")
        return counted or flips or (stated is not None and change.after.percent > Decimal(stated))
    if change.context_type == COURSE_CONTEXT:
        key = courses.get(change.context_id)
        return flips and any(course["key"] == key for course in completion.basis["courses"])
    return False


def _courses_of(changes: Sequence[Change]) -> dict[uuid.UUID, str]:
    ids = {change.context_id for change in changes if change.context_type == COURSE_CONTEXT}
    statement = select(Enrolment.id, Course.key).join(Course, Course.id == Enrolment.course_id)
    return {row.id: row.key for row in db.session.execute(statement.where(Enrolment.id.in_(ids)))}


def _named(certificate: Certificate) -> Bilingual:
    number = certificate.number
    if number is None:
        return {"zh": "结业证书（尚未签发）", "en": "Certificate of completion (not issued yet)"}
    held = certificate.state is CertificateState.SUSPENDED
    return {
        "zh": f"结业证书 {number}{'（已暂停）' if held else ''}",
        "en": f"Certificate of completion {number}{' (suspended)' if held else ''}",
    }


def _completions(changes: Sequence[Change]) -> list[Consequence]:
    """Programmes whose certification examination would be passed now."""
    passed = {
        change.context_id: change
        for change in changes
        if change.context_type == EXAM_CONTEXT and change.after.passed and not change.before.passed
    }
    rows = db.session.execute(
        select(Membership.id, ProgrammeRevision.body)
        .join(Membership.cohort)
        .join(ProgrammeRevision)
        .where(Membership.id.in_(passed), Membership.state == MembershipState.ACTIVE)
    )
    return [Consequence(passed[row.id].attempt_id, "completion", row.id, row.body["title"]) for row in rows]
