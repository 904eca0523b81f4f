"""Certificates are issued exactly once, numbers have no gap and files are whole, whatever is killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.certificate_storm import PLANTED, SETTINGS, storm
from tests.support.processes import memory_folder, own_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with memory_folder() as path:
        yield path


def test_a_killed_worker_leaves_no_duplicate_no_gap_and_no_bad_file(folder: Path) -> None:
    with own_site(folder, **SETTINGS) as site:
        report = storm(site, people=16, least_kills=3, seconds=150, kill_every=0.4)
    assert report.faults == []
    assert report.kills >= 3


@pytest.mark.both_databases  # the bug has nothing to do with the database: one run is enough
def test_a_file_that_is_named_before_it_is_kept_is_noticed(folder: Path) -> None:
    with own_site(folder, **SETTINGS) as site:
        report = storm(site, people=5, least_kills=1, seconds=150, kill_every=0.4, command=PLANTED)
    assert any("BAD FILE" in fault for fault in report.faults), report
