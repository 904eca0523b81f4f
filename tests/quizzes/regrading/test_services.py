"""Regrades: what a dry run says is what applying does, once, for those in scope, and nothing else moves."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from app.accounts.models import Person
from app.core import clock, events
from app.core.access import Grant, Role
from app.core.database import db, transaction, write_mode
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.events import Event
from app.jobs.services import run_due_jobs
from app.mail.models import OutgoingMail
from app.quizzes.events import AttemptGraded, RegradeApplied
from app.quizzes.marking import services as marking
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    Grade,
    GradeRun,
    Quiz,
    QuizRevisionItem,
)
from app.quizzes.regrading import history, queries, services, tasks
from app.quizzes.regrading.queries import Sat
from app.quizzes.regrading.rules import Problem, RegradeState, Scope
from app.quizzes.regrading.working import Corrected, Impossible, Regraded, regraded
from app.quizzes.results import Treatment
from tests.support.analysis import publish, single_questions
from tests.support.cast import Cast, as_actor, make_person
from tests.support.examinations import sit as sit_through
from tests.support.frozen import unlock
from tests.support.marking import hand_in, levels, marker, tasks_of
from tests.support.quizzes import authored, choices, make_quiz, start
from tests.support.regrading import (
    apply,
    approve,
    changes_of,
    current_revision,
    percents,
    prepare,
    questions_of,
    regrade_named,
    regrader,
    right_is,
)
from tests.support.sittings import letters, make_people, pick, sit


@pytest.fixture(autouse=True)
def writing(database: None) -> Iterator[None]:
    """Reads and writes alternate in these tests, as they do in a posting request."""
    with write_mode():
        yield


@pytest.fixture
def heard(app: object) -> Iterator[list[Event]]:
    """What was announced."""
    found: list[Event] = []
    events.subscribe(AttemptGraded, found.append)
    events.subscribe(RegradeApplied, found.append)
    yield found
    events._handlers[AttemptGraded].remove(found.append)
    events._handlers[RegradeApplied].remove(found.append)


def test_a_key_is_corrected(cast: Cast, heard: list[Event]) -> None:
    """b is the key of all; of the first question c is right. Pass mark 60."""
    revision = publish(single_questions(3, "kq"))
    people = make_people(4, cast.university)
    attempts = sit(revision, people, letters("cbb", "bbb", "cbc", "b.b"))
    first = questions_of(revision)[0]
    assert percents(attempts) == ["67+", "100+", "33-", "67+"]

    regrade_id = prepare(regrader(cast), revision, first, right_is(first, "c"))
    regrade = regrade_named(regrade_id)
    figures = regrade.counted
    assert regrade.state is RegradeState.TRIED
    assert (figures.in_scope, figures.changed, figures.newly_passed, figures.newly_failed) == (4, 4, 1, 1)
    change = changes_of(regrade_id)[attempts[3]]
    assert [int(each) for each in (change.before.earned, change.after.earned, change.after.possible)] == [2, 1, 3]
    assert percents(attempts) == ["67+", "100+", "33-", "67+"], "a dry run changes nothing"
    assert heard == []

    regrade = approve(regrader(cast), regrade_id)
    assert regrade.state is RegradeState.APPLIED
    assert percents(attempts) == ["100+", "67+", "67+", "33-"]
    graded = [event for event in heard if isinstance(event, AttemptGraded)]
    assert [(event.attempt_id, event.passed, event.by_regrade) for event in graded] == [
        (attempt, passed, True) for attempt, passed in zip(attempts, (True, True, True, False), strict=True)
    ]
    assert [event.grade_run_id for event in heard if isinstance(event, RegradeApplied)] == [regrade.run_id]
    run = db.session.get_one(GradeRun, regrade.run_id)
    assert (run.cause, run.actor_id, run.reason) == ("regrade", cast.instructor.id, "答案键有误")
    before = db.session.scalars(db.select(Grade).where(Grade.run_id != run.id)).all()
    assert len(before) == 12, "the first grades are kept"
    assert first.body["choices"][1]["correct"], "the question stays as it was published"


def test_candidates_whose_results_changed_get_a_letter(cast: Cast) -> None:
    """One each, in her language, without a mark; none to those for whom nothing changed, and none twice."""
    revision = publish(single_questions(2, "wq"))
    people = [cast.trainee, cast.cohort_mate, make_person(cast.university, locale="en")]
    attempts = sit(revision, [person.id for person in people], letters("cb", "bb", "ab"))
    first = questions_of(revision)[0]
    regrade = apply(regrader(cast), revision, first, right_is(first, "b", "c"))
    apply(regrader(cast), revision, first, right_is(first, "a", "b", "c"))
    tasks.catch_up()
    about = db.select(OutgoingMail).where(OutgoingMail.body.contains("/attempts/"))
    told = db.session.scalars(about.order_by(OutgoingMail.id)).all()
    assert [mail.person_id for mail in told] == [people[0].id, people[2].id]
    assert [str(attempt) in mail.body for mail, attempt in zip(told, attempts[::2], strict=True)] == [True, True]
    assert told[0].subject.startswith("您的成绩已重新计算：")
    assert told[1].subject.startswith("Your result was recomputed:")
    assert regrade.notice not in "".join(mail.body for mail in told)
    assert not [mail for mail in told if "%" in mail.body]


def test_dropping_leaves_earned_and_possible_and_everybody_can_be_given_full_marks(cast: Cast) -> None:
    revision = publish(single_questions(3, "dq"))
    attempts = sit(
        revision,
        make_people(2, cast.university),
        letters("bcc", ".bb"),
        now=clock.now() - timedelta(hours=1),
    )
    first = questions_of(revision)[0]
    apply(regrader(cast), revision, first, treatment=Treatment.DROPPED)
    assert percents(attempts) == ["0-", "100+"]
    apply(regrader(cast), revision, first, treatment=Treatment.FULL_MARKS)
    assert percents(attempts) == ["33-", "100+"]
    apply(regrader(cast), revision, first)  # as published again
    assert percents(attempts) == ["33-", "67+"]
    runs = history.runs_of(attempts[1])
    assert [(run.cause, f"{run.outcome.percent:.0f}", run.counts) for run in runs] == [
        ("submission", "67", False),
        ("regrade", "100", False),
        ("regrade", "100", False),
        ("regrade", "67", True),
    ]


def test_a_later_regrade_of_another_question_keeps_the_first(cast: Cast) -> None:
    revision = publish(single_questions(4, "lq"))
    attempts = sit(revision, make_people(1, cast.university), letters("cbcb"))
    first, _second, third, _fourth = questions_of(revision)
    apply(regrader(cast), revision, first, right_is(first, "c"))
    apply(regrader(cast), revision, third, right_is(third, "b", "c"))
    assert percents(attempts) == ["100+"]


def test_no_change_changes_nothing(cast: Cast, heard: list[Event]) -> None:
    revision = publish(single_questions(2, "nq"))
    attempts = sit(revision, make_people(3, cast.university), letters("bb", "bc", ".."))
    regrade_id = prepare(
        regrader(cast), revision, questions_of(revision)[0], right_is(questions_of(revision)[0], "b")
    )
    assert regrade_named(regrade_id).counted.changed == 0
    assert regrade_named(regrade_id).correction.as_published
    approve(regrader(cast), regrade_id)
    assert percents(attempts) == ["100+", "50-", "0-"]
    assert [event for event in heard if isinstance(event, AttemptGraded)] == []


def test_whose_sittings_are_in_scope(cast: Cast) -> None:
    """Her organisation's; never her own; not voided or running ones; within the period."""
    now = clock.now()
    revision = publish(single_questions(2, "sq"))
    mine = sit(revision, make_people(2, cast.university), letters("cb", "cb"), now=now)
    theirs = sit(revision, make_people(1, cast.other_university), letters("cb"), now=now)
    own = sit(revision, [cast.instructor.id], letters("cb"), now=now)
    start(cast.trainee, revision)
    first = questions_of(revision)[0]
    actor, change = regrader(cast), right_is(first, "c")
    apply(actor, revision, first, change)
    assert percents([*mine, *theirs, *own]) == ["100+", "100+", "50-", "50-"]
    apply(regrader(cast, cast.administrator, national=True), revision, first, change)
    assert percents([*theirs, *own]) == ["100+", "100+"]
    late = Scope(quiz_id=revision.quiz_id, since=now + timedelta(seconds=1))
    apply(actor, revision, first, scope=late)
    assert percents(mine) == ["100+", "50-"], "the second was handed in a second later"


