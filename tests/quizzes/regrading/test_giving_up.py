"""A regrade whose job failed for good: it goes on where it stopped, or every result is what it was before it."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.core import clock, events
from app.core.database import db, release, transaction, write_mode
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.events import Event
from app.jobs import services as jobs
from app.jobs.models import Job, JobState
from app.jobs.services import run_due_jobs
from app.mail.models import OutgoingMail
from app.quizzes.events import AttemptGraded, RegradeApplied
from app.quizzes.models import Attempt, Grade, QuizRevision
from app.quizzes.regrading import giving_up, history, queries, recomputing, services, tasks
from app.quizzes.regrading.rules import Problem, RegradeState
from app.quizzes.regrading.working import Impossible
from app.quizzes.results import Treatment
from tests.support.analysis import publish, single_questions
from tests.support.cast import Cast, as_actor
from tests.support.examinations import sit as sit_through
from tests.support.pages import Visitors
from tests.support.quizzes import start
from tests.support.regrading import (
    apply,
    approve,
    current_revision,
    percents,
    prepare,
    questions_of,
    regrade_named,
    regrader,
    right_is,
    stop_after,
)
from tests.support.sittings import letters, make_people, pick, sit

WHY = "改由另一次重新评分处理"


class Half:
    """Five papers (b is the key, everybody chose c, then b), of which two are regraded: c is right."""

    def __init__(
        self, cast: Cast, patch: pytest.MonkeyPatch, *earlier: Treatment, running: Person | None = None
    ) -> None:
        patch.setattr(services, "BATCH", 2)
        self.actor = regrader(cast)
        self.revision: QuizRevision = publish(single_questions(2, "gu"))
        people = [cast.trainee.id, *make_people(4, cast.university)]
        before = clock.now() - timedelta(hours=1)
        self.attempts = sit(self.revision, people, letters(*["cb"] * 5), now=before)
        self.running = start(running, self.revision) if running else None
        self.first = questions_of(self.revision)[0]
        for treatment in earlier:
            apply(self.actor, self.revision, self.first, treatment=treatment)
        change = right_is(self.first, "c")
        self.id = prepare(self.actor, self.revision, self.first, change, corrects_bank=True)
        approve(self.actor, self.id, work=False)
        stop_after(self.id, 1, patch)

    def resume(self) -> None:
        with transaction():
            giving_up.resume_regrade(self.actor, self.id, now=clock.now())

    def give_up(self, *, reason: str = WHY) -> None:
        with transaction():
            giving_up.give_up_regrade(self.actor, self.id, reason=reason, now=clock.now())

    @property
    def state(self) -> RegradeState:
        return regrade_named(self.id).state

    @property
    def fault(self) -> str:
        job = db.session.get_one(Job, regrade_named(self.id).job_id, populate_existing=True)
        release()
        return job.error if job.state is JobState.FAILED else ""


@pytest.fixture
def half(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Half]:
    """Reads and writes alternate, as they do in a posting request."""
    with write_mode():
        yield Half(cast, monkeypatch)


@pytest.fixture
def heard(app: object) -> Iterator[list[Event]]:
    """What was announced."""
    found: list[Event] = []
    events.subscribe(AttemptGraded, found.append)
    events.subscribe(RegradeApplied, found.append)
    yield found
    events._handlers[AttemptGraded].remove(found.append)
    events._handlers[RegradeApplied].remove(found.append)


def deeds() -> list[tuple[str, str]]:
    """What was recorded about regrades, with the reasons."""
    rows = db.session.execute(db.select(AuditEntry.action, AuditEntry.reason).order_by(AuditEntry.id)).all()
    release()
    return [(action.removeprefix("quizzes."), reason) for action, reason in rows if action.endswith("_regrade")]


def recomputes_well(attempts: list[uuid.UUID]) -> bool:
    """Do the stored grades follow from the events?"""
    checked = list(recomputing.recompute(db.select(Attempt.id).where(Attempt.id.in_(attempts))))
    release()
    return len(checked) == len(attempts) and not any(each.differences for each in checked)


def test_only_those_who_could_have_made_it_say_how_it_goes_on(half: Half, cast: Cast) -> None:
    give_up = partial(giving_up.give_up_regrade, reason=WHY)
    for person in (cast.outsider, cast.trainee, cast.other_instructor, cast.certifier, cast.registrar):
        actor = as_actor(person)
        assert giving_up.count_stopped(actor) == 0
        for decide in (giving_up.resume_regrade, give_up):
            with pytest.raises(NotFound), transaction():
                decide(actor, half.id, now=clock.now())
    with pytest.raises(NotAllowed), transaction():
        give_up(regrader(cast, cast.trainee), half.id, now=clock.now())
    with pytest.raises(Invalid):
        half.give_up(reason=" ")
    release()
    assert giving_up.count_stopped(half.actor) == 1
    assert (half.state, half.fault) == (RegradeState.APPLYING, "OSError('no space left')")


def test_it_goes_on_exactly_where_it_stopped(half: Half, heard: list[Event]) -> None:
    assert percents(half.attempts) == ["100+", "100+", "50-", "50-", "50-"]
    with pytest.raises(Conflict) as busy:
        approve(half.actor, prepare(half.actor, half.revision, half.first, treatment=Treatment.DROPPED))
    assert busy.value.code == "busy"
    release()
    with transaction():  # nobody has given it up
        assert giving_up.take_back_batch(half.id, clock.now()) == services.Applied(0)
        assert not giving_up.finish_taking_back(half.id, clock.now())
    half.resume()
    with pytest.raises(Conflict):
        half.resume()  # a second click
    release()
    run_due_jobs()
    regrade = regrade_named(half.id)
    assert (regrade.state, queries.count_applied(regrade)) == (RegradeState.APPLIED, 5)
    assert percents(half.attempts) == ["100+"] * 5
    assert len(db.session.scalars(db.select(Grade.id).filter_by(run_id=regrade.run_id)).all()) == 10
    assert [event.attempt_id for event in heard if isinstance(event, AttemptGraded)] == half.attempts[2:]
    assert [deed for deed, _ in deeds()] == [
        "prepare_regrade",
        "approve_regrade",
        "prepare_regrade",
        "resume_regrade",
        "apply_regrade",
    ]
    (resumed,) = db.session.scalars(db.select(AuditEntry.details).filter_by(action="quizzes.resume_regrade"))
    release()
    assert resumed["stopped"] == "OSError('no space left')"
    for decide in (half.resume, half.give_up):
        with pytest.raises(Conflict):
            decide()
        release()


def test_given_up_every_result_is_what_it_was(half: Half, heard: list[Event], cast: Cast) -> None:
    """Appended, announced, told by mail; and no paper follows it any more, nor does its job."""
    applying = regrade_named(half.id).job_id
    assert applying is not None
    half.give_up()
    with pytest.raises(Conflict):
        half.give_up()
    release()
    with transaction():
        jobs.retry_job(applying, clock.now())  # an operator, too late
    (late,) = sit(half.revision, make_people(1, cast.university), letters("cb"))
    run_due_jobs()
    tasks.catch_up()
    regrade = regrade_named(half.id)
    assert regrade.state is RegradeState.GIVEN_UP
    assert percents([*half.attempts, late]) == ["50-"] * 6
    assert (queries.count_applied(regrade), giving_up.count_back(regrade)) == (2, (2, 0))
    assert [
        (each.cause, f"{each.outcome.percent:.0f}", each.counts) for each in history.runs_of(half.attempts[0])
    ] == [
        ("submission", "50", False),
        ("regrade", "100", False),
        ("regrade", "50", True),
    ]
    assert [(each.notice != "", int(each.after.percent)) for each in history.recomputations(half.attempts[0])] == [
        (False, 50),
        (True, 100),
    ]
    release()
    with transaction():  # a second worker at the same job
        assert not giving_up.finish_taking_back(half.id, clock.now())
    graded = [event for event in heard if isinstance(event, AttemptGraded) and event.by_regrade]
    assert [(event.attempt_id, event.passed) for event in graded] == [(each, False) for each in half.attempts[:2]]
    assert [event.actor_id for event in heard if isinstance(event, RegradeApplied)] == [cast.instructor.id]
    told = db.session.scalars(db.select(OutgoingMail.person_id).where(OutgoingMail.body.contains("/attempts/")))
    assert told.all() == [cast.trainee.id] * 2
    assert recomputes_well(half.attempts)
    assert deeds()[-2:] == [("give_up_regrade", WHY), ("take_back_regrade", "")]
    assert current_revision("gu1").id == regrade.graded_by_id, "later papers stay corrected"
    apply(half.actor, half.revision, half.first, right_is(half.first, "c"))
    assert percents([*half.attempts, late]) == ["100+"] * 6


def test_what_an_earlier_regrade_gave_comes_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of a paper handed in while the later one stood still; the taking back goes on after a fault."""
    with write_mode():
        half = Half(cast, monkeypatch, Treatment.DROPPED, running=cast.cohort_mate)
        assert half.running is not None
        late = half.running.id
        sit_through(cast.cohort_mate, half.running, answering=lambda body: pick(body, "c"))
        assert percents([*half.attempts, late]) == ["100+"] * 5 + ["50-"]
        half.give_up()
        with transaction():
            assert giving_up.take_back_batch(half.id, clock.now()).sittings == 2
            assert services.apply_batch(half.id, clock.now()) == services.Applied(0)
        with transaction() as session:
            failed = {"state": JobState.FAILED, "error": jobs.WORKERS_DIED}
            session.execute(db.update(Job).where(Job.id == regrade_named(half.id).job_id).values(**failed))
        with pytest.raises(Conflict):
            half.give_up()
        release()
        half.resume()
        run_due_jobs()
        assert half.state is RegradeState.GIVEN_UP
        assert percents([*half.attempts, late]) == ["100+"] * 5 + ["0-"]
        assert [int(run.outcome.possible) for run in history.runs_of(late)] == [2, 1, 2, 1]
        assert recomputes_well([*half.attempts, late])


