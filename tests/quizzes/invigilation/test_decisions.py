"""Decisions about attempts: who may take them, what they change, that they are appended and stay."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError

from app.audit.models import AuditEntry
from app.core import clock, events
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import subscribe
from app.quizzes import queries, rules
from app.quizzes import services as quizzes
from app.quizzes.events import AttemptGraded, ResultWithdrawn
from app.quizzes.invigilation import queries as decided
from app.quizzes.invigilation import services
from app.quizzes.invigilation.models import Decision, Intervention, Presence
from app.quizzes.invigilation.rules import LEAD, Means
from app.quizzes.marking import services as marking
from app.quizzes.models import Attempt, AttemptResult, AttemptState, GradeRun, QuestionRevision, QuizRevision
from app.quizzes.tasks import expire_attempts
from tests.support.cast import Cast, as_actor, make_person
from tests.support.invigilation import answer, fresh, invigilator
from tests.support.marking import hand_in, levels, marker, tasks_of
from tests.support.quizzes import items_of, make_quiz, start

NOW = clock.now().replace(microsecond=0)
MINUTE = timedelta(minutes=1)

Decide = Callable[[Actor, Attempt], object]


def within(action: Callable[[], Any]) -> Any:
    release()
    with transaction():
        return action()


def extend(actor: Actor, *attempts: Attempt, minutes: int = 10, now: Any = NOW) -> services.Decided:
    ids = [attempt.id for attempt in attempts]
    found: services.Decided = within(
        lambda: services.extend_attempts(actor, ids, minutes=minutes, reason="停电", now=now)
    )
    return found


def pause(actor: Actor, *attempts: Attempt, now: Any = NOW) -> services.Decided:
    ids = [attempt.id for attempt in attempts]
    found: services.Decided = within(lambda: services.pause_attempts(actor, ids, reason="火警", now=now))
    return found


def resume(actor: Actor, *attempts: Attempt, now: Any = NOW) -> services.Decided:
    ids = [attempt.id for attempt in attempts]
    found: services.Decided = within(lambda: services.resume_attempts(actor, ids, reason="继续", now=now))
    return found


def void(actor: Actor, attempt: Attempt, now: Any = NOW) -> Attempt:
    found: Attempt = within(lambda: services.void_attempt(actor, attempt.id, reason="试题泄露", now=now))
    return found


def reopen(actor: Actor, attempt: Attempt, now: Any = NOW, minutes: int = 15) -> Attempt:
    found: Attempt = within(
        lambda: services.reopen_attempt(actor, attempt.id, minutes=minutes, reason="误交", now=now)
    )
    return found


def submit(cast: Cast, attempt: Attempt, now: Any = NOW) -> Attempt:
    found: Attempt = within(lambda: quizzes.submit_attempt(as_actor(cast.trainee), attempt.id, now=now))
    return found


def count_late(cast: Cast, attempt: Attempt, ordinals: list[int], now: Any) -> None:
    teacher = invigilator(cast)
    within(lambda: services.count_late_answers(teacher, attempt.id, ordinals, reason="网络故障", now=now))


def begin(cast: Cast, quiz: QuizRevision, now: Any) -> Attempt:
    release()
    return start(cast.trainee, quiz, now=now)


EVERY: dict[str, Decide] = {
    "extend": extend,
    "pause": pause,
    "resume": resume,
    "void": void,
    "reopen": reopen,
    "release": lambda actor, attempt: within(
        lambda: services.release_attempt(actor, attempt.id, means=Means.VIDEO, now=NOW)
    ),
    "refuse": lambda actor, attempt: within(
        lambda: services.refuse_attempt(actor, attempt.id, reason="证件不符", now=NOW)
    ),
    "count_late": lambda actor, attempt: within(
        lambda: services.count_late_answers(actor, attempt.id, [1], reason="网络故障", now=NOW)
    ),
}


@pytest.mark.parametrize("decision", EVERY)
def test_who_has_no_say_finds_nothing_not_even_about_her_own_paper(cast: Cast, decision: str) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    teaches = Grant(Role.INSTRUCTOR, cast.university.id)
    national = Grant(Role.ADMINISTRATOR, cast.authority.id, national=True)
    without = [
        as_actor(cast.outsider),
        as_actor(cast.cohort_mate, Grant(Role.TRAINEE, cast.university.id)),
        as_actor(cast.registrar, Grant(Role.REGISTRAR, cast.university.id)),
        as_actor(cast.other_instructor, Grant(Role.INSTRUCTOR, cast.other_university.id)),
        as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.university.id)),
        as_actor(cast.trainee, teaches, national),
    ]
    for actor in without:
        with pytest.raises(NotFound):
            EVERY[decision](actor, attempt)
    assert decided.interventions_of(attempt.id) == []


def test_instructors_administrators_and_the_authority_have_a_say(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    people = [
        as_actor(cast.instructor, Grant(Role.INSTRUCTOR, cast.university.id)),
        as_actor(cast.registrar, Grant(Role.ADMINISTRATOR, cast.university.id)),
        as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True)),
        as_actor(cast.administrator, Grant(Role.ADMINISTRATOR, cast.authority.id, national=True)),
    ]
    for actor in people:
        assert extend(actor, attempt, minutes=1).done == [attempt.id]
    assert fresh(attempt).deadline_at == NOW + 34 * MINUTE
    assert [each.number for each in decided.interventions_of(attempt.id)] == [1, 2, 3, 4]


def test_an_extension_moves_deadline_and_cutoff_of_those_that_have_time(cast: Cast) -> None:
    quiz = make_quiz()
    mine, hers = start(cast.trainee, quiz, now=NOW), start(cast.cohort_mate, quiz, now=NOW)
    third = start(make_person(cast.university), quiz, now=NOW - timedelta(hours=1))
    submit(cast, mine, NOW + MINUTE)
    outcome = extend(invigilator(cast), mine, hers, third, now=NOW + 2 * MINUTE)
    assert (outcome.done, set(outcome.passed_over)) == ([hers.id], {mine.id, third.id})
    assert fresh(hers).deadline_at == NOW + 40 * MINUTE
    assert fresh(hers).cutoff_at == NOW + 40 * MINUTE + timedelta(seconds=5)
    (kept,) = decided.interventions_of(hers.id)
    assert (kept.decision, kept.actor_id, kept.reason) == (Decision.EXTEND, cast.instructor.id, "停电")
    assert kept.details["minutes"] == 10
    noted = db.session.scalars(db.select(AuditEntry).filter_by(subject_id=hers.id, action="invigilation.extend"))
    assert [entry.reason for entry in noted] == ["停电"]
    assert answer(cast.cohort_mate, hers, now=NOW + 39 * MINUTE).status == "counted"


@pytest.mark.parametrize(
    ("minutes", "reason"), [(0, "停电"), (481, "停电"), (-5, "停电"), (10, " "), (10, "\x00")]
)
def test_without_a_reason_or_out_of_bounds_nothing_happens(cast: Cast, minutes: int, reason: str) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    release()
    with pytest.raises(Invalid), transaction():
        services.extend_attempts(invigilator(cast), [attempt.id], minutes=minutes, reason=reason, now=NOW)
    assert fresh(attempt).decisions == 0


def test_a_pause_stops_the_clock_keeps_answers_and_is_given_back(cast: Cast) -> None:
    quiz = make_quiz()
    attempt = start(cast.trainee, quiz, now=NOW)
    teacher = invigilator(cast)
    assert pause(teacher, attempt, now=NOW + 20 * MINUTE).done == [attempt.id]
    assert pause(teacher, attempt, now=NOW + 21 * MINUTE).passed_over == [attempt.id]
    long_after = NOW + timedelta(hours=5)
    release()
    assert queries.overdue_attempts(long_after) == []
    release()
    with clock.frozen_at(long_after):
        expire_attempts()
    assert answer(cast.trainee, attempt, now=long_after).status == "counted"
    assert begin(cast, quiz, long_after).id == attempt.id
    assert resume(teacher, attempt, now=long_after + MINUTE).done == [attempt.id]
    assert resume(teacher, attempt, now=long_after + MINUTE).passed_over == [attempt.id]
    stands = fresh(attempt)
    assert (stands.state, stands.paused_at) == (AttemptState.IN_PROGRESS, None)
    assert stands.deadline_at == long_after + 11 * MINUTE  # ten minutes were left
    assert answer(cast.trainee, attempt, now=long_after + 10 * MINUTE, position=2).status == "counted"
    assert answer(cast.trainee, attempt, now=long_after + 12 * MINUTE, position=3).status == "late"
    assert fresh(attempt).state is AttemptState.EXPIRED


def test_a_clock_that_steps_back_during_a_pause_takes_no_time_away(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    pause(invigilator(cast), attempt, now=NOW + 10 * MINUTE)
    resume(invigilator(cast), attempt, now=NOW)
    assert fresh(attempt).deadline_at == NOW + 30 * MINUTE


def test_a_paused_paper_may_be_submitted_but_not_by_the_clock(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    pause(invigilator(cast), attempt, now=NOW + MINUTE)
    actor, hours = as_actor(cast.trainee), timedelta(hours=2)
    within(lambda: quizzes.submit_attempt(actor, attempt.id, now=NOW + hours, time_over=True))
    assert fresh(attempt).state is AttemptState.PAUSED
    submit(cast, attempt, NOW + hours)
    stands = fresh(attempt)
    assert (stands.state, stands.submitted_at) == (AttemptState.SUBMITTED, NOW + hours)


def test_the_pages_own_clock_cannot_end_what_was_extended(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    extend(invigilator(cast), attempt, now=NOW + 29 * MINUTE)
    actor = as_actor(cast.trainee)
    within(lambda: quizzes.submit_attempt(actor, attempt.id, now=NOW + 30 * MINUTE, time_over=True))
    assert fresh(attempt).state is AttemptState.IN_PROGRESS
    within(lambda: quizzes.submit_attempt(actor, attempt.id, now=NOW + 40 * MINUTE, time_over=True))
    assert fresh(attempt).state is AttemptState.SUBMITTED


def test_voiding_is_final_uses_up_nothing_and_keeps_the_answers(cast: Cast) -> None:
    quiz = make_quiz(attempts=1)
    attempt = start(cast.trainee, quiz, now=NOW)
    answer(cast.trainee, attempt, now=NOW + MINUTE)
    void(invigilator(cast), attempt, NOW + 2 * MINUTE)
    stands = fresh(attempt)
    assert (stands.state, stands.submitted_at) == (AttemptState.VOIDED, NOW + 2 * MINUTE)
    view = queries.rules_view(stands.quiz_id, stands.candidate_id, (stands.context_type, stands.context_id), NOW)
    assert [(past.attempt_id, past.voided) for past in view.results] == [
        (stands.id, True)
    ]  # she reads what became of it
    assert (view.passed, view.standing.attempts_used) == (None, 0)
    assert answer(cast.trainee, attempt, now=NOW + 3 * MINUTE).status == "late"
    for again in (void, reopen):
        with pytest.raises(Conflict):
            again(invigilator(cast), attempt, NOW)
    assert queries.results_of([cast.trainee.id], [quiz.quiz_id]) == {}
    release()
    assert submit(cast, attempt, NOW).state is AttemptState.VOIDED  # also when the clock steps back
    assert len(queries.list_events(attempt.id)) == 2
    second = begin(cast, quiz, NOW + 3 * MINUTE)
    assert second.number == 2


def test_reopening_withdraws_the_result_and_closing_again_brings_a_new_one(cast: Cast) -> None:
    heard: list[AttemptGraded] = []
    subscribe(AttemptGraded, heard.append)
    quiz = make_quiz(attempts=1)
    attempt = start(cast.trainee, quiz, now=NOW)
    submit(cast, attempt, NOW + MINUTE)
    first_run = fresh(attempt).grade_run_id
    later = NOW + timedelta(hours=1)
    reopen(invigilator(cast), attempt, later)
    stands = fresh(attempt)
    assert (stands.state, stands.submitted_at, stands.grade_run_id) == (AttemptState.IN_PROGRESS, None, None)
    assert stands.deadline_at == later + LEAD + 15 * MINUTE
    outcome = queries.results_of([cast.trainee.id], [quiz.quiz_id])[cast.trainee.id, quiz.quiz_id]
    assert (outcome.percent, outcome.running_attempt_id, outcome.attempts_used) == (None, attempt.id, 1)
    release()
    assert begin(cast, quiz, later).id == attempt.id
    for position, item in enumerate(items_of(attempt), 1):
        body = _body(item.question_revision_id)
        right = next(choice["id"] for choice in body["choices"] if choice["correct"])
        answer(
            cast.trainee,
            attempt,
            position=position,
            choice=item.layout["choices"].index(right),
            now=later + MINUTE,
        )
    submit(cast, attempt, later + 2 * MINUTE)
    mine = [event for event in heard if event.attempt_id == attempt.id]
    assert [event.percent for event in mine] == [Decimal(0), Decimal(100)]
    results = db.session.scalars(db.select(AttemptResult).filter_by(attempt_id=attempt.id)).all()
    assert {result.run_id for result in results} == {first_run, fresh(attempt).grade_run_id}
    (kept,) = decided.interventions_of(attempt.id)
    assert (kept.details["former"], kept.details["grade_run"]) == ("submitted", str(first_run))


def _body(revision_id: uuid.UUID) -> dict[str, Any]:
    return db.session.get_one(QuestionRevision, revision_id).body


def test_an_expired_attempt_stays_expired_until_somebody_opens_it(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    late = NOW + timedelta(hours=1)
    with pytest.raises(Conflict):
        reopen(invigilator(cast), attempt, NOW + MINUTE)  # it runs
    assert extend(invigilator(cast), attempt, now=late).passed_over == [attempt.id]
    within(lambda: quizzes.expire_attempt(attempt.id, now=late))
    assert extend(invigilator(cast), attempt, now=NOW).passed_over == [attempt.id]
    assert pause(invigilator(cast), attempt, now=NOW).passed_over == [attempt.id]
    reopen(invigilator(cast), attempt, late)
    assert answer(cast.trainee, attempt, now=late + MINUTE).status == "counted"


def test_who_sits_another_attempt_keeps_to_that(cast: Cast) -> None:
    quiz = make_quiz(attempts=2)
    first = start(cast.trainee, quiz, now=NOW)
    submit(cast, first, NOW + MINUTE)
    begin(cast, quiz, NOW + 2 * MINUTE)
    with pytest.raises(Conflict) as refused:
        reopen(invigilator(cast), first, NOW + 3 * MINUTE)
    assert refused.value.code == "another"


def test_marks_of_people_are_not_thrown_away_but_unmarked_papers_go_back(cast: Cast) -> None:
    attempt = hand_in(cast.trainee, make_quiz(("essay",)))
    reopen(invigilator(cast), attempt, clock.now())
    assert tasks_of(marker(cast), attempt) == []
    submit(cast, attempt, clock.now())
    (task,) = tasks_of(marker(cast), attempt)
    within(lambda: _mark(cast, task))
    assert fresh(attempt).grade_run_id is not None
    with pytest.raises(Conflict) as refused:
        reopen(invigilator(cast), attempt, clock.now())
    assert refused.value.code == "marked"


def _mark(cast: Cast, task: Any) -> object:
    return marking.save_mark(marker(cast), task.id, levels(task, 2), "", seen=0, now=clock.now())


def test_late_answers_count_by_decision_and_their_receipts_still_say_late(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(pass_mark=30), now=NOW)
    items = items_of(attempt)
    bodies = [_body(item.question_revision_id) for item in items]
    right = [
        item.layout["choices"].index(next(each["id"] for each in body["choices"] if each["correct"]))
        for item, body in zip(items, bodies, strict=True)
    ]
    answer(cast.trainee, attempt, position=1, choice=(right[0] + 1) % 4, now=NOW + MINUTE)
    late = NOW + 31 * MINUTE
    receipts = [answer(cast.trainee, attempt, position=n, choice=right[n - 1], now=late) for n in (1, 2)]
    assert [receipt.status for receipt in receipts] == ["late", "late"]
    assert fresh(attempt).state is AttemptState.EXPIRED
    ordinals = [receipt.ordinal for receipt in receipts]
    wrong: list[list[int]] = [[], [1], [*ordinals, 99]]
    for chosen in wrong:
        with pytest.raises(Invalid):
            count_late(cast, attempt, chosen, late)
    count_late(cast, attempt, ordinals, late)
    with pytest.raises(Invalid):  # they count already
        count_late(cast, attempt, ordinals, late)
    result = db.session.scalars(
        db.select(AttemptResult).filter_by(attempt_id=attempt.id, run_id=fresh(attempt).grade_run_id)
    ).one()
    assert (result.earned, result.passed) == (Decimal(2), True)
    run = db.session.get_one(GradeRun, result.run_id)
    assert (run.cause, run.actor_id, run.reason) == ("late_answers", cast.instructor.id, "网络故障")
    kept = queries.list_events(attempt.id)
    assert [quizzes.receipt_of(event).status for event in kept] == ["counted", "late", "late"]
    assert [each.counted for each in decided.late_answers(attempt.id)] == [True, True]
    with pytest.raises(Invalid):
        EVERY["count_late"](invigilator(cast), attempt)


def test_nothing_a_completed_course_or_programme_rests_on_is_taken_back(cast: Cast) -> None:
    """The engine asks the packages above; who raises keeps everything as it was."""

    def rests(event: ResultWithdrawn) -> None:
        raise Conflict("rests", code="rests")

    quiz = make_quiz(pass_mark=0)
    attempt = start(cast.trainee, quiz, now=NOW)
    submit(cast, attempt, NOW + MINUTE)
    subscribe(ResultWithdrawn, rests)
    try:
        for decision in (void, reopen):
            with pytest.raises(Conflict) as refused:
                decision(invigilator(cast), attempt, NOW + 2 * MINUTE)
            assert refused.value.code == "rests"
    finally:
        events._handlers[ResultWithdrawn].remove(rests)
    stands = fresh(attempt)
    assert (stands.state, stands.decisions) == (AttemptState.SUBMITTED, 0)
    assert stands.grade_run_id is not None


def test_a_candidate_waits_until_she_is_let_in_and_loses_no_time(cast: Cast) -> None:
    quiz = make_quiz(attempts=1, identity_check=True)
    attempt = start(cast.trainee, quiz, now=NOW)
    assert attempt.state is AttemptState.WAITING
    assert begin(cast, quiz, NOW + 5 * MINUTE).id == attempt.id
    long_after = NOW + timedelta(hours=3)
    release()
    with clock.frozen_at(long_after):
        expire_attempts()
    assert extend(invigilator(cast), attempt, now=long_after).passed_over == [attempt.id]
    assert pause(invigilator(cast), attempt, now=long_after).passed_over == [attempt.id]
    outcome = queries.results_of([cast.trainee.id], [quiz.quiz_id])[cast.trainee.id, quiz.quiz_id]
    assert (outcome.attempts_used, outcome.running_attempt_id) == (0, attempt.id)
    assert answer(cast.trainee, attempt, now=long_after).status == "late"
    assert submit(cast, attempt, long_after).state is AttemptState.WAITING
    within(
        lambda: services.release_attempt(
            invigilator(cast), attempt.id, means=Means.IN_PERSON, note="身份证", now=long_after
        )
    )
    stands = fresh(attempt)
    assert (stands.state, stands.started_at) == (AttemptState.IN_PROGRESS, long_after + LEAD)
    assert stands.deadline_at == long_after + LEAD + 30 * MINUTE
    assert stands.cutoff_at == stands.deadline_at + timedelta(seconds=5)
    (kept,) = decided.interventions_of(attempt.id)
    assert (kept.decision, kept.actor_id, kept.details["means"]) == (
        Decision.RELEASE,
        cast.instructor.id,
        "in_person",
    )
    with pytest.raises(Conflict):
        EVERY["release"](invigilator(cast), attempt)
    with pytest.raises(Conflict):
        EVERY["refuse"](invigilator(cast), attempt)


def test_who_is_turned_away_may_come_again(cast: Cast) -> None:
    quiz = make_quiz(attempts=1, identity_check=True)
    attempt = start(cast.trainee, quiz, now=NOW)
    EVERY["refuse"](invigilator(cast), attempt)
    void = fresh(attempt)
    assert (void.state, void.submitted_at is not None) == (AttemptState.VOIDED, True)
    assert begin(cast, quiz, NOW + MINUTE).state is AttemptState.WAITING


def test_nobody_is_let_in_after_the_close_and_the_window_cuts_the_time(cast: Cast) -> None:
    quiz = make_quiz(identity_check=True, closes_at=NOW + timedelta(hours=1))
    early, slow = start(cast.trainee, quiz, now=NOW), start(cast.cohort_mate, quiz, now=NOW)
    within(
        lambda: services.release_attempt(
            invigilator(cast), early.id, means=Means.VIDEO, now=NOW + timedelta(minutes=45)
        )
    )
    assert fresh(early).deadline_at == NOW + timedelta(hours=1)
    with pytest.raises(Conflict) as refused:
        within(
            lambda: services.release_attempt(
                invigilator(cast), slow.id, means=Means.VIDEO, now=NOW + timedelta(hours=1) - LEAD
            )
        )
    assert refused.value.code == "closed"
    assert fresh(slow).state is AttemptState.WAITING


@pytest.mark.parametrize(
    "change", ["UPDATE attempt_interventions SET reason = ''", "DELETE FROM attempt_interventions"]
)
def test_the_database_refuses_to_change_a_decision(cast: Cast, change: str) -> None:
    attempt = start(cast.trainee, make_quiz(), now=NOW)
    extend(invigilator(cast), attempt)
    release()
    with pytest.raises(DatabaseError, match="only appended"), transaction() as session:
        session.execute(db.text(change.format("attempt_interventions")))
    assert db.session.query(Intervention).filter_by(attempt_id=attempt.id).count() == 1


def test_signs_of_life_are_kept_and_never_go_back(cast: Cast) -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    within(lambda: services.keep_presences({one: NOW, other: NOW}))
    within(lambda: services.keep_presences({one: NOW + MINUTE, other: NOW - MINUTE}))
    found = {row.attempt_id: row.seen_at for row in db.session.scalars(db.select(Presence))}
    assert found == {one: NOW + MINUTE, other: NOW}


def test_granted_time_is_given_from_the_release_on(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(identity_check=True), now=NOW)
    release()
    with transaction():
        fresh(attempt).allowance = rules.Allowance(extra_minutes=10).as_json()
    EVERY["release"](invigilator(cast), attempt)
    assert fresh(attempt).deadline_at == NOW + LEAD + 40 * MINUTE
