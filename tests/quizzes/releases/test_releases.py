"""Results that come out together: held, released by somebody with the right, brought out by one resumable job."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from app.audit.queries import list_entries
from app.core import clock, events
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction, write_mode
from app.core.errors import Conflict, NotAllowed
from app.jobs.models import Job, JobState
from app.jobs.services import run_due_jobs, run_job
from app.mail.models import OutgoingMail
from app.quizzes import letters
from app.quizzes.events import AttemptGraded
from app.quizzes.invigilation.services import count_late_answers, reopen_attempt, void_attempt
from app.quizzes.marking.answers import Task
from app.quizzes.marking.queries import get_task
from app.quizzes.marking.services import save_mark
from app.quizzes.models import Attempt, AttemptState, GradeRun, QuizRevision
from app.quizzes.releases import queries, services
from app.quizzes.releases.models import ResultRelease
from app.quizzes.rules import DoubleMarking, Release
from app.quizzes.services import submit_attempt
from tests.support.cast import Cast, as_actor, make_person
from tests.support.invigilation import answer, fresh
from tests.support.marking import hand_in, levels, mark, marker, tasks_of
from tests.support.pages import Visitors
from tests.support.quizzes import make_quiz, start


@dataclass
class Sitting:
    """An examination with an essay, sat by two, one of them marked."""

    key: str
    revision: QuizRevision
    attempts: list[Attempt]
    unmarked: Task

    @property
    def path(self) -> str:
        return f"/results-to-release/{self.key}"


@pytest.fixture
def graded(app: object) -> Iterator[list[AttemptGraded]]:
    heard: list[AttemptGraded] = []
    events.subscribe(AttemptGraded, heard.append)
    yield heard
    events._handlers[AttemptGraded].remove(heard.append)


@write_mode()
def sit(cast: Cast) -> Sitting:
    revision = make_quiz(("single", "essay"), shuffle=False, release=Release.TOGETHER)
    attempts = [hand_in(person, revision) for person in (cast.trainee, cast.cohort_mate)]
    first, second = (tasks_of(marker(cast), attempt)[0] for attempt in attempts)
    mark(marker(cast), first, 2)
    return Sitting(first.key, revision, attempts, second)


def releaser(cast: Cast) -> Actor:
    return as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True))


@write_mode()
def let_out(cast: Cast, sitting: Sitting, *, although_running: bool = False) -> ResultRelease:
    release()
    with transaction():
        return services.release_results(
            releaser(cast), sitting.key, although_running=although_running, now=clock.now()
        )


@write_mode()
def finish_marking(cast: Cast, sitting: Sitting) -> None:
    release()
    mark(marker(cast), sitting.unmarked, 0)


def test_nothing_comes_out_before_the_release_and_everything_after_it(
    cast: Cast, graded: list[AttemptGraded]
) -> None:
    sitting = sit(cast)
    with pytest.raises(Conflict) as refused:
        let_out(cast, sitting)
    assert refused.value.code == "unmarked"
    finish_marking(cast, sitting)
    assert graded == []
    held = queries.get_held(sitting.key)
    assert (held.ready, held.unmarked, held.out) == (2, 0, 0)
    found = let_out(cast, sitting)
    assert (found.papers, graded) == (2, [])
    with pytest.raises(Conflict) as twice:
        let_out(cast, sitting)
    assert twice.value.code == "nothing"
    release()
    run_due_jobs()
    assert {event.attempt_id for event in graded} == {attempt.id for attempt in sitting.attempts}
    assert sorted(event.percent for event in graded) == [50, 100]
    run = db.session.get_one(GradeRun, graded[0].grade_run_id)
    assert (run.cause, run.actor_id) == ("release", cast.certifier.id)
    (entry,) = list_entries("ResultRelease", found.id)
    assert (entry.action, entry.actor_id, entry.details["papers"]) == (services.RELEASE, cast.certifier.id, 2)
    job = db.session.scalars(db.select(Job).filter_by(kind=services.RELEASE)).one()
    assert (job.state, job.done, job.total) == (JobState.DONE, 2, 2)
    told = db.session.scalars(db.select(OutgoingMail).filter_by(person_id=cast.trainee.id)).one()
    assert str(sitting.attempts[0].id) in told.body


def test_a_mark_replaced_at_the_last_moment_holds_the_release_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the release waits for the papers' locks, a marker changes her mind and two marks differ again: a paper
    that needs a third mark must not be fixed, for nobody could give that mark any more."""
    with write_mode():
        colleague = marker(cast, make_person(cast.university, Role.INSTRUCTOR))
        revision = make_quiz(("essay",), release=Release.TOGETHER, double_marking=DoubleMarking(Decimal(10)))
        (task,) = tasks_of(marker(cast), hand_in(cast.trainee, revision))
        for actor in (marker(cast), colleague):
            mark(actor, task, 2)
    locking = queries.lock_held_papers

    def overtaken(quiz_id: uuid.UUID) -> object:
        seen = get_task(colleague, task.id).seen
        save_mark(colleague, task.id, levels(task, 0), "", seen=seen, now=clock.now())
        return locking(quiz_id)

    monkeypatch.setattr(queries, "lock_held_papers", overtaken)
    with pytest.raises(Conflict) as refused:
        let_out(cast, Sitting(task.key, revision, [], task))
    assert refused.value.code == "unmarked"


