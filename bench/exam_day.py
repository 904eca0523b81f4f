"""An examination day: 2,000 candidates sign in within two minutes, save every ten seconds for five, and submit.

``python -m bench.exam_day [--database sqlite] [--people 2000] [--minutes 5] [--quick]``; real HTTP, on SQLite
and on PostgreSQL; 1 when a figure falls short. What each figure means: docs/performance.md. About ten minutes a
database (two for the sign-ins, five for the saves, the rest to prepare and submit); ``--quick`` a minute or two,
``--only costs`` (CPU and statements of single requests) the same.
"""

import argparse
import os
import signal
import sys
import uuid
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

from sqlalchemy import func, select, update

from app.accounts.models import Person
from app.accounts.privacy import CURRENT
from app.config import Settings
from app.core.database import db, release, transaction
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, AttemptItem, AttemptState, ResponseEvent
from bench import exam_costs, exam_hall, throughput
from bench.exam_hall import Candidate
from bench.harness import Figure, Load, Server, allow_many_files, report
from bench.sign_in import PASSWORD
from bench.stage import Sitting, Stage, stage

DATABASES = ("sqlite", "postgresql")
#: As long as everybody has for signing in; they come in its first eleven twelfths.
MORNING = 120.0


@dataclass(frozen=True, slots=True)
class Day:
    """How large it is."""

    people: int
    minutes: float
    morning: float
    submitting: float


def candidates(at: Stage, count: int) -> list[Candidate]:
    """So many people with a password and a running attempt, none signed in."""
    people = at.add_trainees(count)
    known = at.site.app.extensions["academy.passwords"].hash(PASSWORD)
    with transaction() as session:
        session.execute(update(Person).values(password_hash=known, privacy_version=CURRENT))
    emails = {row.id: row.email for row in db.session.execute(select(Person.id, Person.email))}
    release()
    found = []
    for person_id, sitting in zip(people, at.sittings(people), strict=True):
        email = emails[person_id]
        assert email is not None
        found.append(Candidate(email, replace(sitting, headers={})))
    return found


def hold(at: Stage, day: Day) -> list[Figure]:
    """The day itself."""
    expected = candidates(at, day.people)
    reader = at.headers(at.people[:1])[0]
    with throughput.served(at, reader) as server, exam_hall.processes() as pool:
        parts = [expected[number :: exam_hall.PROCESSES] for number in range(exam_hall.PROCESSES)]
        spent = server.cpu_seconds()
        pending = [pool.submit(exam_hall.arrive, server.address, part, day.morning * 11 / 12) for part in parts]
        arrivals = [one.result() for one in pending]
        morning = server.cpu_seconds() - spent
        for one in [one for arrival in arrivals for one in arrival.candidates if one.fault][:3]:
            print(f"{one.email} did not get in: {one.fault}", flush=True)
        seated = [[one.sitting for one in arrival.candidates if not one.fault] for arrival in arrivals]
        figures = _arrival(arrivals, day, morning)
        figures += _saving(server, pool, seated, day)
        sent = together_sent(seated)
        figures.append(Figure("answers acknowledged and lost, late, overtaken or altered", lost(sent), at_most=0))
        loads = [pool.submit(exam_hall.hand_in, server.address, part, day.submitting) for part in seated]
        figures += _submitting(exam_hall.together([one.result() for one in loads]), day, sent)
    return figures


def _arrival(arrivals: list[exam_hall.Arrival], day: Day, cpu: float) -> list[Figure]:
    sign_ins = exam_hall.together([arrival.sign_ins for arrival in arrivals])
    took = max(arrival.seconds for arrival in arrivals)
    return [
        Figure(f"{day.people} signed in with the paper open, after", took, " s", at_most=day.morning),
        Figure("sign-in, errors", sign_ins.errors, at_most=0),
        Figure("sign-in, p95", sign_ins.percentile(0.95), " ms"),
        Figure("sign-in and opening the paper, CPU", cpu * 1000 / day.people, " ms"),
    ]


