"""Issue a cohort's certificates while the workers are killed, and compare afterwards.

By hand (``make storm-certificates``): first the planted bug, which must be caught, then 2,000 graduates and at
least 100 kills. Meanwhile somebody clicks twice, pauses the batch and goes on with it.
``python -m tests.faults.certificate_storm --help``.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import psutil
from sqlalchemy import func, select

from app.accounts.models import Person
from app.certificates.completion import issue_certificate
from app.certificates.credentials.models import Credential
from app.certificates.ledger.models import LogEntry
from app.certificates.life import queries, services
from app.certificates.life.models import BatchState, IssueBatch
from app.certificates.models import Certificate, NumberSeries
from app.cohorts.models import ProgrammeCompletion, ProgrammeRevision
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.jobs.models import Job, JobState
from app.jobs.services import retry_job
from app.mail.models import OutgoingMail
from app.organisations.queries import get_organisation
from tests.faults.by_hand import Report, arguments_of, run, stormy_site, tell
from tests.support.cast import as_actor, make_cast
from tests.support.cohorts import certify, join, make_cohort, pass_course
from tests.support.courses import sync_folder
from tests.support.graduates import completed_alike
from tests.support.processes import Site, kill_group

REAL: Final = ("flask", "--app", "wsgi:app", "jobs", "work", "--workers", "2")
#: Names a file before it is kept; see there.
PLANTED: Final = ("tests.faults.hasty_worker",)
#: So that what a killed worker held is taken up soon.
SETTINGS: Final[dict[str, Any]] = {"job_lease_seconds": 2, "job_sweep_seconds": 0.5}
#: Of a hundred kills, so many end the whole worker and not one of its processes.
WHOLE: Final = 0.06


@dataclass
class IssuingReport(Report):
    graduates: int = 0
    pauses: int = 0

    def __str__(self) -> str:
        return (
            f"{self.graduates} graduates, {self.kills} kills, {self.pauses} pauses in {self.seconds:.1f} s, "
            f"{len(self.faults)} faults"
        )


@dataclass(frozen=True)
class Batch:
    """A cohort whose certificates are ordered, and who may pause it."""

    id: uuid.UUID
    certifier: Actor
    memberships: Sequence[uuid.UUID]


def graduates(count: int) -> Batch:
    """One who studies and is examined; the others completed the same on the same evidence. Then the order."""
    cast = make_cast()
    sync_folder()
    release()
    with transaction():
        revision = db.session.scalars(select(ProgrammeRevision)).one()
        certificate = revision.body["certificate"] | {"issued": "by_certifier"}
        revision.body = revision.body | {"certificate": certificate}
    cohort = make_cohort(cast)
    release()
    first = join(cast, cohort, cast.trainee)
    pass_course(cast.trainee)
    certify(cast.trainee, first.id)
    release()
    with transaction():
        db.session.get_one(Person, cast.trainee.id).names_confirmed_at = clock.now()
        evidence = db.session.scalars(select(ProgrammeCompletion)).one()
        members = [completed_alike(number, evidence, cohort.id) for number in range(1, count)]
    body = get_organisation("small-authority").id
    certifier = as_actor(cast.certifier, Grant(Role.CERTIFIER, body))
    release()
    with transaction():
        batch = services.order_batch(certifier, queries.get_cohort_to_certify(certifier, cohort.id))
        return Batch(batch.id, certifier, [first.id, *members])


class Workers:
    """The worker with its processes, killed one by one or as a whole."""

    def __init__(self, site: Site, command: Sequence[str], rng: random.Random) -> None:
        self.site, self.command, self.rng = site, command, rng
        self.process: subprocess.Popen[str] | None = None
        self.kills = 0

    def start(self) -> None:
        self.process = self.site.start(*self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """SIGKILL one process, seldom all of them; nothing while none has come up."""
        assert self.process is not None
        children: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self.process.pid).children()
        if not children:
            return
        if self.rng.random() < WHOLE:
            self.stop()
            self.start()
        else:
            with suppress(ProcessLookupError):
                os.kill(self.rng.choice(children).pid, signal.SIGKILL)
        self.kills += 1

    def stop(self) -> None:
        if self.process is not None:
            kill_group(self.process)


def unfinished(batch: Batch) -> int:
    """How many have no file yet; jobs that were killed too often are tried again, as a keeper would."""
    release()
    left = len(batch.memberships) - (
        db.session.scalar(select(func.count()).where(Certificate.file_digest.is_not(None))) or 0
    )
    failed = db.session.scalars(select(Job.id).where(Job.state == JobState.FAILED)).all()
    state = db.session.scalars(select(IssueBatch.state).where(IssueBatch.id == batch.id)).one()
    release()
    for job_id in failed:
        with transaction():
            retry_job(job_id, clock.now())
    return left or int(state is not BatchState.FINISHED)


def meddle(batch: Batch, rng: random.Random) -> bool:
    """A second click somewhere, and now and then a pause, which ends at the next one; True for a pause."""
    with transaction():
        issue_certificate(rng.choice(batch.memberships), clock.now())
    with transaction():
        row = queries.get_batch_for(batch.certifier, batch.id, lock=True)
        if row.state is BatchState.PAUSED:
            services.resume(batch.certifier, row)
        elif row.state is BatchState.RUNNING and rng.random() < 0.2:
            services.pause(batch.certifier, row)
            return True
    return False


def storm(
    site: Site,
    *,
    people: int,
    least_kills: int,
    seconds: float,
    command: Sequence[str] = REAL,
    kill_every: float = 1.0,
    seed: int = 0,
) -> IssuingReport:
    """Issue, kill all the while until there were so many kills, let the rest be done; then compare."""
    rng = random.Random(seed)  # noqa: S311 - the same kills again
    batch = graduates(people)
    release()
    report = IssuingReport(graduates=people)
    workers = Workers(site, command, rng)
    pause = threading.Event()
    began = time.monotonic()
    try:
        workers.start()
        left = people
        while left and time.monotonic() - began < seconds:
            share = left / people
            # spread the kills over the work, whatever the machine does in a second
            if workers.kills < least_kills and workers.kills <= least_kills * (1 - share) + 2:
                workers.kill()
            report.pauses += meddle(batch, rng)
            pause.wait(kill_every * rng.uniform(0.5, 1.5))
            left = unfinished(batch)
    finally:
        workers.stop()
    report.kills, report.seconds = workers.kills, time.monotonic() - began
    report.faults = compare(batch, site.folder)
    release()
    return report


def compare(batch: Batch, folder: Path) -> list[str]:
    """Every way in which numbers, files, credentials, log or mails are not exactly one of each."""
    release()
    rows = db.session.scalars(select(Certificate).where(Certificate.serial.is_not(None))).all()
    faults = _one_each(rows, batch)
    faults += [fault for row in rows for fault in _file_faults(row, folder)]
    signed = db.session.execute(select(Credential.certificate_id, Credential.digest))
    credentials = {row.certificate_id: row.digest for row in signed}
    faults += [f"{row.number}: no credential" for row in rows if not credentials.get(row.id)]
    leaves = Counter(db.session.scalars(select(LogEntry.leaf)))
    faults += [f"a leaf stands {count} times in the log" for count in leaves.values() if count > 1]
    mails = Counter(db.session.scalars(select(OutgoingMail.person_id).where(OutgoingMail.attachments != [])))
    for row in rows:
        if row.file_digest and mails[row.person_id] != 1:
            faults.append(f"{row.number}: {mails[row.person_id]} mails")
    return faults


def _one_each(rows: Sequence[Certificate], batch: Batch) -> list[str]:
    faults = []
    people = Counter(row.person_id for row in rows)
    faults += [f"{person}: {count} certificates DUPLICATE" for person, count in people.items() if count > 1]
    if len(people) != len(batch.memberships):
        faults.append(f"{len(people)} of {len(batch.memberships)} have a certificate")
    serials = sorted(row.serial for row in rows if row.serial is not None)
    if serials != list(range(1, len(serials) + 1)):
        faults.append(f"numbers with a GAP: {sorted(set(range(1, len(serials) + 1)) - set(serials))[:9]}")
    last = db.session.scalar(select(func.max(NumberSeries.last)))
    if last != len(serials):
        faults.append(f"the series stands at {last} after {len(serials)} certificates")
    return faults


def _file_faults(row: Certificate, folder: Path) -> list[str]:
    if row.file_digest is None:
        return [f"{row.number}: no file"]
    path = folder / "files" / row.file_digest[:2] / row.file_digest
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != row.file_digest or len(data) != row.file_size:
        return [f"{row.number}: a BAD FILE of {len(data)} bytes"]
    return []


def rage(database: str, options: argparse.Namespace, planted: bool) -> bool:
    """A storm on a new site of its own; True when it ended as it should."""
    with stormy_site(database, **SETTINGS) as (site, _postgres):
        report = storm(
            site,
            people=40 if planted else options.graduates,
            least_kills=5 if planted else options.kills,
            seconds=60 if planted else options.seconds,
            command=PLANTED if planted else REAL,
            kill_every=0.5 if planted else options.kill_every,
            seed=options.seed,
        )
    what = "naming files before they are kept" if planted else "the product"
    tell(database, what, report, most=3 if planted else 20)
    if planted:
        return any("BAD FILE" in fault for fault in report.faults)
    return not report.faults and report.kills >= options.kills


def main(arguments: list[str]) -> int:
    parser = arguments_of("tests.faults.certificate_storm", __doc__)
    parser.add_argument("--graduates", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=timedelta(hours=2).total_seconds())
    return run(parser, arguments, rage)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
