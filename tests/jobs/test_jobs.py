"""Jobs in one process: asked for, claimed, tried again, given up, retried."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.database import db, release, transaction
from app.core.errors import Conflict, NotFound
from app.jobs import registry, services
from app.jobs.models import Job, JobState
from app.jobs.queries import due_jobs, list_jobs
from app.jobs.registry import Assignment, handles

ran: list[str] = []


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of job for these tests alone."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))
    ran.clear()

    @handles("test.note")
    def note(job: Assignment) -> None:
        ran.append(str(job.payload["name"]))
        job.report(1, 2)

    @handles("test.fail", max_attempts=2)
    def fail(job: Assignment) -> None:
        with transaction() as session:
            session.execute(update(Job).where(Job.id == job.job_id).values(total=99))
            raise RuntimeError("no luck")

    @handles("test.read")
    def read(_job: Assignment) -> None:
        db.session.scalars(select(Job)).all()
        ran.append("read")


def ask(kind: str = "test.note", **options: object) -> Job:
    with transaction():
        return services.enqueue(kind, {"name": "x"}, **options)  # type: ignore[arg-type]


def row(job: Job) -> Job:
    found = db.session.get_one(Job, job.id, populate_existing=True)
    db.session.expunge(found)
    release()
    return found


def test_a_job_runs_once_and_tells_how_far_it_came() -> None:
    job = ask()
    assert services.run_job(job.id)
    assert not services.run_job(job.id)
    done = row(job)
    assert ran == ["x"]
    assert (done.state, done.done, done.total, done.attempts) == (JobState.DONE, 1, 2, 1)
    assert done.finished_at is not None
    assert done.lease_until is None


def test_asking_again_with_the_same_key_gives_the_first() -> None:
    first = ask(unique_key="once")
    assert ask(unique_key="once").id == first.id
    assert services.run_due_jobs() == 1
    assert ask(unique_key="once").id == first.id
    assert services.run_due_jobs() == 0


def test_a_handler_that_only_reads_leaves_nothing_open() -> None:
    job = ask("test.read")
    assert services.run_job(job.id)
    assert row(job).state is JobState.DONE


def test_a_failing_job_is_tried_later_and_then_given_up() -> None:
    job = ask("test.fail")
    assert services.run_job(job.id)
    first = row(job)
    assert (first.state, first.total) == (JobState.QUEUED, 0)
    assert "no luck" in first.error
    assert not services.run_job(job.id)
    with clock.frozen_at(first.run_after):
        assert services.run_job(job.id)
    assert row(job).state is JobState.FAILED
    assert [found.id for found in list_jobs(JobState.FAILED)] == [job.id]


def test_work_for_later_waits() -> None:
    moment = clock.now() + timedelta(hours=1)
    job = ask(run_after=moment)
    assert services.run_due_jobs() == 0
    with clock.frozen_at(moment):
        assert due_jobs(clock.now()) == [job.id]


def test_a_job_that_kills_every_worker_is_given_up() -> None:
    job = ask("test.fail")
    with transaction() as session:
        lost = {"state": JobState.RUNNING, "attempts": 2, "lease_until": clock.now() - timedelta(seconds=1)}
        session.execute(update(Job).where(Job.id == job.id).values(lost))
    assert services.run_job(job.id)
    given_up = row(job)
    assert given_up.state is JobState.FAILED
    assert given_up.error == "its worker died every time"


def test_a_worker_that_lost_its_job_changes_nothing_more() -> None:
    job = ask()
    slow = services._claim(job.id, clock.now())
    assert slow is not None
    later = clock.now() + timedelta(minutes=5)
    with clock.frozen_at(later):
        quick = services._claim(job.id, later)
    assert quick is not None
    services._update(slow, state=JobState.DONE)
    assert row(job).state is JobState.RUNNING


def test_a_kind_that_nobody_handles_is_said() -> None:
    job = ask("test.unknown")
    services.run_job(job.id)
    assert "test.unknown" in row(job).error


def test_a_stopped_worker_puts_its_job_back() -> None:
    @handles("test.stop")
    def stop(_job: Assignment) -> None:
        raise KeyboardInterrupt

    job = ask("test.stop")
    with pytest.raises(KeyboardInterrupt):
        services.run_job(job.id)
    assert row(job).state is JobState.QUEUED
    assert due_jobs(clock.now()) == [job.id]


def test_only_a_failed_job_can_be_tried_again() -> None:
    job = ask()
    with pytest.raises(Conflict), transaction():
        services.retry_job(job.id, clock.now())
    with pytest.raises(NotFound), transaction():
        services.retry_job(uuid.uuid4(), clock.now())
    with transaction() as session:
        session.get_one(Job, job.id).state = JobState.FAILED
    with transaction():
        services.retry_job(job.id, clock.now())
    assert services.run_due_jobs() == 1
    assert ran == ["x"]


def test_nothing_is_sent_for_what_is_rolled_back_or_later(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[uuid.UUID] = []
    monkeypatch.setattr(services, "_send", sent.append)
    with pytest.raises(ZeroDivisionError), transaction():
        services.enqueue("test.note", {})
        raise ZeroDivisionError
    ask(run_after=clock.now() + timedelta(hours=1))
    assert sent == []
    job = ask()
    assert sent == [job.id]
