"""An acknowledged answer is never lost: kills, crashes, and a planted bug that must be caught."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.storm import PLANTED, Report, storm
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.processes import Site, own_site

pytestmark = [pytest.mark.faults, pytest.mark.both_databases, pytest.mark.timeout(240)]

ACKNOWLEDGEMENTS = 10_000
SECONDS = 45.0
#: What a crowded machine must reach for the run to mean something.
LEAST = 2_000


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


def kept(report: Report) -> None:
    print(report)  # noqa: T201 - shown by pytest -s and when it fails
    assert report.faults == []
    assert report.acknowledged >= LEAST
    assert report.kills >= 10


def caught(report: Report) -> None:
    lost = [fault for fault in report.faults if fault.endswith("LOST")]
    assert lost, f"a planted bug went unnoticed: {report}"


def test_on_sqlite_no_acknowledged_answer_is_lost(tmp_path: Path) -> None:
    with own_site(tmp_path) as site:
        kept(storm(site, acknowledgements=ACKNOWLEDGEMENTS, seconds=SECONDS, least=LEAST))


def test_on_postgresql_no_acknowledged_answer_is_lost(tmp_path: Path, postgres: PostgresServer) -> None:
    with own_site(tmp_path, database_url=postgres.url) as site:
        kept(storm(site, acknowledgements=ACKNOWLEDGEMENTS, seconds=SECONDS, least=LEAST, postgres=postgres))
    postgres.stop()
    postgres.check_pages()
    postgres.start()


def planted(site: Site) -> Report:
    return storm(site, acknowledgements=3_000, seconds=15, application=PLANTED, kill_every=0.3)


def test_on_sqlite_acknowledging_before_the_commit_is_caught(tmp_path: Path) -> None:
    with own_site(tmp_path) as site:
        caught(planted(site))


def test_on_postgresql_acknowledging_before_the_commit_is_caught(tmp_path: Path, postgres: PostgresServer) -> None:
    with own_site(tmp_path, database_url=postgres.url) as site:
        caught(planted(site))
