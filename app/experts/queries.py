"""Read applications, appointments and the pool."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.certificates.models import Certificate
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.core.text import Bilingual
from app.experts import policies
from app.experts.criteria import Criteria
from app.experts.evidence import Evidence, gather
from app.experts.models import Application, ApplicationEvent, Appointment, CriteriaRevision, ExpertFacet
from app.experts.rules import OPEN_STATES, WAITING_STATES, ApplicationState, Facet, Profile
from app.quizzes.registry import Change, Consequence


def current_criteria() -> CriteriaRevision | None:
    """The latest revision of the criteria; None before any was loaded."""
    return db.session.scalar(select(CriteriaRevision).order_by(CriteriaRevision.number.desc()).limit(1))


def criteria_of(revision: CriteriaRevision) -> Criteria:
    return Criteria.model_validate(revision.body)


def get_application_for(actor: Actor, application_id: uuid.UUID, *, lock: bool = False) -> Application:
    """An application that the actor may see, with its author and criteria. Raises NotFound."""
    statement = (
        select(Application)
        .where(Application.id == application_id)
        .options(
            joinedload(Application.person).joinedload(Person.organisation),
            joinedload(Application.criteria_revision),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Application).execution_options(populate_existing=True)
    application = db.session.scalar(statement)
    if application is None or not policies.can_see(actor, application):
        raise NotFound
    return application


def find_open_application(person_id: uuid.UUID) -> Application | None:
    """A person's application that is not decided yet."""
    return db.session.scalar(
        select(Application)
        .where(Application.person_id == person_id, Application.state.in_(OPEN_STATES))
        .options(joinedload(Application.criteria_revision))
    )


def applications_of(person_id: uuid.UUID) -> Sequence[Application]:
    """Every application of a person, newest first."""
    return db.session.scalars(
        select(Application).where(Application.person_id == person_id).order_by(Application.created_at.desc())
    ).all()


def events_of(application_id: uuid.UUID) -> Sequence[ApplicationEvent]:
    """What happened to an application, first to last."""
    return db.session.scalars(
        select(ApplicationEvent)
        .where(ApplicationEvent.application_id == application_id)
        .order_by(ApplicationEvent.id)
    ).all()


def evidence_for(application: Application, now: datetime) -> list[Evidence]:
    """The evidence beside each criterion: as it stood at the decision, or as it stands now."""
    if application.evidence:
        return [Evidence.from_json(one) for one in application.evidence]
    return gather(
        application.person_id,
        Profile.from_json(application.profile),
        criteria_of(application.criteria_revision).criteria,
        stated_at=application.submitted_at or now,
        now=now,
    )


def list_applications(actor: Actor, state: ApplicationState | None = None, page: int = 1) -> Page[Any]:
    """Applications the actor works on, those waiting longest first; two statements. Drafts are their authors'."""
    statement = (
        select(Application)
        .where(Application.state != ApplicationState.DRAFT, Application.person_id != actor.person_id)
        .options(joinedload(Application.person).joinedload(Person.organisation))
        .order_by(Application.submitted_at, Application.id)
    )
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        statement = statement.where(Application.organisation_id.in_(bodies))
    wanted = (state,) if state else WAITING_STATES
    return paginate(statement.where(Application.state.in_(wanted)), page=page)


def count_by_state(actor: Actor) -> Mapping[ApplicationState, int]:
    """How many applications stand where, of those the actor works on."""
    statement = (
        select(Application.state, func.count().label("total"))
        .where(Application.person_id != actor.person_id)
        .group_by(Application.state)
    )
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        statement = statement.where(Application.organisation_id.in_(bodies))
    return {row.state: row.total for row in db.session.execute(statement)}


def count_in_state(actor: Actor, state: ApplicationState) -> int:
    """How many applications the actor works on stand there."""
    return count_by_state(actor).get(state, 0)


def _appointments() -> Any:
    return select(Appointment).options(
        joinedload(Appointment.person).joinedload(Person.organisation),
        joinedload(Appointment.certificate),
    )


