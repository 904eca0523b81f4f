"""A renewal is another cycle of the programme: study, test, declaration. What was certified before stands."""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.services import record
from app.cohorts import policies, queries, rules, services
from app.cohorts.models import (
    Cohort,
    Membership,
    MembershipState,
    Programme,
    ProgrammeCompletion,
    ProgrammeRevision,
)
from app.core import clock
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.digests import digest_of
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound

#: The calendar that the standing classes follow.


def renewal_rules(programme_ids: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Programmes that can be renewed → how many days before the expiry that may begin. One statement."""
    rows = db.session.execute(
        select(Programme.id, ProgrammeRevision.body)
        .join(ProgrammeRevision, ProgrammeRevision.id == Programme.current_revision_id)
        .where(Programme.id.in_(programme_ids))
    )
    return {row.id: int(row.body["renewal"]["opens_days"]) for row in rows if row.body.get("renewal")}


def running_renewals(person_id: uuid.UUID) -> dict[uuid.UUID, Membership]:
    """The renewals a person is in, by programme."""
    return {
        membership.cohort.programme_id: membership
        for membership in queries.memberships_of(person_id)
        if membership.cycle > 1 and membership.state is MembershipState.ACTIVE
    }


def begin_renewal(actor: Actor, programme_id: uuid.UUID, now: datetime) -> Membership:
    """Begin the actor's own next cycle of a programme that she has completed, or go on with the one that runs.

    She joins the awarding organisation's standing class of the year. From when that is possible is the
    caller's matter. Raises NotFound for an unknown programme, Conflict when it knows no renewal or was never
    completed.
    """
    programme = db.session.get(Programme, programme_id)
    if programme is None or programme.current_revision_id is None:
        raise NotFound
    running = running_renewals(actor.person_id).get(programme_id)
    if running is not None:
        return running
    completed = db.session.scalar(
        select(ProgrammeCompletion.id)
        .where(ProgrammeCompletion.person_id == actor.person_id, ProgrammeCompletion.programme_id == programme_id)
        .limit(1)
    )
    if completed is None or programme_id not in renewal_rules({programme_id}):
        raise Conflict(_("This programme cannot be renewed."))
    cohort = _standing_class(actor, programme, now)
    return services.add_member(actor, cohort, actor.person_id, now)


def _standing_class(actor: Actor, programme: Programme, now: datetime) -> Cohort:
    """The renewals' class of this year on the programme's present revision; the first to need it makes it."""
    today = clock.day_of(now)
    found = _find_class(programme, today.year)
    if found is not None:
        return found
    revision = db.session.get_one(ProgrammeRevision, programme.current_revision_id)
    cohort = Cohort(
        programme_id=programme.id,
        programme_revision_id=revision.id,
        organisation_id=programme.organisation_id,
        name=f"{rules.Demands.of(revision.body).title['zh']} · {today.year}年度续期",
        session_number=str(today.year),
        starts_on=today.replace(month=1, day=1),
        ends_on=today.replace(month=12, day=31),
        join_code=rules.new_join_code(),
        joining_open=False,
        is_renewal=True,
    )
    if add_unless_taken(cohort):
        record(actor, "cohorts.create", cohort, programme=programme.key, name=cohort.name)
    found = _find_class(programme, today.year)
    assert found is not None  # noqa: S101 - just made, here or by whoever was quicker
    return found


def _find_class(programme: Programme, year: int) -> Cohort | None:
    return db.session.scalar(
        select(Cohort)
        .options(*queries.COHORT_LOADED)
        .where(
            Cohort.programme_id == programme.id,
            Cohort.is_renewal,
            Cohort.session_number == str(year),
            Cohort.programme_revision_id == programme.current_revision_id,
        )
    )


def declare(actor: Actor, membership: Membership, *, accepted: bool, now: datetime) -> None:
    """Make the conduct declaration of one's own renewal; the wording is kept by its digest.

    Raises NotAllowed for somebody else's, Conflict where none is demanded, Invalid unless it is accepted.
    """
    if not policies.can_study(actor, membership):
        raise NotAllowed
    demands = rules.Demands.of(membership.cohort.programme_revision.body, membership.cycle)
    if demands.declaration is None or membership.state is not MembershipState.ACTIVE:
        raise Conflict
    if not accepted:
        raise Invalid(_("Tick the box to make the declaration."))
    if membership.declared_at is None:
        membership.declared_at, membership.declaration_digest = now, digest_of(demands.declaration)
        db.session.flush()
        record(actor, "cohorts.declare", membership, wording=membership.declaration_digest)
    services.check_completion(membership.id, now)
