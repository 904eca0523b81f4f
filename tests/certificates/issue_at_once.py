"""Run as a process by test_concurrency: wait for a file, issue one certificate, print its number."""

import sys
import uuid
from pathlib import Path

from app.certificates import services
from app.certificates.fonts import coverage
from app.core import clock
from app.core.database import transaction
from app.factory import create_app
from tests.support.certificates import completion_draft
from tests.support.processes import wait_until


def main(person: str, subject: str, organisation: str, go: str) -> None:
    coverage()
    with create_app().app_context():
        wait_until(Path(go).exists, "the signal to begin")
        with transaction():
            certificate = services.issue(
                completion_draft(),
                person_id=uuid.UUID(person),
                subject_id=uuid.UUID(subject),
                organisation_id=uuid.UUID(organisation),
                now=clock.now(),
            )
            print(certificate.number)  # noqa: T201 - what the test reads


if __name__ == "__main__":
    main(*sys.argv[1:])
