"""An acknowledged answer is never lost: kills, crashes, and a planted bug that must be caught."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.storm import PLANTED, SavingReport, storm
from tests.support.postgres import PostgresServer, postgres_server
from tests.support.processes import Site, memory_folder, own_site

pytestmark = [pytest.mark.faults, pytest.mark.both_databases, pytest.mark.timeout(240)]

#: On each of the two databases: more than 10,000 are compared in every run.
ACKNOWLEDGEMENTS = 6_000
SECONDS = 45.0
#: What a crowded machine must reach; it may take three times as long.
LEAST = 5_001
KILLS = 10


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with memory_folder() as path:
        yield path


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with memory_folder() as parent, postgres_server(parent) as server:
        yield server


def kept(report: SavingReport) -> None:
    print(report)  # noqa: T201 - shown by pytest -s and when it fails
    assert report.faults == []
    assert report.acknowledged >= LEAST
    assert report.kills >= KILLS


def caught(report: SavingReport) -> None:
    lost = [fault for fault in report.faults if fault.endswith("LOST")]
    assert lost, f"a planted bug went unnoticed: {report}"


def real(site: Site, postgres: PostgresServer | None = None) -> SavingReport:
    return storm(
        site,
        acknowledgements=ACKNOWLEDGEMENTS,
        seconds=SECONDS,
        least=LEAST,
        least_kills=KILLS,
        postgres=postgres,
    )


def test_on_sqlite_no_acknowledged_answer_is_lost(folder: Path) -> None:
    with own_site(folder) as site:
        kept(real(site))


def test_on_postgresql_no_acknowledged_answer_is_lost(folder: Path, postgres: PostgresServer) -> None:
    with own_site(folder, database_url=postgres.url) as site:
        kept(real(site, postgres))
    postgres.stop()
    postgres.check_pages()
    postgres.start()


def planted(site: Site) -> SavingReport:
    return storm(site, acknowledgements=3_000, seconds=15, least_kills=20, application=PLANTED, kill_every=0.3)


def test_on_sqlite_acknowledging_before_the_commit_is_caught(folder: Path) -> None:
    with own_site(folder) as site:
        caught(planted(site))


def test_on_postgresql_acknowledging_before_the_commit_is_caught(folder: Path, postgres: PostgresServer) -> None:
    with own_site(folder, database_url=postgres.url) as site:
        caught(planted(site))
