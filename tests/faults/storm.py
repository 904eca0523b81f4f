"""Save answers through a real server, whatever is killed meanwhile, and compare afterwards.

By hand (``make storm``): on SQLite and on PostgreSQL first the planted bug, which must be caught, then 100,000
acknowledgements of the product, of which none may be lost. ``python -m tests.faults.storm --help``.
"""

import argparse
import http.client
import json
import random
import socket
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask

from app.core.database import db, release
from app.organisations.models import Organisation
from app.quizzes.context import keyring
from app.quizzes.grading.aliases import outward
from tests.faults.by_hand import Report, arguments_of, run, stormy_site, tell
from tests.faults.ledger import Ledger, compare
from tests.support.cast import make_login, make_organisation, make_person, signed_in_headers
from tests.support.postgres import PostgresServer
from tests.support.processes import Site
from tests.support.quizzes import items_of, make_quiz, start
from tests.support.servers import WebServer

Paper = list[tuple[str, list[str]]]

REAL: Final = "wsgi:app"
#: Acknowledgements before the next kill, however slow the machine is.
BETWEEN_KILLS: Final = 10
#: Acknowledges before the commit; see there.
PLANTED: Final = "tests.faults.eager_app:app"


@dataclass
class SavingReport(Report):
    acknowledged: int = 0
    retries: int = 0

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged in {self.seconds:.1f} s, "
            f"{self.acknowledged / self.seconds:.0f}/s, "
            f"{self.kills} kills, {self.retries} retries, {len(self.faults)} faults"
        )