def _saving(server: Server, pool: ProcessPoolExecutor, seated: list[list[Sitting]], day: Day) -> list[Figure]:
    before = server.cpu_seconds()
    pending = [pool.submit(exam_hall.sit, server.address, part, day.minutes * 60) for part in seated]
    parts = [one.result() for one in pending]
    for sittings, (_load, sent) in zip(seated, parts, strict=True):
        for one, count in zip(sittings, sent, strict=True):
            one.sent = count  # the process has its own copy
    spent = server.cpu_seconds() - before
    load: Load = exam_hall.together([part for part, _sent in parts])
    saves = len(load.latencies)
    return [
        Figure(
            f"save of {day.people} every {exam_hall.EVERY:.0f} s, p99", load.percentile(0.99), " ms", at_most=150
        ),
        Figure("save, p50", load.percentile(0.5), " ms"),
        Figure("save, p99.9", load.percentile(0.999), " ms"),
        Figure("save, errors", load.errors, at_most=0),
        Figure("saves", saves),
        Figure("saves a second, at this pace", load.rate, "/s"),
        Figure("save, application CPU at this pace", spent * 1000 / max(1, saves), " ms"),
    ]


def together_sent(seated: list[list[Sitting]]) -> dict[uuid.UUID, Sitting]:
    """Everybody's attempt."""
    return {one.attempt_id: one for part in seated for one in part}


def lost(sittings: dict[uuid.UUID, Sitting]) -> int:
    """Acknowledged answers that the database does not hold, in order, as they were sent, and counted."""
    db.session.remove()
    missing = {attempt_id: one.sent for attempt_id, one in sittings.items()}
    layouts = {row.id: row.layout for row in db.session.execute(select(AttemptItem.id, AttemptItem.layout))}
    rows = db.session.execute(
        select(
            ResponseEvent.attempt_id,
            ResponseEvent.ordinal,
            ResponseEvent.client_seq,
            ResponseEvent.item_id,
            ResponseEvent.body,
        )
        .where(ResponseEvent.late.is_(False), ResponseEvent.superseded.is_(False))
        .execution_options(yield_per=2_000)
    )
    for row in rows:
        one = sittings.get(row.attempt_id)
        said = str(row.item_id), outward(row.body, layouts[row.item_id])
        if one and row.ordinal == row.client_seq and said == one.answer(row.client_seq):
            missing[row.attempt_id] -= 1
    release()
    return sum(abs(count) for count in missing.values())


def _submitting(load: Load, day: Day, sittings: dict[uuid.UUID, Sitting]) -> list[Figure]:
    done = db.session.scalar(
        select(func.count()).where(Attempt.state == AttemptState.SUBMITTED, Attempt.grade_run_id.is_not(None))
    )
    release()
    return [
        Figure(f"submissions of {day.people} within {day.submitting:.0f} s, p99", load.percentile(0.99), " ms"),
        Figure("submissions, errors", load.errors, at_most=0),
        Figure("papers not graded", len(sittings) - (done or 0), at_most=0),
    ]


def costs(at: Stage, *, quick: bool) -> list[Figure]:
    """The ratio to the bare endpoint, statements and CPU."""
    figures = throughput.save(at, rounds=3 if quick else 7, seconds=1 if quick else 3)
    figures += exam_costs.statements(at)
    return figures + exam_costs.cpu(at, seconds=3 if quick else 10, submissions=20 if quick else 200)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.exam_day", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, help="one of the two")
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--only", choices=("day", "costs"), help="one half")
    parser.add_argument(
        "--quick", action="store_true", help="200 people, half a minute: to try it, not for figures"
    )
    return parser.parse_args()


def main() -> int:
    options = arguments()
    day = Day(options.people, options.minutes, MORNING, exam_hall.SUBMITTING)
    if options.quick:
        day = Day(min(options.people, 200), 0.5, MORNING / 5, 10)
    allow_many_files()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave no server behind
    real = {name: Settings.model_fields[name].default for name in ("argon2_memory_kib", "argon2_passes")}
    short = 0
    for database in [options.database] if options.database else DATABASES:
        for half in [options.only] if options.only else ("day", "costs"):
            with stage(database, **real) as at:
                figures = hold(at, day) if half == "day" else costs(at, quick=options.quick)
            short |= report([replace(one, name=f"{database}: {one.name}") for one in figures])
    print(f"load of the last minute and quarter of an hour: {os.getloadavg()[0]:.1f} {os.getloadavg()[2]:.1f}")
    return short


if __name__ == "__main__":
    sys.exit(main())
