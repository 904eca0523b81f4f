"""Calamities of a real server: a full disk, clocks that jump, sessions that end, two tabs with one queue.

What was acknowledged is in the database, what was not stays with the browser and goes again, once.
"""

import http.client
import json
import resource
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest
from sqlalchemy import select, text

from app.accounts.models import LoginSession, Person
from app.core import clock
from app.core.database import db, release, transaction
from app.quizzes import queries
from app.quizzes.context import keyring
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, AttemptResult, AttemptState, ResponseEvent
from tests.faults.ledger import Ledger, compare
from tests.support.cast import make_login, make_organisation, make_person, signed_in_headers
from tests.support.clocks import ProcessClock, forget_clock
from tests.support.processes import Site, memory_folder, own_site
from tests.support.quizzes import items_of, make_quiz, start
from tests.support.servers import WebServer

pytestmark = [pytest.mark.faults, pytest.mark.both_databases, pytest.mark.timeout(240)]

#: An examination lasts so long; the server waits half a minute more for what is under way.
MINUTES = 30


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with memory_folder() as folder, own_site(Path(folder)) as site:
        yield site


@pytest.fixture(scope="module")
def server_clock(site: Site) -> ProcessClock:
    return ProcessClock(site)


@pytest.fixture(scope="module")
def server(site: Site, server_clock: ProcessClock) -> Iterator[WebServer]:
    web = WebServer(site, "flask", "wsgi:app")
    web.start()
    yield web
    web.kill_all()
    assert web.process is not None
    forget_clock(web.process)


@pytest.fixture
def web(server: WebServer, server_clock: ProcessClock) -> Iterator[WebServer]:
    server_clock.set(timedelta())
    yield server
    server_clock.set(timedelta())


