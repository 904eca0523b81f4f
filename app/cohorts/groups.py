"""Cohorts as groups of candidates: for the decisions of the examination engine about many at once."""

import uuid
from collections.abc import Collection

from sqlalchemy import Select, select

from app.cohorts.models import Cohort, Membership, MembershipState
from app.cohorts.queries import EXAM_CONTEXT
from app.core.database import db
from app.courses.models import Enrolment
from app.quizzes.registry import Group


def sittings_of_cohort(cohort_id: uuid.UUID) -> Select[uuid.UUID]:
    """The contexts of examinations of a cohort's people: their memberships, and their enrolments in courses."""
    members = select(Membership.person_id).where(Membership.cohort_id == cohort_id)
    ours = select(Membership.id.label("id")).where(Membership.cohort_id == cohort_id)
    theirs = select(Enrolment.id.label("id")).where(Enrolment.person_id.in_(members))
    both = ours.union_all(theirs).subquery()
    return select(both.c.id)


def cohorts_of_sitting(person_id: uuid.UUID, context_type: str, context_id: uuid.UUID) -> Select[uuid.UUID]:
    """The cohorts somebody belongs to when she sits an examination: of a certification, the cohort it is for; of a
    course, every one she has not left."""
    mine = select(Membership.cohort_id).where(Membership.person_id == person_id)
    if context_type == EXAM_CONTEXT:
        return mine.where(Membership.id == context_id)
    return mine.where(Membership.state.in_((MembershipState.ACTIVE, MembershipState.COMPLETED)))


def describe_cohorts(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Group]:
    """Names and organisations of cohorts, by identifier. One statement."""
    rows = db.session.execute(select(Cohort.id, Cohort.name, Cohort.organisation_id).where(Cohort.id.in_(ids)))
    return {row.id: Group(row.name, row.organisation_id) for row in rows}
