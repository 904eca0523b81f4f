"""Read people, their roles, sessions and links."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts import policies
from app.accounts.models import (
    Consent,
    LinkPurpose,
    LoginSession,
    Person,
    PersonalLink,
    PersonState,
    RoleGrant,
    SignInFailure,
)
from app.accounts.rules import clash_of, tidy_email
from app.core.access import Actor, Role
from app.core.database import db
from app.core.errors import NotFound
from app.core.pagination import Page, paginate
from app.organisations.models import Organisation, OrganisationKind


def find_person(person_id: uuid.UUID) -> Person | None:
    return db.session.scalar(select(Person).where(Person.id == person_id).options(joinedload(Person.organisation)))


def get_person(person_id: uuid.UUID) -> Person:
    """A person with her organisation. Raises NotFound."""
    person = find_person(person_id)
    if person is None:
        raise NotFound
    return person


def find_person_by_email(email: str) -> Person | None:
    return db.session.scalar(
        select(Person).where(Person.email == tidy_email(email)).options(joinedload(Person.organisation))
    )


def find_person_by_number(organisation_id: uuid.UUID, student_number: str) -> Person | None:
    return db.session.scalar(
        select(Person)
        .where(Person.organisation_id == organisation_id, Person.student_number == student_number.strip())
        .options(joinedload(Person.organisation))
    )


def people_named(ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, Person]:
    """The people with these ids, in one statement; unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(wanted)))}


def get_person_for(actor: Actor, person_id: uuid.UUID) -> Person:
    """A person whom the actor may see. Raises NotFound, also for those she may not."""
    person = get_person(person_id)
    places = [grant.organisation_id for grant in grants_of([person_id]).get(person_id, ())]
    if not policies.can_see_person(actor, person, places):
        raise NotFound
    return person


@dataclass(frozen=True, slots=True)
class Held:
    """An open role of a person, with the organisation's name."""

    id: uuid.UUID
    person_id: uuid.UUID
    role: Role
    organisation_id: uuid.UUID
    organisation_name: dict[str, Any]
    national: bool
    since: datetime


def grants_of(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Held]]:
    """The open roles of several people in one statement."""
    rows = db.session.execute(
        select(RoleGrant, Organisation.name, Organisation.kind)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(RoleGrant.person_id.in_(list(ids)), RoleGrant.ended_at.is_(None))
        .order_by(RoleGrant.created_at)
    )
    held: dict[uuid.UUID, list[Held]] = {}
    for grant, name, kind in rows:
        national = kind is OrganisationKind.AUTHORITY
        held.setdefault(grant.person_id, []).append(
            Held(grant.id, grant.person_id, grant.role, grant.organisation_id, name, national, grant.created_at)
        )
    return held


@dataclass(frozen=True, slots=True)
class Search:
    """What the list of people is narrowed to."""

    text: str = ""
    organisation_id: uuid.UUID | None = None
    role: Role | None = None
    state: PersonState | None = None


def _reach(actor: Actor) -> list[ColumnElement[bool]]:
    reached = actor.organisations(*policies.STAFF)
    if reached is None:
        return []
    working_there = (
        select(RoleGrant.id)
        .where(
            RoleGrant.person_id == Person.id,
            RoleGrant.ended_at.is_(None),
            RoleGrant.organisation_id.in_(reached),
        )
        .exists()
    )
    return [or_(Person.organisation_id.in_(reached), working_there)]


def list_people(actor: Actor, search: Search, page: int = 1, per_page: int = 50) -> Page[Any]:
    """People whom the actor may see, by name, with their organisations: two statements a page."""
    conditions = [Person.state != PersonState.ERASED, *_reach(actor)]
    if search.text:
        conditions.append(
            or_(
                Person.name.icontains(search.text, autoescape=True),
                Person.latin_name.icontains(search.text, autoescape=True),
                Person.email.icontains(search.text, autoescape=True),
                Person.student_number.istartswith(search.text, autoescape=True),
            )
        )
    if search.organisation_id:
        conditions.append(Person.organisation_id == search.organisation_id)
    if search.state:
        conditions.append(Person.state == search.state)
    if search.role:
        holds = (
            select(RoleGrant.id)
            .where(
                RoleGrant.person_id == Person.id,
                RoleGrant.ended_at.is_(None),
                RoleGrant.role == search.role,
            )
            .exists()
        )
        conditions.append(holds)
    statement = (
        select(Person).where(*conditions).order_by(Person.name, Person.id).options(joinedload(Person.organisation))
    )
    return paginate(statement, page=page, per_page=per_page)