def test_strangers_find_no_regrade_and_cannot_decide_on_it(cast: Cast) -> None:
    revision = publish(single_questions(2, "tq"))
    sit(revision, make_people(1, cast.university), letters("cb"))
    first = questions_of(revision)[0]
    regrade_id = prepare(regrader(cast), revision, first, right_is(first, "c"))
    for person in (cast.outsider, cast.trainee, cast.other_instructor, cast.certifier, cast.registrar):
        actor = as_actor(person)
        assert queries.list_regrades(actor) == []
        with pytest.raises(NotFound):
            approve(actor, regrade_id)
        with pytest.raises(NotFound), transaction():
            services.discard_regrade(actor, regrade_id)
        with pytest.raises(NotAllowed):
            prepare(actor, revision, first)
    elsewhere = as_actor(cast.other_instructor, Grant(Role.INSTRUCTOR, cast.other_university.id))
    with pytest.raises(NotFound):
        approve(elsewhere, regrade_id)
    assert regrade_named(regrade_id).state is RegradeState.TRIED


def test_somebody_who_sat_it_does_not_apply_it(cast: Cast) -> None:
    revision = publish(single_questions(2, "oq"))
    colleague = make_person(cast.university, name="第二讲师")
    sit(revision, [colleague.id], letters("cb"))
    first = questions_of(revision)[0]
    regrade_id = prepare(regrader(cast), revision, first, right_is(first, "c"))
    with pytest.raises(NotAllowed):
        approve(regrader(cast, colleague), regrade_id)
    approve(regrader(cast), regrade_id)