def appointments_of(person_id: uuid.UUID) -> Sequence[Appointment]:
    """A person's appointments, newest first."""
    found: Sequence[Appointment] = db.session.scalars(
        _appointments().where(Appointment.person_id == person_id).order_by(Appointment.starts_on.desc())
    ).all()
    return found


def find_appointment_of(application_id: uuid.UUID) -> Appointment | None:
    found: Appointment | None = db.session.scalar(
        _appointments().where(Appointment.application_id == application_id)
    )
    return found


def get_appointment_for(actor: Actor, appointment_id: uuid.UUID, *, lock: bool = False) -> Appointment:
    """An appointment the actor may see. Raises NotFound."""
    statement = (
        _appointments().options(joinedload(Appointment.application)).where(Appointment.id == appointment_id)
    )
    if lock:
        statement = statement.with_for_update(of=Appointment).execution_options(populate_existing=True)
    appointment: Appointment | None = db.session.scalar(statement)
    if appointment is None or not policies.can_see_appointment(actor, appointment):
        raise NotFound
    return appointment


@dataclass(frozen=True, slots=True)
class PoolSearch:
    """What the pool is narrowed to."""

    text: str = ""
    category: str = ""
    facets: Mapping[Facet, str] = field(default_factory=dict)

    @property
    def filtered(self) -> bool:
        return bool(self.text or self.category or any(self.facets.values()))


def search_pool(actor: Actor, search: PoolSearch, today: date, page: int = 1, per_page: int = 25) -> Page[Any]:
    """Experts whose term runs and who fit every filter, by name; two statements."""
    statement = _appointments().join(Person, Person.id == Appointment.person_id)
    conditions: list[Any] = [
        Appointment.ended_at.is_(None),
        Appointment.starts_on <= today,
        Appointment.ends_on >= today,
    ]
    bodies = actor.organisations(*policies.KEEPERS)
    if bodies is not None:
        conditions.append(Appointment.organisation_id.in_(bodies))
    if search.text:
        conditions.append(
            Person.name.icontains(search.text, autoescape=True)
            | Person.latin_name.icontains(search.text, autoescape=True)
        )
    if search.category:
        conditions.append(Appointment.category == search.category)
    conditions += [
        select(ExpertFacet.id)
        .where(
            ExpertFacet.appointment_id == Appointment.id, ExpertFacet.facet == facet, ExpertFacet.value == value
        )
        .exists()
        for facet, value in search.facets.items()
        if value
    ]
    ordered = statement.where(*conditions).order_by(Person.name, Appointment.id)
    return paginate(ordered, page=page, per_page=per_page)


def facets_of(appointment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[Facet, list[ExpertFacet]]]:
    """What several experts are found by, in one statement."""
    found: dict[uuid.UUID, dict[Facet, list[ExpertFacet]]] = {}
    rows = db.session.scalars(
        select(ExpertFacet).where(ExpertFacet.appointment_id.in_(appointment_ids)).order_by(ExpertFacet.id)
    )
    for row in rows:
        found.setdefault(row.appointment_id, {}).setdefault(row.facet, []).append(row)
    return found


def appointments_resting_on(changes: Sequence[Change], found: Sequence[Consequence]) -> list[Consequence]:
    """Running appointments for which one of these certificates was evidence. One statement."""
    certificates = {str(one.subject_id): one.attempt_id for one in found if one.kind == "certificate"}
    if not certificates:
        return []
    rows = db.session.execute(
        select(Appointment, Application.evidence, Certificate.number)
        .join(Application, Application.id == Appointment.application_id)
        .join(Certificate, Certificate.id == Appointment.certificate_id)
        .where(Appointment.person_id.in_({change.person_id for change in changes}), Appointment.ended_at.is_(None))
    )
    resting = []
    for appointment, evidence, number in rows:
        named = {piece.get("certificate_id") for each in evidence for piece in each["pieces"]}
        for certificate_id in sorted(named & set(certificates)):
            name = number or ""
            label: Bilingual = {"zh": f"专家库聘任 {name}", "en": f"Appointment to the expert pool {name}"}
            resting.append(Consequence(certificates[certificate_id], "appointment", appointment.id, label))
    return resting
