"""The pauses a candidate takes by herself: the server keeps their number, their length and their end."""

from datetime import datetime, timedelta

import pytest

from app.accounts.models import Person
from app.audit.queries import list_entries
from app.core import clock
from app.core.database import core_transaction, release, transaction
from app.core.errors import Conflict, NotFound
from app.core.identifiers import new_id
from app.quizzes import services
from app.quizzes.context import keyring
from app.quizzes.invigilation import services as invigilation
from app.quizzes.invigilation.models import Decision
from app.quizzes.invigilation.queries import interventions_of
from app.quizzes.models import Attempt, AttemptState, EventKind
from app.quizzes.protocol import Sent
from app.quizzes.rules import Allowance
from app.quizzes.services.answers import Overdue
from app.quizzes.tasks import expire_attempts
from tests.support.accommodations import grant
from tests.support.cast import Cast, as_actor, make_login
from tests.support.invigilation import answer, fresh, invigilator
from tests.support.quizzes import items_of, make_quiz, start

NOW = clock.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TWO_OF_TEN = Allowance(pause_minutes=10, pauses=2)


def pause(cast: Cast, attempt: Attempt, now: datetime, person: Person | None = None) -> Attempt:
    actor, attempt_id = as_actor(person or cast.trainee), attempt.id
    release()
    with transaction():
        return services.take_pause(actor, attempt_id, now=now)


def go_on(cast: Cast, attempt: Attempt, now: datetime) -> Attempt:
    actor, attempt_id = as_actor(cast.trainee), attempt.id
    release()
    with transaction():
        return services.end_pause(actor, attempt_id, now=now)


@pytest.fixture
def sitting(cast: Cast) -> Attempt:
    grant(invigilator(cast), cast.trainee, TWO_OF_TEN)
    return start(cast.trainee, make_quiz(), now=NOW)


def test_nobody_pauses_somebody_elses_attempt_or_one_without_pauses(cast: Cast, sitting: Attempt) -> None:
    for verb in (services.take_pause, services.end_pause):
        with pytest.raises(NotFound), transaction():
            verb(as_actor(cast.cohort_mate), sitting.id, now=NOW)
    with pytest.raises(Conflict) as refused:
        pause(cast, start(cast.cohort_mate, make_quiz(), now=NOW), NOW, cast.cohort_mate)
    assert refused.value.code == "no_pause"


def test_what_does_not_run_cannot_be_paused(cast: Cast, sitting: Attempt) -> None:
    def refused(attempt: Attempt, now: datetime) -> str:
        with pytest.raises(Conflict) as told:
            pause(cast, attempt, now)
        return told.value.code

    assert refused(sitting, NOW + 31 * MINUTE) == "not_running"  # nobody has closed it yet
    actor = as_actor(cast.trainee)
    release()
    with transaction():
        services.submit_attempt(actor, sitting.id, now=NOW + MINUTE)
    assert refused(sitting, NOW + 2 * MINUTE) == "not_running"
    assert fresh(sitting).state is AttemptState.SUBMITTED
    release()
    waiting = start(cast.trainee, make_quiz(identity_check=True), now=NOW)
    assert refused(waiting, NOW + MINUTE) == "not_running"
    release()
    for verb in (services.take_pause, services.end_pause):
        with pytest.raises(NotFound), transaction():
            verb(actor, new_id(), now=NOW)


def test_the_deadline_moves_by_each_pause_and_both_limits_hold(cast: Cast, sitting: Attempt) -> None:
    deadline = NOW + 30 * MINUTE
    assert pause(cast, sitting, NOW + 5 * MINUTE).pause_ends_at == NOW + 15 * MINUTE
    assert pause(cast, sitting, NOW + 6 * MINUTE).own_pauses == 1
    assert go_on(cast, sitting, NOW + 9 * MINUTE).deadline_at == deadline + 4 * MINUTE
    assert go_on(cast, sitting, NOW + 9 * MINUTE).deadline_at == deadline + 4 * MINUTE
    assert pause(cast, sitting, NOW + 10 * MINUTE).pause_ends_at == NOW + 16 * MINUTE
    went_on = go_on(cast, sitting, NOW + 11 * MINUTE)
    assert (went_on.deadline_at, went_on.own_pause_seconds) == (deadline + 5 * MINUTE, 300)
    assert went_on.cutoff_at == went_on.deadline_at + 5 * SECOND
    with pytest.raises(Conflict) as refused:
        pause(cast, sitting, NOW + 12 * MINUTE)
    assert refused.value.code == "no_pause"
    told = [each.decision for each in interventions_of(sitting.id)]
    assert told == [Decision.OWN_PAUSE, Decision.OWN_RESUME] * 2
    entries = sorted(list_entries("Attempt", sitting.id), key=lambda each: each.id)
    assert [each.action for each in entries][1:] == ["quizzes.take_pause", "quizzes.end_pause"] * 2


