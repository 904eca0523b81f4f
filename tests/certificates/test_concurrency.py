"""Real processes ask for the same certificate, and for many, at the same moment."""

import json
import subprocess
from pathlib import Path

import pytest

from app.certificates.models import Certificate
from app.core.database import db, release
from tests.support.cast import make_organisation, make_person
from tests.support.certificates import confirm
from tests.support.processes import own_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]
PROCESSES = 6


@pytest.fixture(autouse=True)
def database() -> None:
    """This test commits for good, to a database of its own."""


def test_one_completion_makes_one_certificate_and_many_make_numbers_without_gaps(tmp_path: Path) -> None:
    with own_site(tmp_path) as site:
        organisation = make_organisation("authority")
        person = make_person(organisation, name="林见微")
        confirm(person)
        words = (str(person.id), str(organisation.id), str(PROCESSES))
        release()
        program = site.start("tests.certificates.issue_at_once", *words, stdout=subprocess.PIPE)
        printed = json.loads(program.communicate(timeout=110)[0])
        assert program.returncode == 0
        rows = db.session.query(Certificate.serial, Certificate.number).order_by(Certificate.serial).all()
        release()
    assert [row.serial for row in rows] == list(range(1, PROCESSES + 2)), "one for all, and one for each"
    shared, own = {first for first, _second in printed}, [second for _first, second in printed]
    assert len(shared) == 1, "whoever comes later gets the first one's"
    assert sorted([*shared, *own]) == sorted(row.number for row in rows)
