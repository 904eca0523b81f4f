"""Many starts at once, at a real server: one attempt, and nothing granted meanwhile is missed."""

import http.client
import shutil
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.core import clock
from app.core.access import Grant, Role
from app.core.database import db, release, transaction
from app.core.identifiers import new_id
from app.quizzes.accommodations.queries import allowance_of
from app.quizzes.accommodations.services import Whom, grant_accommodation
from app.quizzes.models import Attempt
from app.quizzes.rules import Allowance
from tests.support.cast import as_actor, make_login, make_person, signed_in_headers
from tests.support.courses import SMALL, study, sync_folder
from tests.support.processes import Site, memory_folder, own_site
from tests.support.quizzes import make_quiz, start
from tests.support.servers import WebServer

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

STARTS = 40
#: Seconds after which somebody who has not come through waits for a lock.
WAITS = 0.3


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with memory_folder() as folder, own_site(folder) as site:
        content = folder / "content"
        shutil.copytree(SMALL, content)
        course = content / "courses/small/course.yaml"
        course.write_text(course.read_text().replace("attempts: 3", "attempts: 1"))
        sync_folder(content)
        yield site


@pytest.fixture(scope="module")
def web(site: Site) -> Iterator[WebServer]:
    server = WebServer(site, "gunicorn", "wsgi:app")
    server.start()
    yield server
    server.kill_all()


def press_start(port: int, headers: dict[str, str], together: threading.Barrier) -> tuple[int, str]:
    """Post Start once everybody stands ready; status and where it leads."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    together.wait(timeout=60)
    connection.request("POST", "/courses/small/exam/start", "", headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, response.headers["Location"]


def attempts_of(people: list[Person]) -> list[tuple[uuid.UUID, int]]:
    """Identifiers, and the seconds granted."""
    ids = [person.id for person in people]
    statement = select(Attempt.id, Attempt.granted_seconds).where(Attempt.candidate_id.in_(ids))
    found = [(row.id, row.granted_seconds) for row in db.session.execute(statement)]
    release()
    return found


def test_of_forty_starts_with_a_limit_of_one_there_is_one_attempt(site: Site, web: WebServer) -> None:
    person = make_person()
    study(person)
    headers = signed_in_headers(site.app, make_login(person).id)
    release()
    together = threading.Barrier(STARTS)
    with ThreadPoolExecutor(STARTS) as pool:
        answers = set(pool.map(lambda _number: press_start(web.port, headers, together), range(STARTS)))
    ((attempt_id, _granted),) = attempts_of([person])
    assert answers == {(302, f"/attempts/{attempt_id}")}


def test_what_is_granted_between_two_statements_of_a_start_is_not_missed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The start has looked up what is granted and has no attempt yet: the grant waits, and then finds it."""
    person, quiz = make_person(), make_quiz()
    boss = as_actor(make_person(), Grant(Role.REGISTRAR, new_id(), national=True))
    target = Whom(person_id=person.id)
    release()
    moved: list[uuid.UUID] = []

    def give() -> None:
        with site.app.app_context():
            with transaction():
                seven = Allowance(extra_minutes=7)
                moved.extend(grant_accommodation(boss, target, seven, reason="x", now=clock.now()).moved)
            release()

    granting = threading.Thread(target=give)

    def looked_up(*about: Any) -> Allowance:
        found = allowance_of(*about)
        granting.start()
        granting.join(WAITS)
        assert granting.is_alive(), "it did not wait for the start"
        return found

    monkeypatch.setattr("app.quizzes.services.attempts.allowance_of", looked_up)
    attempt_id = start(person, quiz).id
    release()
    granting.join(60)
    assert moved == [attempt_id]
    assert attempts_of([person]) == [(attempt_id, 7 * 60)]
