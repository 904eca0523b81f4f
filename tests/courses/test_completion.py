"""Completion from evidence: what counts, that it is announced once, what the examination needs."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, events
from app.core.database import db, release, transaction
from app.core.errors import Conflict, NotAllowed, NotFound
from app.courses import queries, services
from app.courses.events import CourseCompleted
from app.courses.models import CourseCompletion, Enrolment
from app.courses.rules import Evidence, Next, next_kind
from tests.support.cast import Cast, as_actor
from tests.support.courses import answer_everything, enrol, pass_exam, read_everything, study, sync_folder

counts = st.integers(0, 6)


@given(st.tuples(counts, counts), st.tuples(counts, counts), st.booleans(), st.sampled_from([None, False, True]))
def test_complete_means_all_read_all_answered_and_passed(
    sections: tuple[int, int], checks: tuple[int, int], has_exam: bool, passed: bool | None
) -> None:
    (read, more), (answered, open_checks) = sections, checks
    evidence = Evidence(read, read + more, answered, answered + open_checks, has_exam, passed)
    whole = more == 0 and open_checks == 0 and (not has_exam or passed is True)
    assert evidence.complete is whole
    assert (next_kind(evidence) is Next.NOTHING) == (whole and read + answered > 0)
    assert 0 <= evidence.share <= 1
    assert (evidence.share == 1) == (more == 0 and open_checks == 0 and (not has_exam or bool(passed)))


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()


@pytest.fixture
def completed(monkeypatch: pytest.MonkeyPatch) -> list[CourseCompleted]:
    """Every CourseCompleted announced during the test."""
    heard: list[CourseCompleted] = []
    monkeypatch.setitem(events._handlers, CourseCompleted, [heard.append])
    return heard


def test_reading_and_answering_alone_do_not_complete_a_course_with_an_examination(
    cast: Cast, completed: list[CourseCompleted]
) -> None:
    study(cast.trainee)
    assert completed == []


def test_the_passed_examination_completes_it_once_and_credits_the_nominal_hours(
    cast: Cast, completed: list[CourseCompleted]
) -> None:
    enrolment_id = study(cast.trainee).id
    pass_exam(cast.trainee)
    assert [(event.enrolment_id, event.hours) for event in completed] == [(enrolment_id, Decimal(3))]
    release()
    with transaction():
        services.check_completion_of(enrolment_id, clock.now())
    assert len(completed) == 1
    assert len(list(db.session.scalars(select(CourseCompletion.id)))) == 1


def test_a_failed_examination_completes_nothing(cast: Cast, completed: list[CourseCompleted]) -> None:
    study(cast.trainee)
    pass_exam(cast.trainee, right=False)
    assert completed == []
    course_id = queries.course_ids(["small"])["small"]
    standing = queries.standing_of([cast.trainee.id], [course_id])[cast.trainee.id, course_id]
    assert (standing.exam_passed, standing.exam_attempts, standing.next) == (False, 1, Next.EXAMINATION)


def test_the_examination_waits_for_the_study(cast: Cast) -> None:
    enrol(cast.trainee)
    read_everything(cast.trainee)
    release()
    with pytest.raises(Conflict), transaction():
        services.start_exam(as_actor(cast.trainee), "small", now=clock.now())
    answer_everything(cast.trainee, right=False)
    with transaction():
        attempt = services.start_exam(as_actor(cast.trainee), "small", now=clock.now())
    assert attempt.context_type == "course"


def test_nobody_starts_an_examination_of_a_course_she_is_not_in(cast: Cast) -> None:
    release()
    with pytest.raises(NotFound), transaction():
        services.start_exam(as_actor(cast.outsider), "small", now=clock.now())


def test_standing_after_completion(cast: Cast) -> None:
    study(cast.trainee)
    pass_exam(cast.trainee)
    course_id = queries.course_ids(["small"])["small"]
    standing = queries.standing_of([cast.trainee.id], [course_id])[cast.trainee.id, course_id]
    assert standing.completed_at is not None
    assert (standing.hours, standing.exam_percent, standing.exam_passed) == (Decimal(3), Decimal(100), True)
    assert (standing.sections_done, standing.sections_total) == (4, 4)
    assert (standing.checks_done, standing.checks_total) == (2, 2)
    assert standing.next is Next.NOTHING


def test_enrolling_again_changes_nothing(cast: Cast) -> None:
    assert enrol(cast.trainee).id == enrol(cast.trainee, source="cohort:1").id
    assert list(db.session.scalars(select(Enrolment.source))) == ["self"]


def test_a_closed_course_cannot_be_taken_up(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.courses.policies.can_take_up", lambda _outline: False)
    release()
    with pytest.raises(NotAllowed), transaction():
        services.take_up(as_actor(cast.trainee), course_key="small", now=clock.now())


def test_an_older_place_never_overwrites_a_newer_one(cast: Cast) -> None:
    enrolment = enrol(cast.trainee)
    release()
    actor, early, late = as_actor(cast.trainee), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    for section, moment in (("two", late), ("one", early)):
        with transaction():
            services.keep_place(
                actor, "small", module_key="m1-first", lesson_key="basics", section_key=section, now=moment
            )
    assert queries.place_of(enrolment) == ("m1-first", "basics", "two")
