"""A batch of certificates through the real job worker with two processes; see docs/certificates.md.

Everything counts that a certificate costs in the product: claims, numbers and log in the database, credential,
page, signature, file and mail. The clock runs from the first file to the last: starting does not count.
Memory is said in three ways, for they answer three questions: resident (what the system shows), its own (what one
more process adds), and its share (its own, and a part of the pages that several have in common). Run it as
``python -m bench.certificate_workers [--documents N]``.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from sqlalchemy import func, select

from app.certificates.models import Certificate
from app.core.database import db, release
from bench.harness import Figure, report
from tests.faults.certificate_storm import REAL, graduates
from tests.support.processes import Site, children_of, kill_group, own_site

DOCUMENTS = 200
#: Seconds after which something is wrong.
PATIENCE = 3600


def _drawn() -> int:
    count = db.session.scalar(select(func.count()).where(Certificate.file_digest.is_not(None))) or 0
    release()
    return count


def _cpu(worker: subprocess.Popen[str]) -> float:
    """CPU seconds of the worker and its processes since they began."""
    used = [process.cpu_times() for process in (psutil.Process(worker.pid), *children_of(worker))]
    return sum(one.user + one.system for one in used)


def _memory(workers: list[psutil.Process]) -> list[Figure]:
    """Of the process that occupies most; the consumer and the sweeper draw nothing and stay smaller."""
    found = [process.memory_full_info() for process in workers]
    largest = max(found, key=lambda one: one.uss)
    kinds = (("resident", largest.rss), ("its share", largest.pss), ("its own", largest.uss))
    return [Figure(f"memory of a job worker, {name}", size / 2**20, " MiB") for name, size in kinds]


def through_workers(site: Site, documents: int) -> list[Figure]:
    """Order a batch and let two processes make it. Raises RuntimeError when they do not."""
    graduates(documents)
    release()
    pause = threading.Event()
    begun = last = first = time.perf_counter()
    early, spent = 0, 0.0
    worker = site.start(*REAL)
    try:
        while (done := _drawn()) < documents:
            last = time.perf_counter()
            if not early and done:
                first, early, spent = last, done, _cpu(worker)
            if last - begun > PATIENCE or worker.poll() is not None:
                raise RuntimeError(f"{done} of {documents} certificates after {last - begun:.0f} s")
            pause.wait(0.05)
        seconds = time.perf_counter() - first
        spent = _cpu(worker) - spent
        memory = _memory(children_of(worker))
    finally:
        kill_group(worker)
    return [
        Figure("certificates a second, two job workers", (documents - early) / seconds),
        Figure("… CPU of the worker's processes a certificate", spent / (documents - early) * 1000, " ms"),
        *memory,
    ]


def measure(documents: int = DOCUMENTS) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder:
        path = Path(folder)
        with own_site(path, public_url="http://127.0.0.1", job_sweep_seconds=1) as site:
            return through_workers(site, documents)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.certificate_workers", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    return report([*measure(parser.parse_args().documents), Figure("load of the last minute", os.getloadavg()[0])])


if __name__ == "__main__":
    sys.exit(main())
