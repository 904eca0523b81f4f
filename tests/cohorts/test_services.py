"""Joining, leaving, completing: once, and only within one's own organisation."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.cohorts import queries, services
from app.cohorts.events import ProgrammeCompleted
from app.cohorts.models import (
    Cohort,
    Membership,
    MembershipState,
    Programme,
    ProgrammeCompletion,
    ProgrammeRevision,
)
from app.cohorts.record_rows import record_rows
from app.core import clock
from app.core.access import Grant, Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.events import subscribe
from app.courses.models import Enrolment
from tests.support.cast import Cast, as_actor
from tests.support.cohorts import certify, join, make_cohort, pass_course, registrar_of
from tests.support.courses import sync_folder
from tests.support.statements import counted_statements


@pytest.fixture(autouse=True)
def content(app: Flask, cast: Cast) -> None:
    with app.app_context():
        sync_folder()


def count(table: type) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def leave(cast: Cast, cohort: Cohort, reason: str) -> Membership:
    cohort_id = cohort.id
    release()
    with transaction():
        [membership] = queries.list_memberships(cohort_id)
        services.withdraw(registrar_of(cast), membership, reason, clock.now())
    release()
    return membership


def test_programmes_come_from_content_and_stay_when_nothing_changed(app: Flask) -> None:
    assert (count(Programme), count(ProgrammeRevision)) == (1, 1)
    with app.app_context():
        sync_folder()
    assert count(ProgrammeRevision) == 1


def test_a_stranger_and_another_universitys_registrar_see_no_cohort(cast: Cast) -> None:
    cohort = make_cohort(cast)
    other = as_actor(cast.other_registrar, Grant(Role.REGISTRAR, cast.other_university.id))
    for actor in (as_actor(cast.outsider), as_actor(cast.trainee), other):
        with pytest.raises(NotFound):
            queries.get_cohort_for(actor, cohort.id)
    assert queries.list_cohorts(other) == []


def test_nobody_opens_a_cohort_at_another_organisation(cast: Cast) -> None:
    with pytest.raises(NotAllowed), transaction():
        services.create_cohort(
            registrar_of(cast),
            programme=queries.get_programme("small-programme"),
            organisation_id=cast.other_university.id,
            name="x",
            starts_on=clock.day_of(clock.now()),
            ends_on=clock.day_of(clock.now()),
        )


def test_joining_twice_is_joining_once_and_enrols_in_the_compulsory_courses(cast: Cast) -> None:
    cohort = make_cohort(cast)
    first, second = join(cast, cohort, cast.trainee), join(cast, cohort, cast.trainee)
    assert first.id == second.id
    assert [row.source for row in db.session.scalars(select(Enrolment))] == [f"cohort:{cohort.id}"]


def test_a_closed_or_mistyped_code_opens_nothing(cast: Cast) -> None:
    cohort = make_cohort(cast)
    code = cohort.join_code
    release()
    with transaction():
        assert (
            services.join_with_code(as_actor(cast.trainee), f" {code.lower()} ", clock.now()).cohort_id
            == cohort.id
        )
    release()
    with transaction():
        services.set_joining(
            registrar_of(cast), queries.get_cohort_for(registrar_of(cast), cohort.id), is_open=False
        )
    for wrong in (code, "AAAAAAAA", ""):
        release()
        with pytest.raises(NotFound), transaction():
            services.join_with_code(as_actor(cast.cohort_mate), wrong, clock.now())


def test_withdrawing_needs_a_reason_and_can_be_undone_by_joining_again(cast: Cast) -> None:
    cohort = make_cohort(cast)
    join(cast, cohort, cast.trainee)
    with pytest.raises(Invalid):
        leave(cast, cohort, "  ")
    membership = leave(cast, cohort, "工作调动")
    with pytest.raises(Conflict):
        leave(cast, cohort, "再次")
    again = join(cast, cohort, cast.trainee)
    assert (again.id, again.state) == (membership.id, MembershipState.ACTIVE)


def test_transfer_goes_to_the_same_programme_only_and_takes_the_work_along(cast: Cast) -> None:
    here, there = make_cohort(cast, "一班"), make_cohort(cast, "二班")
    join(cast, here, cast.trainee)
    here_id, there_id = here.id, there.id

    def move(target_id: uuid.UUID) -> tuple[Membership, Membership]:
        release()
        with transaction():
            [membership] = queries.list_memberships(here_id)
            target = queries.get_cohort_for(registrar_of(cast), target_id)
            return membership, services.transfer(registrar_of(cast), membership, target, "时间冲突", clock.now())

    with pytest.raises(Invalid):
        move(here_id)
    membership, moved = move(there_id)
    assert membership.state is MembershipState.TRANSFERRED
    assert (membership.moved_to_id, moved.cohort_id) == (moved.id, there_id)


def test_the_certification_examination_is_shut_until_the_courses_are_done(app: Flask, cast: Cast) -> None:
    cohort = make_cohort(cast)
    membership = join(cast, cohort, cast.trainee)
    with app.app_context(), pytest.raises(Conflict):
        certify(cast.trainee, membership.id)


def test_meeting_every_demand_completes_once_with_its_basis(app: Flask, cast: Cast) -> None:
    heard: list[ProgrammeCompleted] = []
    subscribe(ProgrammeCompleted, heard.append)
    cohort = make_cohort(cast)
    membership = join(cast, cohort, cast.trainee)
    with app.app_context():
        pass_course(cast.trainee)
        attempt = certify(cast.trainee, membership.id)
    assert [event.membership_id for event in heard] == [membership.id]
    release()
    for _ in range(2):
        with transaction():
            assert services.check_completion(membership.id, clock.now()) is False
    assert count(ProgrammeCompletion) == 1
    evidence = queries.completion_evidence(membership.id)
    assert (evidence.exam_percent, evidence.hours) == (Decimal(100), Decimal(3))
    assert [course.key for course in evidence.courses] == ["small"]
    assert len(evidence.courses[0].revision_digest) == 64
    assert evidence.grade_run_id is not None
    assert evidence.quiz_revision_digest is not None
    completion = db.session.scalars(select(ProgrammeCompletion)).one()
    assert completion.basis["attempt_id"] == str(attempt.id)


def test_a_failed_examination_completes_nothing_and_shows_as_stuck(app: Flask, cast: Cast) -> None:
    cohort = make_cohort(cast)
    membership = join(cast, cohort, cast.trainee)
    with app.app_context():
        pass_course(cast.trainee)
        certify(cast.trainee, membership.id, right=False)
        [place] = queries.places(queries.list_memberships(cohort.id), clock.now())
    assert count(ProgrammeCompletion) == 0
    assert place.stuck == "exam_failed"


def test_a_record_says_in_words_and_days_of_china_what_became_of_each(app: Flask, cast: Cast) -> None:
    cohort, evening = make_cohort(cast), datetime(2026, 11, 1, 16, 30, tzinfo=UTC)
    with app.app_context():
        memberships = {person.id: join(cast, cohort, person) for person in (cast.trainee, cast.cohort_mate)}
        pass_course(cast.trainee)
        certify(cast.trainee, memberships[cast.trainee.id].id)
        pass_course(cast.cohort_mate)
        certify(cast.cohort_mate, memberships[cast.cohort_mate.id].id, right=False)
    release()
    with transaction() as session:
        session.execute(update(Membership).values(created_at=evening))
        session.execute(update(ProgrammeCompletion).values(completed_at=evening - timedelta(hours=1)))
    keys = ["state", "joined_on", "courses_done", "hours", "exam_percent", "exam_result", "completed_on", "cohort"]

    def rows(cohort_id: uuid.UUID) -> set[tuple[object, ...]]:
        release()
        return {tuple(row) for row in record_rows(queries.get_cohort_for(registrar_of(cast), cohort_id), keys)}

    assert rows(cohort.id) == {
        ("结业", "2026-11-02", 1, 3.0, 100.0, "合格", "2026-11-01", cohort.name),
        ("在读", "2026-11-02", 1, 3.0, 0.0, "不合格", None, cohort.name),
    }
    other = make_cohort(cast, "另一班")
    join(cast, other, cast.outsider, evening)
    leave(cast, other, "退出")
    [left] = rows(other.id)
    assert left[2:7] == (0, 0.0, None, None, None)


def test_somebody_withdrawn_completes_nothing(app: Flask, cast: Cast) -> None:
    cohort = make_cohort(cast)
    join(cast, cohort, cast.trainee)
    leave(cast, cohort, "退出")
    with app.app_context():
        pass_course(cast.trainee)
    assert count(ProgrammeCompletion) == 0


def test_the_matrix_takes_as_many_statements_for_one_as_for_many(app: Flask, cast: Cast) -> None:
    cohort = make_cohort(cast)
    join(cast, cohort, cast.trainee)

    def statements() -> int:
        release()
        with app.app_context(), counted_statements() as seen:
            queries.places(queries.list_memberships(cohort.id), clock.now() + timedelta(days=30))
        return len(seen)

    one = statements()
    join(cast, cohort, cast.cohort_mate)
    join(cast, cohort, cast.outsider)
    assert statements() == one <= 8
    assert count(Membership) == 3
