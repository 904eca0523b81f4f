"""Run as a program by test_concurrency: processes, forked ready-made as gunicorn does, issue at the same moment.

Each asks for the certificate that all ask for, and then for one of its own. Prints the numbers they got as JSON.
"""

import json
import multiprocessing
import sys
import uuid
from typing import Any

from flask import Flask

from app.certificates import services
from app.certificates.fonts import coverage
from app.core import clock
from app.core.database import transaction
from app.factory import create_app
from tests.support.certificates import completion_draft

SHARED = uuid.UUID(int=1)


def issue(person: uuid.UUID, subject: uuid.UUID, organisation: uuid.UUID) -> str:
    with transaction():
        certificate = services.issue(
            completion_draft(), person_id=person, subject_id=subject, organisation_id=organisation, now=clock.now()
        )
        return str(certificate.number)


def run(app: Flask, ready: Any, told: Any, person: uuid.UUID, organisation: uuid.UUID) -> None:
    """One of the processes: wait until all are there, then issue."""
    with app.app_context():
        ready.wait(timeout=60)
        told.put([issue(person, subject, organisation) for subject in (SHARED, uuid.uuid4())])


def main(person: str, organisation: str, processes: str) -> None:
    coverage()
    app = create_app()
    forking, count = multiprocessing.get_context("fork"), int(processes)
    ready, told = forking.Barrier(count), forking.Queue()
    values = (app, ready, told, uuid.UUID(person), uuid.UUID(organisation))
    running = [forking.Process(target=run, args=values) for _ in range(count)]
    for process in running:
        process.start()
    numbers = [told.get(timeout=60) for _ in running]
    for process in running:
        process.join(timeout=60)
    print(json.dumps(numbers))  # noqa: T201 - what the test reads
    sys.exit(any(process.exitcode for process in running))


if __name__ == "__main__":
    main(*sys.argv[1:])
