"""What watching a large examination costs: 2,000 candidates under way, 20 invigilators whose pages poll.

``python -m bench.invigilation [candidates] [invigilators]``; on PostgreSQL with DATABASE_URL naming an empty
database.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import timedelta
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from app.accounts.models import Person
from app.core import clock
from app.core.access import Role
from app.core.database import db, release, transaction
from app.factory import create_app
from app.organisations.models import OrganisationKind
from app.quizzes.invigilation import services
from app.quizzes.invigilation.board import EXPECTED_FOR, KEPT_FOR, Roster, Snapshot
from app.quizzes.invigilation.context import board
from app.quizzes.invigilation.expected import NOBODY
from app.quizzes.models import Attempt, AttemptItem, AttemptState
from bench.harness import Figure, report
from tests.support.analysis import by_ability, publish, single_questions
from tests.support.candidates import expect_at
from tests.support.cast import make_organisation, make_person
from tests.support.invigilation import national
from tests.support.pages import Visitors
from tests.support.sittings import make_people, sit
from tests.support.statements import counted_statements

ROUNDS = 25
KEY = "bench"
QUESTIONS = 20
#: As script/server runs the product.
PROCESSES = CORES = os.cpu_count() or 1
#: How often each candidate's page tells that it is there, in seconds (exam.js).
PULSE_SECONDS = 20
#: How often an invigilator's page asks (views/pages.py).
POLL_SECONDS = 5


def timed(work: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """The median of several runs, in milliseconds of CPU, which other load hardly changes."""
    found = []
    for _round in range(rounds):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1000)
        release()
    return median(found)


def fill(candidates: int) -> None:
    """An examination in full swing: everybody has answered most questions, every page has just been heard; one in
    ten of those expected has not come."""
    university = make_organisation()
    university_id = university.id
    people, away = make_people(candidates, university), make_people(candidates // 10, university)
    revision = publish(single_questions(QUESTIONS), key=KEY)
    quiz_id = revision.quiz_id
    attempts = sit(revision, people, by_ability(omitted="q20"))
    expect_at(quiz_id, university_id, people + away)
    now = clock.now()
    with transaction() as session:
        session.execute(
            db.update(Attempt).values(
                state=AttemptState.IN_PROGRESS,
                submitted_at=None,
                grade_run_id=None,
                clock_at=now,
                started_at=now - timedelta(minutes=30),
                deadline_at=now + timedelta(minutes=30),
                cutoff_at=now + timedelta(minutes=30),
            )
        )
        session.execute(db.update(AttemptItem).values(answer_device=AttemptItem.attempt_id))
        services.keep_presences(dict.fromkeys(attempts, now))


def polling(app: Flask, watching: Person) -> dict[str, float]:
    """CPU of the parts, in milliseconds, and the number of statements."""
    browser = Visitors(app)(watching)
    path = f"/invigilation/{KEY}/seats.json"
    gzip = {"Accept-Encoding": "gzip"}
    board().kept_for, board().expected_for = 0, 3600.0
    with counted_statements() as expecting:
        browser.get(path, headers=gzip)
    with counted_statements() as first:
        browser.get(path, headers=gzip)
    board().kept_for = 3600.0
    etag = browser.get(path, headers=gzip).headers["ETag"]
    with counted_statements() as later:
        browser.get(path, headers=gzip)
    unchanged = {**gzip, "If-None-Match": etag}
    found = {
        "expecting": float(len(expecting)),
        "first": float(len(first)),
        "later": float(len(later)),
        "bytes": float(len(browser.get(path, headers=gzip).data)),
        "unchanged": timed(lambda: browser.client.get(path, headers=unchanged)),
        "changed": timed(lambda: browser.client.get(path, headers=gzip)),
    }
    actor = national(watching)

    nobody = Roster(NOBODY, 0, 0)

    def read_and_pack() -> None:
        Snapshot.read(KEY, clock.now(), nobody).packed_for(actor)

    found["snapshot"] = timed(read_and_pack, 9)
    return found | {"expected": timed(lambda: Roster.read(KEY, clock.now()), 9)}


def pulse(app: Flask) -> float:
    """CPU of a candidate's sign of life."""
    attempt = db.session.scalars(db.select(Attempt).limit(1)).one()
    person, path = db.session.get_one(Person, attempt.candidate_id), f"/attempts/{attempt.id}/pulse"
    browser = Visitors(app)(person)
    headers = {"X-CSRFToken": browser.token("/privacy"), "Content-Type": "application/json"}
    return timed(lambda: browser.client.post(path, headers=headers))


def extend_everybody(watching: Person) -> float:
    """Seconds for which the database is busy with more time for all."""
    ids = list(db.session.scalars(db.select(Attempt.id)))
    actor = national(watching)
    release()
    begun = time.perf_counter()
    with transaction():
        services.extend_attempts(actor, ids, minutes=5, reason="bench", now=clock.now())
    return time.perf_counter() - begun


def measure(app: Flask, candidates: int, invigilators: int) -> list[Figure]:
    fill(candidates)
    watching = make_person(make_organisation(kind=OrganisationKind.AUTHORITY), Role.ADMINISTRATOR)
    found, beat = polling(app, watching), pulse(app)
    # Every poll of all invigilators, and the snapshots that every process makes meanwhile.
    polls = invigilators / POLL_SECONDS * found["changed"]
    snapshots = PROCESSES * (found["snapshot"] / KEPT_FOR + found["expected"] / EXPECTED_FOR)
    pulses = candidates / PULSE_SECONDS * beat
    return [
        Figure("statements of a poll that reads", found["first"], at_most=2),
        Figure("statements of one that reads who is expected too", found["expecting"], at_most=12),
        Figure("statements of a poll from the snapshot", found["later"], at_most=1),
        Figure("poll, unchanged (CPU)", found["unchanged"], " ms", at_most=5),
        Figure("poll, changed (CPU)", found["changed"], " ms", at_most=5),
        Figure("bytes of a changed poll", found["bytes"] / 1024, " KiB"),
        Figure("snapshot: read and pack (CPU)", found["snapshot"], " ms"),
        Figure("who is expected: read (CPU)", found["expected"], " ms"),
        Figure(
            f"share of {CORES} cores for {invigilators} invigilators",
            (polls + snapshots) / 10 / CORES,
            " %",
            at_most=5,
        ),
        Figure("sign of life of a candidate (CPU)", beat, " ms", at_most=2.5),
        Figure(f"share of {CORES} cores for the signs of {candidates}", pulses / 10 / CORES, " %", at_most=10),
        Figure("more time for everybody (by the clock)", extend_everybody(watching), " s", at_most=2),
    ]


def main() -> int:
    """Make a site in a throwaway folder and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.invigilation", description=__doc__)
    parser.add_argument("candidates", type=int, nargs="?", default=2000)
    parser.add_argument("invigilators", type=int, nargs="?", default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        app = create_app(app_env="test", data_dir=Path(folder), database_url=url)
        app.config.update(SESSION_COOKIE_SECURE=False)
        with app.test_request_context():
            with redirect_stderr(StringIO()):
                upgrade()
            print(f"{options.candidates} candidates, {options.invigilators} invigilators, {url.partition(':')[0]}")
            return report(measure(app, options.candidates, options.invigilators))


if __name__ == "__main__":
    sys.exit(main())
