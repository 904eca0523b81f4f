"""Apply, review, decide, appoint, end. Everything here runs inside the caller's transaction()."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from app.accounts.models import Person
from app.audit import services as audit
from app.certificates import services as certificates
from app.certificates.rules import AppointmentClaims, DocumentKind, Draft, anniversary
from app.core import clock, digests
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.text import Bilingual
from app.experts import letters, policies, queries
from app.experts.criteria import Criteria
from app.experts.models import Application, ApplicationEvent, Appointment, CriteriaRevision, ExpertFacet
from app.experts.rules import (
    CATEGORIES,
    FIELDS,
    JURISDICTIONS,
    LANGUAGES,
    LEVELS,
    ApplicationState,
    EndClass,
    Facet,
    Profile,
    Step,
    lacks,
)
from app.organisations.models import Organisation, OrganisationKind


def sync_criteria(criteria: Criteria) -> CriteriaRevision:
    """Make the criteria the current ones; a new revision only when something changed."""
    body = criteria.canonical()
    digest = digests.digest_of(body)
    current = queries.current_criteria()
    if current is not None and current.digest == digest:
        return current
    revision = CriteriaRevision(number=(current.number if current else 0) + 1, digest=digest, body=body)
    db.session.add(revision)
    db.session.flush()
    audit.record(None, "experts.sync_criteria", revision, number=revision.number)
    return revision


def start_application(actor: Actor, now: datetime) -> Application:
    """The actor's open application, made when she has none.

    Raises Conflict when the pool cannot take applications (no criteria, no authority) or she is in it.
    """
    known = queries.find_open_application(actor.person_id)
    if known is not None:
        return known
    criteria = queries.current_criteria()
    body = db.session.scalar(select(Organisation).where(Organisation.kind == OrganisationKind.AUTHORITY))
    if criteria is None or body is None:
        raise Conflict(code="no_pool")
    if _running_appointment(actor.person_id, clock.day_of(now)) is not None:
        raise Conflict(code="already_appointed")
    application = Application(
        person_id=actor.person_id, organisation_id=body.id, criteria_revision_id=criteria.id, profile={}
    )
    application.criteria_revision = criteria
    db.session.add(application)
    db.session.flush()
    _note(application, Step.CREATED, actor, now)
    return application


def save_draft(actor: Actor, application: Application, profile: Profile) -> None:
    """Keep what the applicant entered, complete or not. Raises NotAllowed once it is submitted."""
    if not policies.can_edit(actor, application):
        raise NotAllowed
    application.profile = profile.to_json()


def submit(actor: Actor, application: Application, now: datetime) -> None:
    """Hand the application in. Raises NotAllowed, or Invalid when something is lacking."""
    if not policies.can_edit(actor, application):
        raise NotAllowed
    criteria = queries.criteria_of(application.criteria_revision)
    if lacks(Profile.from_json(application.profile), criteria.criteria):
        raise Invalid(code="incomplete")
    application.state, application.submitted_at, application.returned_reason = ApplicationState.SUBMITTED, now, ""
    _note(application, Step.SUBMITTED, actor, now)
    audit.record(actor, "experts.submit", application)


def withdraw(actor: Actor, application: Application, now: datetime) -> None:
    """Take the application back. Raises NotAllowed once it is decided."""
    if not policies.can_withdraw(actor, application):
        raise NotAllowed
    application.state = ApplicationState.WITHDRAWN
    _note(application, Step.WITHDRAWN, actor, now)
    audit.record(actor, "experts.withdraw", application)


def return_for_completion(actor: Actor, application: Application, reason: str, now: datetime) -> None:
    """The formal check failed: back to the applicant, with the reason. Raises NotAllowed, Invalid."""
    _demand(policies.can_check(actor, application), reason)
    application.state, application.returned_reason = ApplicationState.DRAFT, reason
    _note(application, Step.RETURNED, actor, now, reason)
    audit.record(actor, "experts.return", application, reason=reason)
    letters.tell_returned(application.person, reason)


def begin_review(actor: Actor, application: Application, *, unbiased: bool, now: datetime) -> None:
    """The formal check is passed, and the actor reviews. Raises NotAllowed without her declaration."""
    if not policies.can_check(actor, application) or not unbiased:
        raise NotAllowed
    application.state = ApplicationState.UNDER_REVIEW
    application.reviewer_id, application.reviewer_unbiased_at = actor.person_id, now
    _note(application, Step.ACCEPTED, actor, now)
    audit.record(actor, "experts.begin_review", application)


def recommend(actor: Actor, application: Application, *, favourable: bool, reason: str, now: datetime) -> None:
    """The reviewer's recommendation, with her reason; somebody else decides. Raises NotAllowed, Invalid."""
    _demand(policies.can_recommend(actor, application), reason)
    application.state, application.favourable = ApplicationState.RECOMMENDED, favourable
    application.review_reason = reason
    _note(application, Step.RECOMMENDED if favourable else Step.NOT_RECOMMENDED, actor, now, reason)
    audit.record(actor, "experts.recommend", application, reason=reason, favourable=favourable)