class Tab:
    """A page with a queue: each change stays in it until it is acknowledged, and goes again as it is."""

    def __init__(self, site: Site, web: WebServer, person: Person, attempt: Attempt, device: str = "") -> None:
        self.site, self.web, self.person, self.attempt_id = site, web, person, attempt.id
        self.paper = [(str(item.id), outward(item.layout["choices"], item.layout)) for item in items_of(attempt)]
        release()
        self.ledger = Ledger(self.attempt_id, device or str(uuid.uuid4()))
        self.queue: list[dict[str, Any]] = []
        self.sign_in()

    def sign_in(self) -> uuid.UUID:
        login_id = make_login(self.person).id
        self.headers = {**signed_in_headers(self.site.app, login_id), "Content-Type": "application/json"}
        return login_id

    def choose(self, option: int) -> None:
        seq = len(self.ledger.sent) + 1
        item, choices = self.paper[seq % len(self.paper)]
        client_id = str(uuid.uuid4())
        change = {
            "item": item,
            "client_id": client_id,
            "device_id": self.ledger.device_id,
            "client_seq": seq,
            "base_ordinal": len(self.ledger.acknowledged),
            "response": {"choice": choices[option % len(choices)]},
        }
        self.ledger.sent[client_id] = change
        self.queue.append(change)

    def send(self) -> tuple[int, dict[str, Any]]:
        """Send the queue in order until the server refuses one; the last status and answer."""
        status = 0
        answer: dict[str, Any] = {}
        while self.queue:
            status, answer = self.request("POST", "/answers", json.dumps(self.queue[0]))
            if status != 200:
                break
            self.ledger.acknowledged.append((self.queue.pop(0)["client_id"], answer))
        return status, answer

    def request(self, method: str, path: str, data: str = "") -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=60)
        headers = {**self.headers, "Accept": "application/json"}
        connection.request(method, f"/attempts/{self.attempt_id}{path}", data, headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, json.loads(body) if body.startswith(b"{") else {}


def post_page(tab: Tab, fields: dict[str, str]) -> tuple[int, str]:
    """Post the paper as one form, as a browser without JavaScript does."""
    connection = http.client.HTTPConnection("127.0.0.1", tab.web.port, timeout=60)
    headers = {**tab.headers, "Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    connection.request("POST", f"/attempts/{tab.attempt_id}", urlencode(fields), headers)
    response = connection.getresponse()
    page = response.read().decode()
    connection.close()
    return response.status, page


def open_tab(site: Site, web: WebServer) -> Tab:
    """A candidate at the beginning of her examination."""
    person = make_person(make_organisation())
    return Tab(site, web, person, start(person, make_quiz(("single",) * 3, minutes=MINUTES)))


def events(tab: Tab) -> list[ResponseEvent]:
    release()
    found = queries.list_events(tab.attempt_id)
    db.session.expunge_all()
    release()
    return found


def state_of(tab: Tab) -> tuple[AttemptState, int]:
    """The attempt's state, and how often it was graded."""
    release()
    runs = len(set(db.session.scalars(select(AttemptResult.run_id).filter_by(attempt_id=tab.attempt_id))))
    state = db.session.get_one(Attempt, tab.attempt_id, populate_existing=True).state
    release()
    return state, runs


def limit_files(web: WebServer, size: int) -> None:
    """No process of the server can make a file longer than this any more: writing on fails, as on a full disk."""
    assert web.process is not None
    master = psutil.Process(web.process.pid)
    for process in [master, *master.children(recursive=True)]:
        _soft, hard = process.rlimit(resource.RLIMIT_FSIZE)
        process.rlimit(resource.RLIMIT_FSIZE, (size, hard))


def test_on_a_full_disk_nothing_is_acknowledged_that_is_not_kept(site: Site, web: WebServer) -> None:
    tab = open_tab(site, web)
    db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()
    release()
    limit_files(web, 150_000)
    for option in range(60):
        tab.choose(option)
        status, answer = tab.send()
        if status != 200:
            break
    held = len(tab.ledger.acknowledged)
    assert 0 < held < 60
    assert (status, answer["code"]) == (503, "storage")
    assert "没有保存" in answer["detail"] or "not saved" in answer["detail"]
    assert len(events(tab)) == held  # neither more nor less than was promised
    status, seen = tab.request("GET", "/state")
    assert (status, seen["head"]) == (200, held)  # what is there can still be read
    item, choices = tab.paper[0]
    status, page = post_page(tab, {f"q-{item}": choices[0], "seen": "0"})
    assert (status, "<h1>您发送的内容没有保存</h1>" in page) == (503, True), page
    limit_files(web, resource.RLIM_INFINITY)
    tab.choose(1)
    assert tab.send()[0] == 200
    assert tab.queue == []
    assert len(events(tab)) == held + 2
    assert compare([tab.ledger], keyring()) == []


def test_a_clock_that_steps_back_reopens_nothing_and_orders_everything(
    site: Site, web: WebServer, server_clock: ProcessClock
) -> None:
    over, running = open_tab(site, web), open_tab(site, web)
    for tab in (over, running):
        tab.choose(0)
        assert tab.send()[1]["status"] == "counted"
    server_clock.set(timedelta(minutes=MINUTES - 5))
    running.choose(1)
    assert running.send()[1]["status"] == "counted"
    server_clock.set(timedelta(minutes=MINUTES + 5))
    over.choose(1)
    assert over.send()[1]["status"] == "late"
    assert state_of(over) == (AttemptState.EXPIRED, 1)

    server_clock.set(timedelta(hours=-2))
    over.choose(2)
    assert over.send()[1]["status"] == "late"
    assert over.request("GET", "/state")[1]["state"] == "expired"
    assert over.request("POST", "/submit", "{}")[0] == 302
    assert state_of(over) == (AttemptState.EXPIRED, 1)
    assert [event.late for event in events(over)] == [False, True, True]
    # Who is still writing goes on; her moments never run backwards, and she gets no time back.
    running.choose(2)
    assert running.send()[1]["status"] == "counted"
    moments = [event.received_at for event in events(running)]
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] >= timedelta(minutes=MINUTES - 6)
    server_clock.set(timedelta(minutes=MINUTES + 5))
    running.choose(3)
    assert running.send()[1]["status"] == "late"
    assert state_of(running) == (AttemptState.EXPIRED, 1)


def test_a_session_that_expires_in_the_examination_keeps_the_queue_which_then_goes_once(
    site: Site, web: WebServer, server_clock: ProcessClock
) -> None:
    tab = open_tab(site, web)
    login_id = tab.sign_in()
    with transaction() as session:
        session.get_one(LoginSession, login_id).expires_at = clock.now() + timedelta(minutes=5)
    tab.choose(0)
    assert tab.send()[0] == 200
    server_clock.set(timedelta(minutes=10))
    for option in (1, 2, 3):
        tab.choose(option)
        assert tab.send()[0] == 401
    assert len(tab.queue) == 3
    assert len(events(tab)) == 1
    tab.sign_in()
    again = list(tab.queue)
    assert tab.send()[0] == 200
    first = dict(tab.ledger.acknowledged)
    for change in again:  # the answers to these were lost on the way: the browser asks again
        assert tab.request("POST", "/answers", json.dumps(change)) == (200, first[change["client_id"]])
    assert [event.client_seq for event in events(tab)] == [1, 2, 3, 4]
    assert compare([tab.ledger], keyring()) == []


def test_two_tabs_that_send_one_queue_at_once_keep_each_change_once(site: Site, web: WebServer) -> None:
    first = open_tab(site, web)
    attempt = db.session.get_one(Attempt, first.attempt_id)
    second = Tab(site, web, first.person, attempt, first.ledger.device_id)
    for option in range(6):
        first.choose(option)
    second.ledger.sent = dict(first.ledger.sent)
    second.queue = list(first.queue)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda tab: tab.send()[0], (first, second)))
    assert answers == [200, 200]
    assert first.ledger.acknowledged == second.ledger.acknowledged
    assert [event.client_seq for event in events(first)] == list(range(1, 7))
    assert compare([first.ledger, second.ledger], keyring()) == []