def test_figures_that_moved_are_shown_again_first(cast: Cast) -> None:
    revision = publish(single_questions(2, "mq"))
    attempts = sit(revision, make_people(1, cast.university), letters("cb"))
    first = questions_of(revision)[0]
    actor = regrader(cast)
    regrade_id = prepare(actor, revision, first, right_is(first, "c"))
    attempts += sit(revision, make_people(1, cast.university), letters("cb"))
    with pytest.raises(Conflict) as moved:
        approve(actor, regrade_id)
    assert moved.value.code == "moved"
    assert percents(attempts) == ["50-", "50-"]
    with transaction():
        services.try_again(actor, regrade_id)
    run_due_jobs()
    assert regrade_named(regrade_id).counted.changed == 2
    approve(actor, regrade_id)
    with pytest.raises(Conflict) as decided:
        approve(actor, regrade_id)
    assert decided.value.code == "decided"
    assert percents(attempts) == ["100+", "100+"]


def test_reasons_are_needed_and_a_discarded_regrade_is_over(cast: Cast) -> None:
    revision = publish(single_questions(2, "rq"))
    sit(revision, make_people(1, cast.university), letters("cb"))
    first = questions_of(revision)[0]
    actor = regrader(cast)
    regrade_id = prepare(actor, revision, first, right_is(first, "c"))
    with pytest.raises(Invalid):
        approve(actor, regrade_id, reason=" ")
    with pytest.raises(Invalid):
        approve(actor, regrade_id, notice="")
    with transaction():
        services.discard_regrade(actor, regrade_id)
    with pytest.raises(Conflict):
        approve(actor, regrade_id)


@pytest.mark.parametrize("changes", [{"correct": []}, {"correct": ["x"]}, {"tolerance": ["1"]}])
def test_a_question_must_stay_one_that_can_be_graded(cast: Cast, changes: dict[str, list[str]]) -> None:
    revision = publish(single_questions(1, "gq"))
    sit(revision, make_people(1, cast.university), letters("c"))
    with pytest.raises(Invalid):
        prepare(regrader(cast), revision, questions_of(revision)[0], changes)


