"""Several processes at once: a link is redeemed once, a pace is not outrun."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.accounts.models import LinkPurpose, Person, PersonalLink, PersonState, SignInFailure
from app.accounts.services.links import make_link
from app.core import clock
from app.core.database import db, release, transaction
from tests.support.processes import Site, kill_group, own_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

#: Forks as many processes as it is told; each tries when all stand ready, and prints what happened to its tries.
RUNNER = """
import json, multiprocessing, sys
from app.accounts import services
from app.core import clock
from app.core.database import transaction
from app.core.errors import DomainError
from app.factory import create_app

processes, kind, subject, tries = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
app = create_app()
fork = multiprocessing.get_context("fork")
ready, told = fork.Barrier(processes), fork.SimpleQueue()

def attempt():
    if kind == "redeem":
        services.accept_invitation(subject, password_hash="x", privacy_version="1", locale="en", now=clock.now())
    else:
        services.count_attempt(subject, "192.0.2.1", clock.now())

def run():
    with app.app_context():
        ready.wait(60)
        for _ in range(tries):
            try:
                with transaction():
                    attempt()
                told.put("done")
            except DomainError as error:
                told.put(error.code)

running = [fork.Process(target=run) for _ in range(processes)]
for process in running:
    process.start()
outcomes = [told.get() for _ in range(processes * tries)]
for process in running:
    process.join()
print(json.dumps(outcomes))
"""


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with own_site(tmp_path, public_url="https://academy.example") as site:
        (tmp_path / "runner.py").write_text(RUNNER)
        yield site


def together(site: Site, processes: int, kind: str, subject: str, tries: int = 1) -> list[str]:
    """What happens when several processes try at the same moment."""
    site.environment["PYTHONPATH"] = str(site.folder)
    runner = site.start("runner", str(processes), kind, subject, str(tries), stdout=subprocess.PIPE)
    try:
        output, _ = runner.communicate(timeout=150)
    finally:
        kill_group(runner)
    outcomes: list[str] = json.loads(output)
    return outcomes


def test_of_four_who_redeem_one_link_one_begins(site: Site) -> None:
    with transaction() as session:
        person = Person(name="新学员", email="new@example.org", state=PersonState.INVITED)
        session.add(person)
        session.flush()
        token = make_link(person, LinkPurpose.INVITATION, clock.now()).rsplit("/", 1)[1]
    outcomes = together(site, 4, "redeem", token)
    assert sorted(outcomes) == ["done", "link_ended", "link_ended", "link_ended"]
    db.session.expire_all()
    assert db.session.scalar(select(Person.state)) is PersonState.ACTIVE
    assert db.session.scalar(select(PersonalLink.used_at)) is not None
    release()


def test_four_processes_get_five_tries_between_them(site: Site) -> None:
    outcomes = together(site, 4, "count", "person:one", tries=5)
    assert outcomes.count("done") == 5
    assert outcomes.count("throttled") == 15
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 5
    release()
