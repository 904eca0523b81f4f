"""Roles given and taken, people suspended and restored; each takes effect at the person's next request."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import policies, queries
from app.accounts.models import Person, PersonState, RoleGrant
from app.accounts.services.sessions import end_sessions
from app.audit.services import record
from app.core.access import Actor, Role
from app.core.database import db, serialise
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound


def give_role(
    actor: Actor | None, person_id: uuid.UUID, organisation_id: uuid.UUID, role: Role, now: datetime
) -> RoleGrant:
    """Grant without asking who grants (rosters, commands); an open grant is returned unchanged."""

    def open_grant() -> RoleGrant | None:
        return db.session.scalar(
            select(RoleGrant).where(
                RoleGrant.person_id == person_id,
                RoleGrant.organisation_id == organisation_id,
                RoleGrant.role == role,
                RoleGrant.ended_at.is_(None),
            )
        )

    if known := open_grant():
        return known
    grant = RoleGrant(
        person_id=person_id,
        organisation_id=organisation_id,
        role=role,
        granted_by=actor.person_id if actor else None,
        created_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(grant)
    except IntegrityError:
        if known := open_grant():
            return known
        raise
    record(
        actor,
        "accounts.grant_role",
        person_id,
        subject_type="Person",
        role=role,
        organisation=str(organisation_id),
    )
    return grant


def give_role_to_all(
    actor: Actor | None, ids: Sequence[uuid.UUID], organisation_id: uuid.UUID, role: Role, now: datetime
) -> None:
    """As give_role, for many people in a few statements."""
    holders = set(
        db.session.scalars(
            select(RoleGrant.person_id).where(
                RoleGrant.person_id.in_(ids),
                RoleGrant.organisation_id == organisation_id,
                RoleGrant.role == role,
                RoleGrant.ended_at.is_(None),
            )
        )
    )
    for person_id in dict.fromkeys(ids):
        if person_id in holders:
            continue
        by = actor.person_id if actor else None
        db.session.add(
            RoleGrant(
                person_id=person_id, organisation_id=organisation_id, role=role, granted_by=by, created_at=now
            )
        )
        where = str(organisation_id)
        record(actor, "accounts.grant_role", person_id, subject_type="Person", role=role, organisation=where)
    db.session.flush()


def grant_role(
    actor: Actor, *, person_id: uuid.UUID, organisation_id: uuid.UUID, role: Role, now: datetime
) -> RoleGrant:
    """Give a role at an organisation the actor administers.

    Raises NotFound for a person she may not see, NotAllowed for another's organisation.
    """
    person = queries.get_person_for(actor, person_id)
    if not policies.can_administer_at(actor, organisation_id):
        raise NotAllowed
    return give_role(actor, person.id, organisation_id, role, now)


def end_role(actor: Actor, *, person_id: uuid.UUID, grant_id: uuid.UUID, now: datetime) -> None:
    """Take a role away. Raises NotFound, NotAllowed, and Conflict for the last national administrator."""
    person = queries.get_person_for(actor, person_id)
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None or grant.person_id != person.id:
        raise NotFound
    if not policies.can_administer_at(actor, grant.organisation_id):
        raise NotAllowed
    if grant.ended_at is not None:
        return
    grant.ended_at, grant.ended_by = now, actor.person_id
    if grant.role is Role.ADMINISTRATOR:
        _keep_one_administrator()
    record(actor, "accounts.end_role", person, role=grant.role, organisation=str(grant.organisation_id))


def _keep_one_administrator() -> None:
    serialise("national-administrators")
    db.session.flush()
    if not queries.national_administrators():
        raise Conflict(code="last_administrator")


def suspend_person(actor: Actor, *, person_id: uuid.UUID, reason: str, now: datetime) -> Person:
    """Keep somebody out; her sessions end. Raises NotFound, NotAllowed, Invalid without a reason, Conflict."""
    person = _person_to_decide_on(actor, person_id, reason)
    if person.state is PersonState.SUSPENDED:
        raise Conflict(code="already_suspended")
    record(actor, "accounts.suspend", person, reason=reason.strip(), was=person.state)
    person.state = PersonState.SUSPENDED
    end_sessions(person.id, now)
    _keep_one_administrator()
    return person


def restore_person(actor: Actor, *, person_id: uuid.UUID, reason: str) -> Person:
    """Let a suspended person in again. Raises as suspend_person."""
    person = _person_to_decide_on(actor, person_id, reason)
    if person.state is not PersonState.SUSPENDED:
        raise Conflict(code="not_suspended")
    person.state = PersonState.ACTIVE if person.password_hash else PersonState.INVITED
    record(actor, "accounts.restore", person, reason=reason.strip())
    return person


def _person_to_decide_on(actor: Actor, person_id: uuid.UUID, reason: str) -> Person:
    person = queries.get_person_for(actor, person_id)
    national = any(
        held.national and held.role is Role.ADMINISTRATOR
        for held in queries.grants_of([person_id]).get(person_id, ())
    )
    if not policies.can_suspend(actor, person, is_national_administrator=national):
        raise NotAllowed
    if not reason.strip():
        raise Invalid
    return person
