"""Sittings: starting, limits, the window, submitting, and time running out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.database import db, transaction
from app.core.errors import Conflict, NotFound
from app.core.events import subscribe
from app.core.identifiers import new_id
from app.quizzes import queries, services
from app.quizzes.events import AttemptGraded
from app.quizzes.models import Attempt, AttemptState, Grade
from app.quizzes.services import attempts
from tests.support.cast import Cast, as_actor
from tests.support.quizzes import items_of, make_quiz, start

NOW = clock.now().replace(microsecond=0)


def submit(cast: Cast, attempt: Attempt, after: timedelta = timedelta(minutes=1)) -> Attempt:
    with transaction():
        return services.submit_attempt(as_actor(cast.trainee), attempt.id, now=NOW + after)


def test_starting_freezes_a_paper_and_starting_again_goes_on_with_it(cast: Cast) -> None:
    quiz = make_quiz(("single", "numeric", "ordering"))
    attempt = start(cast.trainee, quiz, now=NOW)
    again = start(cast.trainee, quiz, now=NOW + timedelta(minutes=5))
    assert again.id == attempt.id
    assert attempt.deadline_at == NOW + timedelta(minutes=30)
    assert attempt.cutoff_at == attempt.deadline_at + timedelta(seconds=5)
    paper = items_of(attempt)
    assert [item.position for item in paper] == [1, 2, 3]
    assert {item.layout["type"] for item in paper} == {"single", "numeric", "ordering"}


def test_each_candidate_and_each_context_has_its_own_attempts(cast: Cast) -> None:
    quiz = make_quiz(attempts=1)
    mine, hers = start(cast.trainee, quiz), start(cast.cohort_mate, quiz)
    elsewhere = start(cast.trainee, quiz, context_type="other")
    assert len({mine.id, hers.id, elsewhere.id}) == 3


def test_the_limit_and_the_cooling_off_are_kept_and_say_from_when(cast: Cast) -> None:
    quiz = make_quiz(attempts=2, cooling_off_hours=24)
    submit(cast, start(cast.trainee, quiz, now=NOW))
    with pytest.raises(Conflict, match=(NOW + timedelta(hours=24, minutes=1)).strftime("%Y")) as cooling:
        start(cast.trainee, quiz, now=NOW + timedelta(hours=23))
    assert cooling.value.code == "cooling_off"
    second = start(cast.trainee, quiz, now=NOW + timedelta(hours=25))
    assert second.number == 2
    submit(cast, second, timedelta(hours=26))
    with pytest.raises(Conflict) as none_left:
        start(cast.trainee, quiz, now=NOW + timedelta(days=90))
    assert none_left.value.code == "none_left"


def test_outside_the_window_nothing_starts_and_the_window_cuts_the_time(cast: Cast) -> None:
    quiz = make_quiz(opens_at=NOW + timedelta(hours=1), closes_at=NOW + timedelta(hours=2))
    for moment, code in ((timedelta(0), "not_open"), (timedelta(hours=2), "closed")):
        with pytest.raises(Conflict) as refused:
            start(cast.trainee, quiz, now=NOW + moment)
        assert refused.value.code == code
    late_start = start(cast.trainee, quiz, now=NOW + timedelta(minutes=110))
    assert late_start.deadline_at == NOW + timedelta(hours=2)


def test_submitting_grades_announces_once_and_stays_final(cast: Cast) -> None:
    heard: list[AttemptGraded] = []
    subscribe(AttemptGraded, heard.append)
    quiz = make_quiz()
    attempt = submit(cast, start(cast.trainee, quiz, now=NOW))
    again = submit(cast, attempt, timedelta(minutes=9))
    assert (again.state, again.submitted_at) == (AttemptState.SUBMITTED, NOW + timedelta(minutes=1))
    mine = [event for event in heard if event.attempt_id == attempt.id]
    assert [(event.percent, event.passed) for event in mine] == [(Decimal(0), False)]
    assert db.session.query(Grade).filter_by(attempt_id=attempt.id).count() == 3
    outcome = queries.results_of([cast.trainee.id], [quiz.quiz_id])[cast.trainee.id, quiz.quiz_id]
    assert (outcome.attempts_used, outcome.percent, outcome.attempt_id) == (1, Decimal(0), attempt.id)
    assert outcome.quiz_revision_digest == quiz.digest


def test_nobody_submits_for_another(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz())
    for person in (cast.cohort_mate, cast.instructor, cast.outsider, cast.administrator):
        with pytest.raises(NotFound), transaction():
            services.submit_attempt(as_actor(person), attempt.id, now=NOW)


def test_what_is_not_there_is_not_begun_and_not_closed(cast: Cast) -> None:
    with pytest.raises(NotFound), transaction():
        services.start_attempt(
            as_actor(cast.trainee), quiz_id=new_id(), context_type="test", context_id=new_id(), now=NOW
        )
    with transaction():
        assert not services.expire_attempt(new_id(), now=NOW)
    with pytest.raises(NotFound), transaction():
        services.submit_attempt(as_actor(cast.trainee), new_id(), now=NOW)


def test_time_over_closes_for_good_also_when_the_clock_steps_back(cast: Cast) -> None:
    quiz = make_quiz(attempts=1)
    attempt = start(cast.trainee, quiz, now=NOW)
    late = NOW + timedelta(minutes=31)
    assert queries.overdue_attempts(NOW + timedelta(minutes=30, seconds=5)) == []
    assert attempt.id in queries.overdue_attempts(late)
    db.session.rollback()
    with transaction():
        assert not services.expire_attempt(attempt.id, now=NOW + timedelta(minutes=30, seconds=5))
        assert services.expire_attempt(attempt.id, now=late)
        assert not services.expire_attempt(attempt.id, now=late)
    after = submit(cast, attempt, timedelta(0))
    assert after.state is AttemptState.EXPIRED
    assert after.submitted_at == attempt.deadline_at
    assert after.grade_run_id is not None
    with pytest.raises(Conflict):
        start(cast.trainee, quiz, now=NOW)


def test_starting_closes_an_attempt_whose_time_is_over(cast: Cast) -> None:
    quiz = make_quiz()
    first = start(cast.trainee, quiz, now=NOW)
    second = start(cast.trainee, quiz, now=NOW + timedelta(hours=1))
    assert second.number == 2
    assert db.session.get_one(Attempt, first.id, populate_existing=True).state is AttemptState.EXPIRED


def test_starting_takes_nothing_from_an_attempt_extended_at_this_moment(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read before its lock may be old by then."""
    quiz = make_quiz(attempts=1)
    attempt = start(cast.trainee, quiz, now=NOW)
    look = attempts._earlier_attempts

    def look_too_early(*whose: Any) -> Any:
        found = look(*whose)
        later = NOW + timedelta(hours=1)  # by another transaction, so that nothing here notices
        db.session.execute(
            update(Attempt).values(deadline_at=later, cutoff_at=later),
            execution_options={"synchronize_session": False},
        )
        return found

    monkeypatch.setattr(attempts, "_earlier_attempts", look_too_early)
    again = start(cast.trainee, quiz, now=NOW + timedelta(minutes=40))
    assert (again.id, again.state) == (attempt.id, AttemptState.IN_PROGRESS)


def test_the_rules_say_what_is_left(cast: Cast) -> None:
    quiz = make_quiz(attempts=3, cooling_off_hours=2)
    attempt = start(cast.trainee, quiz, now=NOW)
    context = ("test", attempt.context_id)
    view = queries.rules_view(quiz.quiz_id, cast.trainee.id, context, NOW)
    assert (view.questions, view.running_attempt_id, view.standing.attempts_left) == (3, attempt.id, 3)
    db.session.rollback()
    submit(cast, attempt)
    view = queries.rules_view(quiz.quiz_id, cast.trainee.id, context, NOW + timedelta(minutes=2))
    assert (view.running_attempt_id, view.standing.attempts_left) == (None, 2)
    assert view.standing.next_start == NOW + timedelta(hours=2, minutes=1)
    assert [past.attempt_id for past in view.results] == [attempt.id]