def test_only_the_national_authority_releases(cast: Cast) -> None:
    sitting = sit(cast)
    finish_marking(cast, sitting)
    local = as_actor(cast.instructor, Grant(Role.CERTIFIER, cast.university.id))
    for actor in (marker(cast), local, as_actor(cast.trainee)):
        with pytest.raises(NotAllowed), write_mode(), transaction():
            services.release_results(actor, sitting.key, although_running=True, now=clock.now())
    assert db.session.scalars(db.select(ResultRelease)).all() == []


def test_an_interrupted_job_goes_on_with_what_is_left(
    cast: Cast, graded: list[AttemptGraded], monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = sit(cast)
    finish_marking(cast, sitting)
    found = let_out(cast, sitting)
    told: list[object] = []

    def fail_once(attempt_id: object) -> None:
        told.append(attempt_id)
        if len(told) == 2:
            raise OSError("the worker is gone")

    monkeypatch.setattr(letters, "tell_out", fail_once)
    job_id = db.session.scalars(db.select(Job.id).filter_by(kind=services.RELEASE)).one()
    release()
    run_job(job_id)
    (standing,) = queries.list_releases(queries.get_held(sitting.key).quiz_id)
    assert (standing.done, standing.papers) == (1, 2)
    release()
    with write_mode(), pytest.raises(Conflict) as fixed:  # its marks stand although the job has not come to it
        mark(marker(cast), sitting.unmarked, 1, seen=1)
    assert fixed.value.code == "out"
    release()
    with transaction() as session:
        session.get_one(Job, job_id).run_after = clock.now()
    run_job(job_id)
    (standing,) = queries.list_releases(queries.get_held(sitting.key).quiz_id)
    assert standing.left == 0
    assert len({event.attempt_id for event in graded}) == 2
    assert queries.papers_to_release(found.id) == []


def test_those_who_still_sit_and_voided_papers(cast: Cast, graded: list[AttemptGraded]) -> None:
    sitting = sit(cast)
    with write_mode(), transaction():
        sitting.attempts[1].state = AttemptState.VOIDED
    with write_mode():
        start(cast.instructor, sitting.revision)
    with pytest.raises(Conflict) as refused:
        let_out(cast, sitting)
    assert refused.value.code == "running"
    assert let_out(cast, sitting, although_running=True).papers == 1
    release()
    run_due_jobs()
    assert [event.attempt_id for event in graded] == [sitting.attempts[0].id]


def test_what_an_invigilator_took_back_since_the_job_began_stays_in(
    cast: Cast, graded: list[AttemptGraded]
) -> None:
    """The job reads its papers once and may be at them for an hour."""
    with write_mode():
        quiz = make_quiz(("single",), release=Release.TOGETHER)
        again, void = (hand_in(person, quiz) for person in (cast.trainee, cast.cohort_mate))
    key = next(each.key for each in queries.list_held() if each.quiz_id == quiz.quiz_id)
    release()
    with write_mode(), transaction():
        found = services.release_results(releaser(cast), key, although_running=False, now=clock.now())
    papers = queries.papers_to_release(found.id)
    release()
    with write_mode(), transaction():
        reopen_attempt(marker(cast), again.id, minutes=5, reason="误交", now=clock.now())
        void_attempt(marker(cast), void.id, reason="试题泄露", now=clock.now())
    for paper in papers:
        with write_mode(), transaction():
            assert not services.release_paper(found, paper, now=clock.now())
    with write_mode(), transaction():
        submit_attempt(as_actor(cast.trainee), again.id, now=clock.now() + timedelta(seconds=20))
        assert not services.release_paper(found, again.id, now=clock.now())
    assert (graded, queries.get_held(key).ready) == ([], 1)


def test_a_paper_the_machine_grades_alone_is_held_too(cast: Cast, graded: list[AttemptGraded]) -> None:
    with write_mode():
        attempt = hand_in(cast.trainee, make_quiz(("single",), release=Release.TOGETHER))
    assert (graded, attempt.grade_run_id) == ([], None)
    (held,) = [each for each in queries.list_held() if each.quiz_id == attempt.quiz_id]
    assert held.ready == 1


def test_late_answers_replace_a_result_that_is_out_at_once(cast: Cast, graded: list[AttemptGraded]) -> None:
    with write_mode():
        attempt = hand_in(cast.trainee, make_quiz(("single",), release=Release.TOGETHER))
        late = answer(cast.trainee, attempt)
    key = next(each.key for each in queries.list_held() if each.quiz_id == attempt.quiz_id)
    release()
    with write_mode(), transaction():
        services.release_results(releaser(cast), key, although_running=False, now=clock.now())
    run_due_jobs()
    first = fresh(attempt).grade_run_id
    release()
    with write_mode(), transaction():
        count_late_answers(marker(cast), attempt.id, [late.ordinal], reason="网络故障", now=clock.now())
    second = fresh(attempt).grade_run_id
    assert first != second
    assert [event.grade_run_id for event in graded] == [first, second]


def test_the_pages(cast: Cast, visit: Visitors) -> None:
    sitting = sit(cast)
    certifier = visit(cast.certifier)
    assert sitting.key in certifier.get("/results-to-release").get_data(as_text=True)
    assert certifier.page(sitting.path).cssselect("form[action$=release-] button, .form-buttons button") == []
    candidate = visit(cast.trainee)
    result = f"/attempts/{sitting.attempts[0].id}/result"
    waiting = candidate.page(result).text_content()
    assert "统一公布" in waiting
    assert certifier.submit(sitting.path, {}, 409, form_at="/privacy").status_code == 409
    finish_marking(cast, sitting)
    certifier.submit(sitting.path, {})
    page = certifier.page(sitting.path)
    assert page.cssselect("#releases")[0].get("hx-trigger") == "every 2s"
    release()
    run_due_jobs()
    page = certifier.page(sitting.path)
    assert page.cssselect("#releases")[0].get("hx-trigger") is None
    assert "2 / 2" in page.text_content()
    assert "100%" in candidate.page(result).text_content()
    for person, listed in ((cast.instructor, 403), (cast.trainee, 403), (cast.registrar, 403)):
        visit(person).get(sitting.path, listed)
    certifier.get("/results-to-release/none", 404)
    assert "/sign-in" in visit().get(sitting.path, 302).headers["Location"]