def test_the_server_ends_a_pause_whose_time_is_over(
    cast: Cast, sitting: Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    pause(cast, sitting, NOW + MINUTE)
    release()
    monkeypatch.setattr(clock, "now", lambda: NOW + 10 * MINUTE)
    expire_attempts()
    assert fresh(sitting).state is AttemptState.PAUSED
    release()
    monkeypatch.setattr(clock, "now", lambda: NOW + 25 * MINUTE)
    expire_attempts()
    after = fresh(sitting)
    assert (after.state, after.deadline_at) == (AttemptState.IN_PROGRESS, NOW + 40 * MINUTE)
    assert (after.own_pause_seconds, after.pause_ends_at) == (600, None)
    (_taken, ended) = interventions_of(sitting.id)
    assert (ended.details["by"], ended.details["seconds"]) == ("limit", 600)


def test_answers_count_during_a_pause_and_as_long_as_time_is_left(cast: Cast, sitting: Attempt) -> None:
    pause(cast, sitting, NOW + 5 * MINUTE)
    assert answer(cast.trainee, sitting, now=NOW + 6 * MINUTE).status == "counted"
    assert fresh(sitting).state is AttemptState.PAUSED
    # The server's sweep has not come: the pause is over at 15 minutes, the time at 40.
    assert answer(cast.trainee, sitting, position=2, now=NOW + 20 * MINUTE).status == "counted"
    assert fresh(sitting).state is AttemptState.IN_PROGRESS
    assert fresh(sitting).deadline_at == NOW + 40 * MINUTE


def test_a_pause_is_over_at_its_last_moment_and_ends_in_a_transaction_of_the_session(
    cast: Cast, sitting: Attempt
) -> None:
    """The quick way has no session that could end it: it takes no answer then."""
    ends = pause(cast, sitting, NOW + 5 * MINUTE).pause_ends_at
    assert ends == NOW + 15 * MINUTE
    login_id, item_id, attempt_id = make_login(cast.trainee).id, items_of(sitting)[0].id, sitting.id
    sent = Sent(item_id, new_id(), new_id(), 1, 0, EventKind.ANSWER, {})
    release()
    with pytest.raises(Overdue), core_transaction() as connection:
        services.take_answer(login_id, attempt_id, sent, keyring=keyring(), now=ends, connection=connection)
    assert answer(cast.trainee, sitting, now=ends - SECOND).status == "counted"
    assert fresh(sitting).state is AttemptState.PAUSED
    assert answer(cast.trainee, sitting, position=2, now=ends).ordinal == 2
    assert fresh(sitting).state is AttemptState.IN_PROGRESS


def test_nobody_sits_in_a_pause_for_ever(cast: Cast, sitting: Attempt) -> None:
    pause(cast, sitting, NOW + 5 * MINUTE)
    assert answer(cast.trainee, sitting, now=NOW + 41 * MINUTE).status == "late"
    assert fresh(sitting).state is AttemptState.EXPIRED


def test_submitting_during_and_after_a_pause(cast: Cast, sitting: Attempt) -> None:
    pause(cast, sitting, NOW + 5 * MINUTE)
    actor = as_actor(cast.trainee)
    release()
    with transaction():
        ended = services.submit_attempt(actor, sitting.id, now=NOW + 41 * MINUTE)
    assert (ended.state, ended.submitted_at) == (AttemptState.EXPIRED, NOW + 40 * MINUTE)
    other = start(cast.trainee, make_quiz(), now=NOW)
    pause(cast, other, NOW + MINUTE)
    release()
    with transaction():
        ended = services.submit_attempt(actor, other.id, now=NOW + 2 * MINUTE)
    assert (ended.state, ended.pause_ends_at) == (AttemptState.SUBMITTED, None)


def test_an_invigilator_takes_over_a_pause_and_ends_one(cast: Cast, sitting: Attempt) -> None:
    boss = invigilator(cast)
    pause(cast, sitting, NOW + 5 * MINUTE)
    release()
    with transaction():
        invigilation.pause_attempts(boss, [sitting.id], reason="火警", now=NOW + 7 * MINUTE)
    taken = fresh(sitting)
    assert (taken.state, taken.pause_ends_at, taken.own_pause_seconds) == (AttemptState.PAUSED, None, 120)
    with pytest.raises(Conflict):
        go_on(cast, sitting, NOW + 8 * MINUTE)
    release()
    with transaction():
        invigilation.resume_attempts(boss, [sitting.id], reason="继续", now=NOW + 30 * MINUTE)
    assert fresh(sitting).deadline_at == NOW + 55 * MINUTE
    pause(cast, sitting, NOW + 31 * MINUTE)
    release()
    with transaction():
        invigilation.resume_attempts(boss, [sitting.id], reason="继续", now=NOW + 33 * MINUTE)
    after = fresh(sitting)
    assert (after.state, after.deadline_at, after.own_pause_seconds) == (
        AttemptState.IN_PROGRESS,
        NOW + 57 * MINUTE,
        240,
    )