def decide(
    actor: Actor,
    application: Application,
    *,
    approve: bool,
    reason: str,
    unbiased: bool,
    years: int | None = None,
    now: datetime,
) -> Appointment | None:
    """Decide, with a reason. Approval appoints at once, for ``years`` or the criteria's term.

    Raises NotAllowed for the reviewer, the applicant, and without the declaration that there is no conflict of
    interest; Invalid without a reason.
    """
    _demand(policies.can_decide(actor, application) and unbiased, reason)
    application.evidence = [one.to_json() for one in queries.evidence_for(application, now)]
    application.decider_id, application.decider_unbiased_at = actor.person_id, now
    application.decision_reason, application.decided_at = reason, now
    application.state = ApplicationState.APPOINTED if approve else ApplicationState.REJECTED
    _note(application, Step.APPROVED if approve else Step.REJECTED, actor, now, reason)
    audit.record(actor, "experts.decide", application, reason=reason, approve=approve)
    if not approve:
        letters.tell_rejected(application.person, reason)
        return None
    criteria = queries.criteria_of(application.criteria_revision)
    appointment = _appoint(application, criteria, years or criteria.term_years, now)
    _note(application, Step.APPOINTED, actor, now)
    audit.record(actor, "experts.appoint", appointment, reason=reason)
    return appointment


def end_appointment(
    actor: Actor, appointment: Appointment, end_class: EndClass, reason: str, now: datetime
) -> None:
    """End an appointment before its term; the letter's public page says so. Raises NotAllowed, Invalid."""
    _demand(policies.can_end(actor, appointment), reason)
    appointment.ended_at, appointment.ended_by = now, actor.person_id
    appointment.end_class, appointment.end_reason = end_class, reason
    certificates.end(actor, appointment.certificate_id, end_class.value, reason, now)
    audit.record(actor, "experts.end_appointment", appointment, reason=reason, end_class=end_class.value)
    letters.tell_ended(appointment.person, reason)


def _demand(allowed: bool, reason: str) -> None:
    if not allowed:
        raise NotAllowed
    if not reason.strip():
        raise Invalid(code="no_reason")


def _running_appointment(person_id: uuid.UUID, today: date) -> Appointment | None:
    return db.session.scalar(
        select(Appointment).where(
            Appointment.person_id == person_id, Appointment.ended_at.is_(None), Appointment.ends_on >= today
        )
    )


def _appoint(application: Application, criteria: Criteria, years: int, now: datetime) -> Appointment:
    starts_on = clock.day_of(now)
    ends_on = anniversary(starts_on, years) - timedelta(days=1)
    db.session.execute(  # an earlier term that ran out makes room for the new one
        update(Appointment)
        .where(
            Appointment.person_id == application.person_id,
            Appointment.ended_at.is_(None),
            Appointment.ends_on < starts_on,
        )
        .values(ended_at=now, end_class=EndClass.TERM_OVER)
        .execution_options(synchronize_session=False)
    )
    profile = Profile.from_json(application.profile)
    letter = certificates.issue(
        _letter(application, criteria, profile, starts_on, ends_on),
        person_id=application.person_id,
        subject_id=application.id,
        organisation_id=application.organisation_id,
        now=now,
    )
    appointment = Appointment(
        application_id=application.id,
        person_id=application.person_id,
        organisation_id=application.organisation_id,
        certificate_id=letter.id,
        category=profile.category,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(appointment)
    db.session.flush()
    found_by = [
        *((Facet.FIELD, value, "") for value in profile.fields),
        *((Facet.JURISDICTION, value, "") for value in profile.jurisdictions),
        *((Facet.LANGUAGE, code, level) for code, level in profile.languages),
    ]
    db.session.add_all(
        ExpertFacet(appointment_id=appointment.id, facet=facet, value=value, level=level)
        for facet, value, level in found_by
    )
    return appointment


def _letter(
    application: Application, criteria: Criteria, profile: Profile, starts_on: date, ends_on: date
) -> Draft:
    body = db.session.get_one(Organisation, application.organisation_id)
    home = db.session.get_one(Person, application.person_id).organisation_id
    affiliation = db.session.get_one(Organisation, home) if home else None
    return Draft(
        kind=DocumentKind.APPOINTMENT,
        title={"zh": "聘书", "en": "Letter of Appointment"},
        issuer=_both(body.name),
        valid_until=ends_on.isoformat(),
        cycle=1,
        example=criteria.example or body.is_example,
        claims=AppointmentClaims(
            category=CATEGORIES[profile.category],
            fields=tuple(FIELDS[value] for value in profile.fields),
            jurisdictions=tuple(JURISDICTIONS[value] for value in profile.jurisdictions),
            languages=tuple(_language(code, level) for code, level in profile.languages),
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
            affiliation=_both(affiliation.name) if affiliation else None,
            criteria_digest=application.criteria_revision.digest,
        ),
    )


def _both(name: dict[str, str]) -> Bilingual:
    return {"zh": name["zh"], "en": name["en"]}


def _language(code: str, level: str) -> Bilingual:
    language, how = LANGUAGES[code], LEVELS[level]
    return {"zh": f"{language['zh']}（{how['zh']}）", "en": f"{language['en']} ({how['en']})"}


def _note(application: Application, step: Step, actor: Actor, now: datetime, reason: str = "") -> None:
    db.session.add(
        ApplicationEvent(application_id=application.id, at=now, step=step, actor_id=actor.person_id, reason=reason)
    )
    db.session.flush()