def test_a_paper_must_keep_a_question(cast: Cast) -> None:
    revision = publish(single_questions(1, "eq"))
    attempts = sit(revision, make_people(1, cast.university), letters("c"))
    regrade_id = prepare(regrader(cast), revision, questions_of(revision)[0], treatment=Treatment.DROPPED)
    regrade = regrade_named(regrade_id)
    assert (regrade.state, regrade.problem) == (RegradeState.IMPOSSIBLE, "nothing_left")
    assert percents(attempts) == ["0-"]


def test_a_formula_without_a_value_on_some_paper_is_refused(cast: Cast) -> None:
    revision = make_quiz(("calculated", "single"), shuffle=False)
    attempt = start(cast.trainee, revision)
    sit_through(cast.trainee, attempt, right=False)
    question = questions_of(revision)[0]
    with (
        transaction() as session
    ):  # numbers for which the new formula has no value; at the ends it is refused before
        unlock(session, "attempt_items")
        item = db.session.scalars(db.select(AttemptItem).filter_by(attempt_id=attempt.id, position=1)).one()
        item.layout = item.layout | {"parameters": {"price": "500", "rate": "3"}}
    regrade_id = prepare(regrader(cast), revision, question, {"formula": ["rate / (price - 500)"]})
    assert regrade_named(regrade_id).problem == "no_answer"


def test_marks_of_people_are_kept_and_joined(cast: Cast) -> None:
    """A case of 8 marks: 2 for a choice, 1 for a number, 5 for an essay (3 points); beside it a single choice."""
    revision = make_quiz(("case", "single"), shuffle=False)
    attempt = hand_in(cast.trainee, revision)
    case, single = questions_of(revision)
    actor = regrader(cast)
    change = {f"{case.body['parts'][0]['id']}/correct": [case.body["parts"][0]["choices"][1]["id"]]}
    assert regrade_named(prepare(actor, revision, case, change)).counted.waiting == 1
    apply(actor, revision, single, treatment=Treatment.DROPPED)  # while the essay waits
    (task,) = tasks_of(marker(cast), attempt)
    with transaction():
        marking.save_mark(marker(cast), task.id, levels(task, 1), "", seen=0, now=clock.now())
    run_due_jobs()
    assert percents([attempt.id]) == ["100+"]
    grade = current_grade(attempt, single.id)
    assert (grade.treatment, grade.marks) == (Treatment.DROPPED, Decimal(0))
    apply(actor, revision, case, change)
    assert percents([attempt.id]) == ["75+"]
    assert current_grade(attempt, case.id).fraction == Decimal("0.75")
    apply(actor, revision, case)
    assert current_grade(attempt, case.id).fraction == 1


def current_grade(attempt: Attempt, question_id: uuid.UUID) -> Grade:
    found: Grade = db.session.scalars(
        db.select(Grade)
        .join(AttemptItem, AttemptItem.id == Grade.item_id)
        .join(Attempt, Attempt.grade_run_id == Grade.run_id)
        .where(
            Grade.attempt_id == attempt.id,
            AttemptItem.question_revision_id == question_id,
            Attempt.id == attempt.id,
        )
        .execution_options(populate_existing=True)
    ).one()
    return found


def test_papers_handed_in_later_follow_a_regrade(cast: Cast, heard: list[Event]) -> None:
    """The paper was drawn with the question as it was; no second announcement."""
    revision = publish(single_questions(1, "hq") | {"hz": authored("true_false")})
    sit(revision, make_people(1, cast.university), lambda *_: {})
    before, elsewhere = start(cast.trainee, revision), start(make_person(cast.other_university), revision)
    first = questions_of(revision)[0]
    regrade = apply(regrader(cast), revision, first, treatment=Treatment.DROPPED)
    heard.clear()
    sit_through(cast.trainee, before, right=False)
    assert current_grade(before, first.id).treatment is Treatment.DROPPED
    graded = [event for event in heard if isinstance(event, AttemptGraded)]
    assert [(event.grade_run_id, event.by_regrade) for event in graded] == [(regrade.run_id, False)]
    assert [run.cause for run in history.runs_of(before.id)] == ["submission", "regrade"]
    stranger = db.session.get_one(Person, elsewhere.candidate_id)
    sit_through(stranger, elsewhere, right=False)
    assert current_grade(elsewhere, first.id).treatment is Treatment.GRADED