class Examinee(threading.Thread):
    """A browser that saves one answer after the other, each until it is acknowledged."""

    def __init__(self, app: Flask, port: int, attempt_id: uuid.UUID, paper: Paper, login_id: uuid.UUID) -> None:
        super().__init__(daemon=True)
        self.port, self.rng = port, random.Random()  # noqa: S311 - which answer is given is no secret
        self.ledger = Ledger(attempt_id, str(uuid.uuid4()))
        self.paper = paper
        self.headers = {**signed_in_headers(app, login_id), "Content-Type": "application/json"}
        self.path = f"/attempts/{attempt_id}/answers"
        self.stop = threading.Event()
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        try:
            self._sit()
        finally:
            self._hang_up()

    def _sit(self) -> None:
        seen = seq = 0
        while not self.stop.is_set():
            seq += 1
            item, choices = self.rng.choice(self.paper)
            client_id = str(uuid.uuid4())
            change = {
                "item": item,
                "client_id": client_id,
                "device_id": self.ledger.device_id,
                "client_seq": seq,
                "base_ordinal": seen,
                "response": {"choice": self.rng.choice(choices)},
            }
            self.ledger.sent[client_id] = change
            receipt = self._until_acknowledged(change)
            if receipt is None:
                continue
            self.ledger.acknowledged.append((client_id, receipt))
            seen = receipt["ordinal"]
            if seq % 50 == 0 and self._until_acknowledged(change) not in (receipt, None):
                self.ledger.faults.append(f"{client_id}: a replay got another receipt")

    def _until_acknowledged(self, change: dict[str, Any]) -> dict[str, Any] | None:
        data = json.dumps(change)
        while not self.stop.is_set():
            status, answer = self._post(data)
            if status == 200:
                found: dict[str, Any] = json.loads(answer)
                return found
            if 400 <= status < 500:
                self.ledger.faults.append(f"{change['client_id']}: {status} {answer[:200]!r}")
                self.stop.set()
            self.ledger.retries += 1
            self.stop.wait(0.02)
        return None

    def _post(self, data: str) -> tuple[int, bytes]:
        """Status and body; 0 when the server was not there or went away."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.request("POST", self.path, data, self.headers)
            response = self.connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return 0, b""

    def _hang_up(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def examinees(site: Site, port: int, count: int = 8) -> list[Examinee]:
    """As many browsers; every fourth pair are two devices of one person in one attempt."""
    organisation: Organisation = make_organisation()
    quiz = make_quiz(("single",) * 5, minutes=600)
    found: list[Examinee] = []
    while len(found) < count:
        person = make_person(organisation)
        attempt = start(person, quiz)
        attempt_id = attempt.id
        paper = [(str(item.id), outward(item.layout["choices"], item.layout)) for item in items_of(attempt)]
        release()
        for _device in range(2 if len(found) % 4 == 0 else 1):
            found.append(Examinee(site.app, port, attempt_id, paper, make_login(person).id))
    return found[:count]


class Killer:
    """Kills by dice what serves the site: mostly one worker, seldom the whole server, once the database."""

    def __init__(
        self, web: WebServer, rng: random.Random, postgres: PostgresServer | None, crash_after: int
    ) -> None:
        self.web, self.rng = web, rng
        #: The database that has yet to crash, and after how many acknowledgements.
        self.postgres, self.crash_after = postgres, crash_after
        self.kills = 0

    def strike(self, acknowledged: int) -> None:
        """Kill once; what does not come back of itself is started again."""
        if self.postgres and acknowledged >= self.crash_after:
            self.postgres.stop("immediate")
            self.postgres.start()
            self.postgres = None
            self.kills += 1
        elif self.rng.random() < 0.04:
            self.web.kill_all()
            self.web.start()
            self.kills += 1
        else:
            self.kills += self.web.kill_one(self.rng)


def end(clients: list[Examinee], web: WebServer) -> None:
    """Let every browser finish its request, then end the server."""
    for client in clients:
        client.stop.set()
    for client in clients:
        if client.ident is not None:
            client.join(30)
    web.kill_all()


def storm(
    site: Site,
    *,
    acknowledgements: int,
    seconds: float,
    server: str = "gunicorn",
    application: str = REAL,
    postgres: PostgresServer | None = None,
    seed: int = 0,
    kill_every: float = 0.8,
    least: int = 0,
    least_kills: int = 0,
) -> SavingReport:
    """Save until there are so many acknowledgements or the time is over, killing all the while; then compare.

    A fast machine goes on until it was killed ``least_kills`` times; a crowded one, below ``least``
    acknowledgements or those kills, may take three times as long.
    """
    rng = random.Random(seed)  # noqa: S311 - the same kills again
    web = WebServer(site, server, application)
    clients = examinees(site, web.port)
    ledgers = [client.ledger for client in clients]
    report = SavingReport()
    pause = threading.Event()
    began = time.monotonic()
    last_kill = -BETWEEN_KILLS
    killer = Killer(web, rng, postgres, acknowledgements // 3)

    def done() -> bool:
        report.acknowledged = sum(len(ledger.acknowledged) for ledger in ledgers)
        spent = time.monotonic() - began
        if spent > 3 * seconds:
            return True
        wanted = least if spent > seconds else acknowledgements
        return report.acknowledged >= wanted and killer.kills >= least_kills

    try:
        web.start()
        began = time.monotonic()
        for client in clients:
            client.start()
        while not done():
            pause.wait(kill_every * rng.uniform(0.5, 1.5))
            if not done() and report.acknowledged < last_kill + BETWEEN_KILLS:
                continue  # a crowded machine: let the server come back first
            last_kill = report.acknowledged
            killer.strike(report.acknowledged)
        report.kills = killer.kills
        report.seconds = time.monotonic() - began
    finally:
        end(clients, web)
    db.engine.dispose()  # what was connected before a crash is connected no more
    done()
    report.retries = sum(ledger.retries for ledger in ledgers)
    with site.app.app_context():
        report.faults = compare(ledgers, keyring())
    return report


def rage(database: str, options: argparse.Namespace, planted: bool) -> bool:
    """A storm on a new site of its own; True when it ended as it should."""
    with stormy_site(database, on_disk=options.disk) as (site, postgres):
        report = storm(
            site,
            acknowledgements=3_000 if planted else options.acknowledgements,
            seconds=15 if planted else options.seconds,
            server="gunicorn" if planted else options.server,  # whose killed workers are back at once
            application=PLANTED if planted else REAL,
            postgres=None if planted else postgres,
            seed=options.seed,
            kill_every=0.3 if planted else options.kill_every,
        )
    what = "acknowledging before the commit" if planted else "the product"
    tell(database, what, report, most=3 if planted else 20)
    return bool(report.faults) is planted


def main(arguments: list[str]) -> int:
    parser = arguments_of("tests.faults.storm", __doc__)
    parser.add_argument("--acknowledgements", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=7200)
    parser.add_argument("--server", choices=("gunicorn", "granian"), default="gunicorn")
    parser.add_argument(
        "--disk", action="store_true", help="on the disk, not in memory: slower, and shows no more"
    )
    return run(parser, arguments, rage)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
