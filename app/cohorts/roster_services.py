"""A roster: read and shown first, imported whole or not at all."""

import uuid
from datetime import datetime

from sqlalchemy import update

from app.accounts import services as accounts
from app.accounts.queries import RosterKey, roster_matches
from app.audit.services import record
from app.cohorts import policies, rules
from app.cohorts.models import Cohort, Membership, RosterImport
from app.cohorts.roster import Fault, RosterRow
from app.cohorts.services import add_member
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.courses import services as courses


def keep_preview(actor: Actor, cohort: Cohort, file_name: str, rows: list[RosterRow]) -> RosterImport:
    """Keep what was read so that confirming imports exactly what was shown. Raises NotAllowed."""
    if not policies.can_manage_cohort(actor, cohort):
        raise NotAllowed
    preview = RosterImport(
        cohort_id=cohort.id,
        uploaded_by=actor.person_id,
        file_name=file_name[:200],
        rows=[row.as_json() for row in rows],
    )
    db.session.add(preview)
    db.session.flush()
    return preview


def get_preview(cohort: Cohort, import_id: uuid.UUID) -> RosterImport:
    """Raises NotFound when it belongs to another cohort."""
    preview = db.session.get(RosterImport, import_id)
    if preview is None or preview.cohort_id != cohort.id:
        raise NotFound
    return preview


def preview_rows(preview: RosterImport) -> list[RosterRow]:
    """The rows of a kept preview."""
    return [RosterRow(**row) for row in preview.rows]


def _key(row: RosterRow) -> RosterKey:
    return RosterKey(row.name, row.student_number or None, row.email or None, row.latin_name)


def check_against_accounts(cohort: Cohort, rows: list[RosterRow]) -> None:
    """Add the faults that only the accounts know: numbers and addresses that belong to somebody else."""
    matches = roster_matches(cohort.organisation_id, [_key(row) for row in rows])
    for row, (_person, clash) in zip(rows, matches, strict=True):
        if clash is not None:
            row.faults.append(Fault(f"{clash}_taken"))


def import_roster(actor: Actor, cohort: Cohort, preview: RosterImport, now: datetime) -> tuple[int, int]:
    """Import a preview whole: (people newly made, people put into the cohort).

    Raises NotAllowed, Invalid while a row has a fault (also one that appeared since it was shown), Conflict when
    it was imported before.
    """
    if not policies.can_manage_cohort(actor, cohort):
        raise NotAllowed
    rows = preview_rows(preview)
    if preview.confirmed_at is None:
        check_against_accounts(cohort, rows)
    if any(row.faults for row in rows):
        raise Invalid
    claimed = db.session.execute(
        update(RosterImport)
        .where(RosterImport.id == preview.id, RosterImport.confirmed_at.is_(None))
        .values(confirmed_at=now)
        .returning(RosterImport.id)
    ).scalar()
    if claimed is None:
        raise Conflict
    people = accounts.ensure_roster_people(
        actor, organisation_id=cohort.organisation_id, keys=[_key(row) for row in rows], now=now
    )
    made = sum(is_new for _person, is_new in people)
    _add_members(actor, cohort, [(person.id, is_new) for person, is_new in people], now)
    record(actor, "cohorts.roster", cohort, file=preview.file_name, rows=len(rows), new_people=made)
    return made, len(rows)


def _add_members(actor: Actor, cohort: Cohort, people: list[tuple[uuid.UUID, bool]], now: datetime) -> None:
    """Put people into the cohort; those whose accounts are new in a few statements for all of them."""
    fresh = [person_id for person_id, is_new in people if is_new]
    members = [Membership(cohort_id=cohort.id, person_id=person_id, state_since=now) for person_id in fresh]
    db.session.add_all(members)
    db.session.flush()
    for member in members:
        record(actor, "cohorts.join", member, cohort=str(cohort.id), person=str(member.person_id))
    for key in rules.Demands.of(cohort.programme_revision.body).compulsory:
        courses.enrol_all(actor, person_ids=fresh, course_key=key, source=f"cohort:{cohort.id}", now=now)
    for person_id, is_new in people:
        if not is_new:
            add_member(actor, cohort, person_id, now)
