"""Real processes ask for the same certificate, and for many, at the same moment."""

import subprocess
import uuid
from pathlib import Path

import pytest

from app.certificates.models import Certificate
from app.core.database import db, release
from tests.support.cast import make_organisation, make_person
from tests.support.certificates import confirm
from tests.support.processes import own_site

pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


def race(folder: Path, same_subject: bool, runners: int = 6) -> tuple[list[str], list[tuple[int, str]]]:
    """Numbers that the processes printed, and serials with numbers in the database."""
    with own_site(folder) as site:
        organisation = make_organisation("authority")
        person = make_person(organisation, name="林见微")
        confirm(person)
        person_id, organisation_id = str(person.id), str(organisation.id)
        release()
        subject = str(uuid.uuid4())
        processes = [
            site.start(
                "tests.certificates.issue_at_once",
                person_id,
                subject if same_subject else str(uuid.uuid4()),
                organisation_id,
                str(folder / "go"),
                stdout=subprocess.PIPE,
            )
            for _ in range(runners)
        ]
        (folder / "go").touch()
        printed = [process.communicate(timeout=60)[0].strip() for process in processes]
        assert all(process.returncode == 0 for process in processes)
        rows = db.session.query(Certificate.serial, Certificate.number).order_by(Certificate.serial).all()
        release()
        return printed, [(row.serial, row.number) for row in rows]


def test_the_same_completion_makes_one_certificate(tmp_path: Path) -> None:
    printed, stored = race(tmp_path, same_subject=True)
    assert [serial for serial, _ in stored] == [1]
    assert set(printed) == {stored[0][1]}


def test_many_completions_make_numbers_without_gaps(tmp_path: Path) -> None:
    printed, stored = race(tmp_path, same_subject=False)
    assert [serial for serial, _ in stored] == [1, 2, 3, 4, 5, 6]
    assert sorted(printed) == sorted(number for _, number in stored)
