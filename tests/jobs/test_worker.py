"""The job worker as processes that are killed."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db, release, transaction
from app.jobs import services
from app.jobs.models import Job, JobState
from tests.support.processes import Site, children_of, kill_group, own_site, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

#: In seconds: longer than a crowded machine keeps the thread waiting that renews it.
LEASE = 2


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with own_site(tmp_path, job_lease_seconds=LEASE, job_sweep_seconds=0.2) as site:
        yield site


@pytest.fixture
def worker(site: Site) -> Iterator[subprocess.Popen[str]]:
    process = site.start("tests.jobs.slow_worker")
    yield process
    kill_group(process)


def ask(kind: str, name: str) -> Job:
    with transaction():
        return services.enqueue(kind, {"name": name})


def lines(site: Site, start: str) -> list[str]:
    path = site.folder / "ran"
    found = path.read_text().splitlines() if path.exists() else []
    return [line for line in found if line.startswith(start)]


def state_of(job: Job) -> JobState:
    release()
    state: JobState = db.session.execute(select(Job.state).where(Job.id == job.id)).scalar_one()
    release()
    return state


def open_gate(site: Site) -> None:
    (site.folder / "gate").touch()


def test_a_job_whose_worker_is_killed_is_done_once_by_another(site: Site, worker: subprocess.Popen[str]) -> None:
    job = ask("test.wait", "precious")
    wait_until(lambda: lines(site, "begin precious"), "the job begins")
    os.kill(int(lines(site, "begin precious")[0].split()[-1]), signal.SIGKILL)
    open_gate(site)
    wait_until(lambda: state_of(job) is JobState.DONE, "the job is done by another worker")
    assert len(lines(site, "begin precious")) == 2
    assert len(lines(site, "end precious")) == 1
    assert worker.poll() is None


def test_the_queue_may_be_redis_and_may_lose_everything(tmp_path: Path) -> None:
    socket = tmp_path / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
    redis = subprocess.Popen(command, stdout=subprocess.DEVNULL, text=True, start_new_session=True)
    with own_site(
        tmp_path / "site", job_lease_seconds=1, job_sweep_seconds=0.2, redis_url=f"unix://{socket}"
    ) as site:
        wait_until(socket.exists, "Redis listens")
        worker = site.start("tests.jobs.slow_worker")
        try:
            first = ask("test.wait", "first")
            wait_until(lambda: lines(site, "begin first"), "the first job comes through Redis")
            subprocess.run(["redis-cli", "-s", str(socket), "flushall"], check=True, stdout=subprocess.DEVNULL)
            services.send_through(None)
            second = ask("test.wait", "second")
            open_gate(site)
            wait_until(lambda: state_of(first) is JobState.DONE, "the first job is done")
            wait_until(lambda: state_of(second) is JobState.DONE, "the sweep sends the second job")
            assert not list(site.folder.glob("queue.sqlite3*"))
        finally:
            kill_group(worker)
            kill_group(redis)


def test_a_long_job_keeps_its_lease(site: Site, worker: subprocess.Popen[str]) -> None:
    job = ask("test.wait", "long")
    wait_until(lambda: lines(site, "begin long"), "the job begins")
    begun = clock.now()
    wait_until(lambda: (clock.now() - begun).total_seconds() > 2.5 * LEASE, "two and a half leases pass")
    open_gate(site)
    wait_until(lambda: state_of(job) is JobState.DONE, "the job is done")
    assert len(lines(site, "begin long")) == 1
    assert worker.poll() is None


def test_a_rolled_back_request_for_work_never_runs(site: Site, worker: subprocess.Popen[str]) -> None:
    open_gate(site)
    with pytest.raises(ZeroDivisionError), transaction():
        services.enqueue("test.wait", {"name": "never"})
        raise ZeroDivisionError
    after = ask("test.wait", "after")
    wait_until(lambda: state_of(after) is JobState.DONE, "the later job is done")
    sweeps = len(lines(site, "sweep"))
    wait_until(lambda: len(lines(site, "sweep")) > sweeps, "another sweep")
    assert lines(site, "begin never") == []
    assert worker.poll() is None


def test_jobs_survive_the_loss_of_the_queue_file(site: Site, worker: subprocess.Popen[str]) -> None:
    first = ask("test.wait", "first")
    wait_until(lambda: lines(site, "begin first"), "the first job begins")
    services.send_through(None)
    second = ask("test.wait", "second")
    for path in site.folder.glob("queue.sqlite3*"):
        path.unlink()
    open_gate(site)
    wait_until(lambda: state_of(first) is JobState.DONE, "the first job is done")
    wait_until(lambda: state_of(second) is JobState.DONE, "the sweep sends the second job")
    assert worker.poll() is None


def test_a_failed_job_says_why_and_can_be_tried_again(site: Site, worker: subprocess.Popen[str]) -> None:
    job = ask("test.fail", "doomed")
    wait_until(lambda: state_of(job) is JobState.FAILED, "the job fails")
    listed = site.command("jobs", "list", "--state", "failed")
    assert str(job.id) in listed.stdout
    assert "this always fails" in listed.stdout
    retried = site.command("jobs", "retry", str(job.id))
    assert retried.exit_code == 0, retried.stderr
    wait_until(lambda: len(lines(site, "begin doomed")) == 2, "the job is tried again")
    wait_until(lambda: state_of(job) is JobState.FAILED, "the job fails again")
    assert worker.poll() is None


def test_nobody_stays_behind_when_the_consumer_is_killed(site: Site, worker: subprocess.Popen[str]) -> None:
    open_gate(site)
    job = ask("test.wait", "warm")
    wait_until(lambda: state_of(job) is JobState.DONE, "the worker is up")
    children = children_of(worker)
    assert len(children) == 3  # two workers and the sweeper
    worker.kill()
    worker.wait(timeout=60)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_worker_leaves_no_job_in_the_air(
    site: Site, worker: subprocess.Popen[str], how: signal.Signals
) -> None:
    job = ask("test.wait", "stopped")
    wait_until(lambda: lines(site, "begin stopped"), "the job begins")
    children = children_of(worker)
    worker.send_signal(how)
    if how is signal.SIGINT:
        open_gate(site)
    worker.wait(timeout=60)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
    assert state_of(job) is (JobState.DONE if how is signal.SIGINT else JobState.QUEUED)


def test_a_worker_stopped_while_it_starts_leaves_nobody_behind(site: Site) -> None:
    site.environment["STOP_AT_FORK"] = "1"
    worker = site.start("tests.jobs.slow_worker", stderr=subprocess.PIPE)
    try:
        _, errors = worker.communicate(timeout=60)
        assert "KeyboardInterrupt" not in errors
        assert worker.returncode == 0
    finally:
        kill_group(worker)
