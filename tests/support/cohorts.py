"""Cohorts and what their people do, made by calling the services."""

import uuid
from collections.abc import Callable
from datetime import date, datetime

from app.accounts.models import Person
from app.cohorts import queries, services
from app.cohorts.models import Cohort, Membership
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import release, transaction
from app.quizzes import grading
from app.quizzes.models import Attempt
from tests.support.cast import Cast, as_actor
from tests.support.courses import pass_exam, study
from tests.support.examinations import sit


def registrar_of(cast: Cast) -> Actor:
    return as_actor(cast.registrar, Grant(Role.REGISTRAR, cast.university.id))


def make_cohort(cast: Cast, name: str = "2026年秋季班", **values: object) -> Cohort:
    """A cohort of the small programme at the cast's university; the small content is synced before."""
    release()
    with transaction():
        cohort = services.create_cohort(
            registrar_of(cast),
            programme=queries.get_programme("small-programme"),
            organisation_id=cast.university.id,
            name=name,
            session_number="2026-2",
            starts_on=date(2026, 9, 1),
            ends_on=date(2099, 12, 31),  # under way, whenever the tests are run
        )
        for key, value in values.items():
            setattr(cohort, key, value)
    release()
    return queries.get_cohort_for(registrar_of(cast), cohort.id)


def join(cast: Cast, cohort: Cohort, person: Person, now: datetime | None = None) -> Membership:
    """The person in the cohort."""
    cohort_id, person_id = cohort.id, person.id
    release()
    with transaction():
        found = queries.get_cohort_for(registrar_of(cast), cohort_id)
        membership = services.add_member(registrar_of(cast), found, person_id, now or clock.now())
    release()
    return membership


def pass_course(person: Person, course_key: str = "small") -> None:
    """Study a course and pass its examination, if it has one."""
    study(person, course_key)
    pass_exam(person, course_key)


def certify(
    person: Person,
    membership_id: uuid.UUID,
    *,
    right: bool = True,
    answering: Callable[[grading.Body], grading.Response] = grading.perfect,
) -> Attempt:
    """Sit the certification examination of a membership."""
    release()
    with transaction():
        membership = queries.get_membership_for(as_actor(person), membership_id)
        attempt = services.start_certification_exam(as_actor(person), membership, clock.now())
    sit(person, attempt, right=right, answering=answering)
    return attempt