def list_sessions(person_id: uuid.UUID, now: datetime) -> Sequence[LoginSession]:
    """A person's live sessions, the last used first."""
    return db.session.scalars(
        select(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now,
        )
        .order_by(LoginSession.last_seen_at.desc())
    ).all()


def list_consents(person_id: uuid.UUID) -> Sequence[Consent]:
    return db.session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.created_at)
    ).all()


def find_link(digest: str, purpose: LinkPurpose) -> PersonalLink | None:
    """A one-time link by the digest of its token, used or not."""
    return db.session.scalar(
        select(PersonalLink).where(PersonalLink.token_digest == digest, PersonalLink.purpose == purpose)
    )


def recent_failures(
    *, account: str | None = None, address: str | None = None, since: datetime, limit: int
) -> Sequence[datetime]:
    """The latest unsuccessful sign-ins of an account or an address."""
    column, value = (SignInFailure.account, account) if account else (SignInFailure.address, address)
    return db.session.scalars(
        select(SignInFailure.at)
        .where(column == value, SignInFailure.at > since)
        .order_by(SignInFailure.at.desc())
        .limit(limit)
    ).all()


def links_made_since(person_id: uuid.UUID, purpose: LinkPurpose, now: datetime, span: timedelta) -> int:
    return (
        db.session.scalar(
            select(func.count())
            .select_from(PersonalLink)
            .where(
                PersonalLink.person_id == person_id,
                PersonalLink.purpose == purpose,
                PersonalLink.created_at > now - span,
            )
        )
        or 0
    )


def national_administrators() -> set[uuid.UUID]:
    """Active people who administer everything."""
    return set(
        db.session.scalars(
            select(RoleGrant.person_id)
            .join(Organisation, Organisation.id == RoleGrant.organisation_id)
            .join(Person, Person.id == RoleGrant.person_id)
            .where(
                RoleGrant.role == Role.ADMINISTRATOR,
                RoleGrant.ended_at.is_(None),
                Organisation.kind == OrganisationKind.AUTHORITY,
                Person.state.in_((PersonState.ACTIVE, PersonState.INVITED)),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against; plain values, because the transaction ends before hashing."""

    person_id: uuid.UUID
    password_hash: str | None
    state: PersonState
    privacy_version: str


def find_credentials(
    *,
    person_id: uuid.UUID | None = None,
    email: str | None = None,
    organisation_id: uuid.UUID | None = None,
    student_number: str | None = None,
) -> Credentials | None:
    """By who it is, by e-mail address, or by organisation and student number."""
    if person_id:
        person = find_person(person_id)
    elif email:
        person = find_person_by_email(email)
    elif organisation_id and student_number:
        person = find_person_by_number(organisation_id, student_number)
    else:
        person = None
    if person is None:
        return None
    return Credentials(person.id, person.password_hash, person.state, person.privacy_version)


def list_training_organisations() -> Sequence[Organisation]:
    """Where people with student numbers study: the choices of the sign-in page."""
    return db.session.scalars(
        select(Organisation)
        .where(
            select(Person.id)
            .where(Person.organisation_id == Organisation.id, Person.student_number.is_not(None))
            .exists()
        )
        .order_by(Organisation.key)
    ).all()


def consent_of(person_id: uuid.UUID) -> str:
    """The version of the privacy notice that the person agreed to last; empty: none."""
    return get_person(person_id).privacy_version


@dataclass(frozen=True, slots=True)
class RosterKey:
    """Who a row of a roster says somebody is."""

    name: str
    student_number: str | None
    email: str | None
    latin_name: str = ""


def roster_matches(
    organisation_id: uuid.UUID, keys: Sequence[RosterKey]
) -> list[tuple[Person | None, Literal["student_number", "email"] | None]]:
    """For each row the account it means, and what of it belongs to somebody else; two statements for all rows."""
    numbers = {key.student_number for key in keys if key.student_number}
    emails = {tidy_email(key.email) for key in keys if key.email}
    by_number = {
        person.student_number: person
        for person in db.session.scalars(
            select(Person).where(Person.organisation_id == organisation_id, Person.student_number.in_(numbers))
        )
    }
    by_email = {
        person.email: person for person in db.session.scalars(select(Person).where(Person.email.in_(emails)))
    }
    matches = []
    for key in keys:
        numbered = by_number.get(key.student_number) if key.student_number else None
        addressed = by_email.get(tidy_email(key.email)) if key.email else None
        clash = clash_of(
            numbered,
            addressed,
            organisation_id=organisation_id,
            name=key.name,
            student_number=key.student_number,
        )
        matches.append((numbered or addressed, clash))
    return matches