def test_a_sitting_that_slipped_through_is_caught_up(cast: Cast) -> None:
    revision = publish(single_questions(2, "uq"))
    sit(revision, make_people(1, cast.university), letters("cb"))
    first = questions_of(revision)[0]
    apply(regrader(cast), revision, first, right_is(first, "c"))
    slipped = sit(revision, make_people(1, cast.university), letters("cb"))
    tasks.catch_up()
    assert percents(slipped) == ["100+"]


def test_a_sitting_that_cannot_follow_keeps_no_other_from_being_caught_up(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    slipped = []
    for prefix in ("va", "vb"):
        revision = publish(single_questions(2, prefix))
        sit(revision, make_people(1, cast.university), letters("cb"))
        first = questions_of(revision)[0]
        apply(regrader(cast), revision, first, right_is(first, "c"))
        slipped.append((first.id, *sit(revision, make_people(1, cast.university), letters("cb"))))

    def partly(sittings: Sequence[Sat], corrected: Corrected) -> list[Regraded]:
        if corrected.asked_id == slipped[0][0]:
            raise Impossible(Problem.NO_ANSWER)
        return regraded(sittings, corrected)

    monkeypatch.setattr(services, "regraded", partly)
    tasks.catch_up()
    assert percents([attempt for _, attempt in slipped]) == ["50-", "100+"]


def test_the_bank_is_corrected_for_later_papers_and_stays_so(cast: Cast) -> None:
    body = single_questions(1, "pq")
    revision = publish(body | single_questions(1, "pz"), key="corrected-quiz")
    sit(revision, make_people(1, cast.university), lambda _at, _key, body: pick(body, "c"))
    first = questions_of(revision)[0]
    regrade = apply(regrader(cast), revision, first, right_is(first, "c"), corrects_bank=True)
    corrected = current_revision("pq1")
    assert corrected.id == regrade.graded_by_id
    assert [choice["id"] for choice in corrected.body["choices"]] == [each["id"] for each in first.body["choices"]]
    quiz = db.session.get_one(Quiz, revision.quiz_id, populate_existing=True)
    members = db.select(QuizRevisionItem.question_revision_id).filter_by(quiz_revision_id=quiz.current_revision_id)
    assert corrected.id in db.session.scalars(members).all()

    again = publish(body | single_questions(1, "pz"), key="corrected-quiz")  # the file still has the old key
    assert current_revision("pq1").id == corrected.id
    assert again.id == quiz.current_revision_id
    mended = {"pq1": authored("single", choices=choices("c"))}
    assert publish(mended | single_questions(1, "pz"), key="corrected-quiz").id == again.id
    assert current_revision("pq1").id == corrected.id
    other = {"pq1": authored("single", choices=choices("d"))}
    publish(other | single_questions(1, "pz"), key="corrected-quiz")
    assert current_revision("pq1").id not in {corrected.id, first.id}


def test_all_examinations_with_a_question(cast: Cast) -> None:
    shared = single_questions(2, "aq")
    quizzes_of = [publish(shared, key=f"shared-{number}") for number in (1, 2)]
    attempts = [sit(revision, make_people(1, cast.university), letters("cb"))[0] for revision in quizzes_of]
    first = questions_of(quizzes_of[0])[0]
    apply(regrader(cast), quizzes_of[0], first, right_is(first, "c"))
    assert percents(attempts) == ["100+", "50-"]
    apply(regrader(cast), quizzes_of[0], first, right_is(first, "c"), scope=Scope())
    assert percents(attempts) == ["100+", "100+"]
