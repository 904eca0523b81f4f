"""Who is to sit a certification examination: for the invigilators of the day."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from app.accounts.models import Person
from app.cohorts import rules
from app.cohorts.models import Cohort, Membership, MembershipState, ProgrammeRevision
from app.cohorts.queries import EXAM_CONTEXT
from app.core.database import db
from app.courses.models import Course, CourseCompletion, Enrolment
from app.quizzes import queries as quizzes
from app.quizzes.registry import Candidate

#: Courses that a person has completed in the round she studies now.
Courses = dict[str, rules.CourseState]


def candidates_of(quiz_id: uuid.UUID) -> Sequence[Candidate]:
    """The active members whose examination this is and who have not passed it.

    One statement where it is nobody's examination, five or six where it is.
    """
    revisions = {
        revision.id: revision
        for revision in db.session.scalars(
            select(ProgrammeRevision).where(
                or_(ProgrammeRevision.quiz_id == quiz_id, ProgrammeRevision.renewal_quiz_id == quiz_id)
            )
        )
    }
    if not revisions:
        return []
    members = [
        row
        for row in db.session.execute(_members(revisions))
        if revisions[row.programme_revision_id].quiz_of(row.cycle) == quiz_id
    ]
    demands = {
        (revision_id, cycle): rules.Demands.of(revisions[revision_id].body, cycle)
        for revision_id, cycle in {(row.programme_revision_id, row.cycle) for row in members}
    }
    done = _completed(revisions, {key for each in demands.values() for key in each.courses})
    passed = _passed(revisions, quiz_id, [row.id for row in members if row.cycle > 1])
    found = []
    for row in members:
        if (row.person_id, row.cycle > 1) in passed:
            continue
        states = rules.counted(done.get(row.person_id, {}), row.counts_from)
        progress = rules.assess(demands[row.programme_revision_id, row.cycle], states, rules.ExamState())
        found.append(Candidate(row.person_id, (EXAM_CONTEXT, row.id), row.name, admitted=progress.ready_for_exam))
    return found


def groups_of(membership_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of their cohorts. One statement."""
    rows = db.session.execute(
        select(Membership.id, Cohort.name)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(Membership.id.in_(membership_ids))
    )
    return {row.id: row.name for row in rows}


def quizzes_to_sit(organisations: Collection[uuid.UUID] | None) -> Select[Any]:
    """The examinations before active members, of people of these organisations (None: of any)."""
    renewing = case((Membership.cycle > 1, ProgrammeRevision.renewal_quiz_id))
    chosen = (
        select(func.coalesce(renewing, ProgrammeRevision.quiz_id))
        .select_from(Membership)
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .join(ProgrammeRevision, ProgrammeRevision.id == Cohort.programme_revision_id)
        .where(Membership.state == MembershipState.ACTIVE)
    )
    if organisations is None:
        return chosen
    return chosen.join(Person, Person.id == Membership.person_id).where(Person.organisation_id.in_(organisations))


def _members(revisions: Collection[uuid.UUID]) -> Any:
    return (
        select(
            Membership.id,
            Membership.person_id,
            Membership.cycle,
            Membership.counts_from,
            Cohort.name,
            Cohort.programme_revision_id,
        )
        .join(Cohort, Cohort.id == Membership.cohort_id)
        .where(Membership.state == MembershipState.ACTIVE, Cohort.programme_revision_id.in_(revisions))
    )


def _people(revisions: Collection[uuid.UUID]) -> Any:
    return _members(revisions).with_only_columns(Membership.person_id).scalar_subquery()


def _completed(revisions: Collection[uuid.UUID], keys: Collection[str]) -> dict[uuid.UUID, Courses]:
    rows = db.session.execute(
        select(CourseCompletion.person_id, Course.key, CourseCompletion.completed_at, CourseCompletion.hours)
        .join(Course, Course.id == CourseCompletion.course_id)
        .join(Enrolment, Enrolment.id == CourseCompletion.enrolment_id)
        .where(Course.key.in_(keys), Enrolment.is_current, CourseCompletion.person_id.in_(_people(revisions)))
    )
    found: dict[uuid.UUID, Courses] = {}
    for row in rows:
        state = rules.CourseState(row.key, enrolled=True, completed_at=row.completed_at, hours=row.hours)
        found.setdefault(row.person_id, {})[row.key] = state
    return found


def _passed(
    revisions: Collection[uuid.UUID], quiz_id: uuid.UUID, renewals: Collection[uuid.UUID]
) -> set[tuple[uuid.UUID, bool]]:
    """Who has passed, and whether in a renewal; which attempts count as in ``queries.exam_outcomes``."""
    found = set()
    for renewing, contexts in ((False, None), (True, renewals)):
        if contexts is not None and not contexts:
            continue
        outcomes = quizzes.results_of(_people(revisions), [quiz_id], EXAM_CONTEXT, contexts)
        found |= {(person_id, renewing) for (person_id, _quiz), outcome in outcomes.items() if outcome.passed}
    return found