def test_what_turns_out_to_be_impossible_stops_at_once_and_says_why(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impossible(*_: object) -> None:
        raise Impossible(Problem.NO_ANSWER)

    with write_mode():
        revision = publish(single_questions(2, "gi"))
        attempts = sit(revision, make_people(2, cast.university), letters("cb", "cb"))
        first = questions_of(revision)[0]
        regrade_id = prepare(regrader(cast), revision, first, right_is(first, "c"))
        monkeypatch.setattr(services, "regraded", impossible)
        regrade = approve(regrader(cast), regrade_id)
        job = db.session.get_one(Job, regrade.job_id)
        assert (regrade.state, regrade.problem) == (RegradeState.APPLYING, Problem.NO_ANSWER)
        assert (job.state, job.attempts) == (JobState.FAILED, 1)
        with transaction():
            giving_up.give_up_regrade(regrader(cast), regrade_id, reason=WHY, now=clock.now())
        run_due_jobs()
        assert regrade_named(regrade_id).state is RegradeState.GIVEN_UP
        assert percents(attempts) == ["50-", "50-"]


def test_the_page_says_why_it_stopped_and_leads_out(half: Half, cast: Cast, visit: Visitors) -> None:
    instructor, page = visit(cast.instructor), f"/regrades/{half.id}"
    assert "中途停止的重新评分" in instructor.get("/").get_data(as_text=True)
    assert "已停止" in instructor.get("/regrades").get_data(as_text=True)
    shown = instructor.get(page).get_data(as_text=True)
    assert "OSError(&#39;no space left&#39;)" in shown
    assert "hx-trigger" not in shown, "a page that waits for a person does not ask again and again"
    assert "已对2份试卷重新评分" in instructor.get(f"{page}/give-up").get_data(as_text=True)
    instructor.submit(f"{page}/give-up", {"reason": ""}, 422)
    instructor.submit(f"{page}/give-up", {"reason": WHY})
    assert "正在撤回" in instructor.get(page).get_data(as_text=True)
    release()
    run_due_jobs()
    assert WHY in instructor.get(page).get_data(as_text=True)
    assert instructor.get(f"{page}/give-up", 302).location == page
    assert "重新评分已撤回" in instructor.get(f"/attempts/{half.attempts[0]}/grades").get_data(as_text=True)
    assert "已予撤回" in visit(cast.trainee).get(f"/attempts/{half.attempts[0]}/result").get_data(as_text=True)


def test_the_page_lets_it_go_on(half: Half, cast: Cast, visit: Visitors) -> None:
    instructor = visit(cast.instructor)
    instructor.submit(f"/regrades/{half.id}/resume", {}, form_at=f"/regrades/{half.id}")
    assert "正在执行" in instructor.get(f"/regrades/{half.id}").get_data(as_text=True)
    release()
    run_due_jobs()
    assert half.state is RegradeState.APPLIED
    instructor.submit(f"/regrades/{half.id}/resume", {}, 409, form_at=f"/regrades/{half.id}")
