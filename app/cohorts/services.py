"""What happens to cohorts: making them, joining and leaving, completing a programme."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.audit.services import record
from app.cohorts import policies, queries, rules
from app.cohorts.events import CompletionInDoubt, ProgrammeCompleted
from app.cohorts.models import (
    Cohort,
    Membership,
    MembershipState,
    Programme,
    ProgrammeCompletion,
    RecordExport,
)
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.events import announce
from app.courses import services as courses
from app.quizzes import services as quizzes
from app.quizzes.models import Attempt
from app.quizzes.rules import NOTHING_BROUGHT, Admission


def create_cohort(
    actor: Actor,
    *,
    programme: Programme,
    organisation_id: uuid.UUID,
    name: str,
    session_number: str = "",
    starts_on: date,
    ends_on: date,
    is_demo: bool = False,
) -> Cohort:
    """Open a cohort on the programme's present revision.

    Raises NotAllowed away from the actor's organisations, Invalid when the dates are the wrong way round or the
    programme has no revision yet.
    """
    if not policies.can_create_cohort(actor, organisation_id):
        raise NotAllowed
    if ends_on < starts_on or programme.current_revision_id is None:
        raise Invalid
    cohort = Cohort(
        programme_id=programme.id,
        programme_revision_id=programme.current_revision_id,
        organisation_id=organisation_id,
        name=name,
        session_number=session_number,
        starts_on=starts_on,
        ends_on=ends_on,
        join_code=rules.new_join_code(),
        is_demo=is_demo,
    )
    db.session.add(cohort)
    db.session.flush()
    record(actor, "cohorts.create", cohort, programme=programme.key, name=name)
    return cohort


def add_member(actor: Actor, cohort: Cohort, person_id: uuid.UUID, now: datetime) -> Membership:
    """Put a person into a cohort and enrol her in its compulsory courses; again is no change.

    Somebody who had withdrawn comes back to her old membership.
    """
    membership = db.session.scalar(
        select(Membership).where(Membership.cohort_id == cohort.id, Membership.person_id == person_id)
    )
    if membership is None:
        membership = Membership(cohort_id=cohort.id, person_id=person_id, state_since=now)
        membership.cycle = _next_cycle(person_id, cohort.programme_id)
        membership.counts_from = now if membership.cycle > 1 else None
        if not add_unless_taken(membership):
            return add_member(actor, cohort, person_id, now)
        record(actor, "cohorts.join", membership, cohort=str(cohort.id), person=str(person_id))
    elif membership.state is MembershipState.WITHDRAWN:
        membership.state, membership.state_since, membership.reason = MembershipState.ACTIVE, now, ""
        record(actor, "cohorts.rejoin", membership, cohort=str(cohort.id), person=str(person_id))
    _enrol(actor, cohort, membership, now)
    check_completion(membership.id, now)
    return membership


def _enrol(actor: Actor, cohort: Cohort, membership: Membership, now: datetime) -> None:
    """Into the compulsory courses; in a renewal they are studied again as they are now."""
    source = f"cohort:{cohort.id}"
    for key in rules.Demands.of(cohort.programme_revision.body, membership.cycle).compulsory:
        if membership.cycle == 1:
            courses.enrol(actor, person_id=membership.person_id, course_key=key, source=source, now=now)
        else:
            courses.enrol_again(
                actor, person_id=membership.person_id, course_key=key, source=source, delta=False, now=now
            )


def _next_cycle(person_id: uuid.UUID, programme_id: uuid.UUID) -> int:
    completed = db.session.scalars(
        select(ProgrammeCompletion.cycle).where(
            ProgrammeCompletion.person_id == person_id, ProgrammeCompletion.programme_id == programme_id
        )
    ).all()
    return max(completed, default=0) + 1


def join_with_code(actor: Actor, code: str, now: datetime) -> Membership:
    """The actor joins the cohort that the code opens. Raises NotFound for a wrong or closed code."""
    cohort = queries.find_cohort_by_code(code)
    if cohort is None:
        raise NotFound
    return add_member(actor, cohort, actor.person_id, now)


def _leave(actor: Actor, membership: Membership, state: MembershipState, reason: str, now: datetime) -> None:
    if not policies.can_manage_cohort(actor, membership.cohort):
        raise NotAllowed
    if membership.state is not MembershipState.ACTIVE:
        raise Conflict
    if not reason.strip():
        raise Invalid
    membership.state, membership.reason, membership.state_since = state, reason.strip(), now
    record(actor, f"cohorts.{state}", membership, reason=reason.strip(), person=str(membership.person_id))


def withdraw(actor: Actor, membership: Membership, reason: str, now: datetime) -> None:
    """Take somebody out of her cohort; what she did is kept.

    Raises NotAllowed, Conflict when she is not active any more, Invalid without a reason.
    """
    _leave(actor, membership, MembershipState.WITHDRAWN, reason, now)


def transfer(actor: Actor, membership: Membership, target: Cohort, reason: str, now: datetime) -> Membership:
    """Move somebody to another cohort of the same programme with all she has done.

    Raises NotAllowed unless the actor manages both, Invalid for another programme or the same cohort.
    """
    if not policies.can_manage_cohort(actor, target):
        raise NotAllowed
    if target.id == membership.cohort_id or target.programme_id != membership.cohort.programme_id:
        raise Invalid
    _leave(actor, membership, MembershipState.TRANSFERRED, reason, now)
    moved = add_member(actor, target, membership.person_id, now)
    moved.counts_from = membership.counts_from
    moved.declared_at, moved.declaration_digest = membership.declared_at, membership.declaration_digest
    membership.moved_to_id = moved.id
    return moved


def set_joining(actor: Actor, cohort: Cohort, *, is_open: bool) -> None:
    """Open or close joining by code; opening again makes a new code, so that an old one stays dead."""
    if not policies.can_manage_cohort(actor, cohort):
        raise NotAllowed
    if is_open and not cohort.joining_open:
        cohort.join_code = rules.new_join_code()
    cohort.joining_open = is_open
    record(actor, "cohorts.joining", cohort, open=is_open)


def start_certification_exam(
    actor: Actor, membership: Membership, now: datetime, admission: Admission = NOTHING_BROUGHT
) -> Attempt:
    """Start (or go on with) the certification examination of one's own membership.

    Raises NotAllowed for somebody else's, Conflict while courses or hours are missing or the person has left, and
    whatever the examination engine raises (window, attempts, cooling-off).
    """
    quiz_id = membership.cohort.programme_revision.quiz_of(membership.cycle)
    if not policies.can_study(actor, membership):
        raise NotAllowed
    place = queries.places([membership], now)[0]
    if quiz_id is None or membership.state is not MembershipState.ACTIVE or not place.progress.ready_for_exam:
        raise Conflict
    return quizzes.start_attempt(
        actor,
        quiz_id=quiz_id,
        context_type=queries.EXAM_CONTEXT,
        context_id=membership.id,
        admission=admission,
        now=now,
    )


def check_person(person_id: uuid.UUID, now: datetime, *, by_regrade: bool = False) -> None:
    """Look at every active membership of a person again: something of hers was completed."""
    for membership in queries.memberships_of(person_id):
        if membership.state is MembershipState.ACTIVE:
            check_completion(membership.id, now, by_regrade=by_regrade)


def doubt_completions(person_id: uuid.UUID, attempt_id: uuid.UUID, grade_run_id: uuid.UUID) -> None:
    """Say of every programme that the person has completed that a regrade changed a result of hers."""
    for membership in queries.memberships_of(person_id):
        if membership.state is MembershipState.COMPLETED:
            announce(CompletionInDoubt(membership.id, attempt_id, grade_run_id))


def check_completion(membership_id: uuid.UUID, now: datetime, *, by_regrade: bool = False) -> bool:
    """Complete the programme if every demand is met: once a person, programme and cycle, however often asked."""
    membership = db.session.scalar(select(Membership).where(Membership.id == membership_id).with_for_update())
    if membership is None or membership.state is not MembershipState.ACTIVE:
        return False
    loaded = next(item for item in queries.memberships_of(membership.person_id) if item.id == membership_id)
    place = queries.places([loaded], now)[0]
    if not place.progress.complete:
        return False
    cohort = loaded.cohort
    known = db.session.scalar(
        select(ProgrammeCompletion.id).where(
            ProgrammeCompletion.person_id == membership.person_id,
            ProgrammeCompletion.programme_id == cohort.programme_id,
            ProgrammeCompletion.cycle == membership.cycle,
        )
    )
    membership.state, membership.state_since = MembershipState.COMPLETED, now
    if known is not None:
        return False
    completion = ProgrammeCompletion(
        membership_id=membership.id,
        person_id=membership.person_id,
        programme_id=cohort.programme_id,
        programme_revision_id=cohort.programme_revision_id,
        cycle=membership.cycle,
        completed_at=now,
        hours=place.progress.hours,
        exam_percent=place.exam.percent,
        basis=_basis(loaded, place),
    )
    db.session.add(completion)
    db.session.flush()
    record(None, "cohorts.complete", membership, person=str(membership.person_id))
    announce(
        ProgrammeCompleted(
            membership_id=membership.id,
            person_id=membership.person_id,
            programme_id=cohort.programme_id,
            programme_revision_id=cohort.programme_revision_id,
            cohort_id=cohort.id,
            cycle=membership.cycle,
            by_regrade=by_regrade,
        )
    )
    return True


def _basis(membership: Membership, place: queries.Place) -> dict[str, Any]:
    """The revisions and the grade run that a completion rests on, as JSON."""
    person_id = membership.person_id
    done = [key for key in place.demands.courses if key in place.courses and place.courses[key].done]
    outcome = queries.exam_outcomes([membership]).get(membership.id)
    return {
        "courses": queries.course_basis(person_id, done, membership.counts_from),
        "quiz_revision_digest": outcome.quiz_revision_digest if outcome else None,
        "attempt_id": str(outcome.attempt_id) if outcome else None,
        "grade_run_id": str(outcome.grade_run_id) if outcome else None,
        "percent_is_stated": outcome is None or outcome.percent == outcome.stated_percent,
    }


def log_export(
    actor: Actor,
    cohort: Cohort,
    *,
    purpose: str,
    format: str,  # noqa: A002 - the field's name
    columns: list[str],
    row_count: int,
    digest: str,
) -> RecordExport:
    """Note that a cohort's records left the platform."""
    entry = RecordExport(
        cohort_id=cohort.id,
        organisation_id=cohort.organisation_id,
        exported_by=actor.person_id,
        purpose=purpose,
        format=format,
        columns=columns,
        row_count=row_count,
        digest=digest,
    )
    db.session.add(entry)
    db.session.flush()
    record(actor, "cohorts.export", cohort, reason=purpose, rows=row_count, format=format)
    return entry
