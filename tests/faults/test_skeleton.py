"""Many processes write at once: the transaction rule under real concurrency, and planted bugs that it catches.

Savepoint fixtures cannot show these faults; only processes with connections of their own can.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import db, release
from tests.support.processes import Site, kill_group, own_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

WRITERS = 6
TIMES = 60


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with own_site(tmp_path) as site:
        yield site


def run_writers(site: Site, how: str, times: int = TIMES) -> None:
    """Let writers write at once, to their end."""
    process = site.start("tests.faults.skeleton_writer", str(WRITERS), str(times), how)
    try:
        assert process.wait(timeout=100) == 0
    finally:
        kill_group(process)


def lines(site: Site, name: str) -> list[str]:
    path = site.folder / name
    return path.read_text().splitlines() if path.exists() else []


def stored() -> dict[str, list[int]]:
    """The numbers in the database, a list a writer."""
    found = defaultdict(list)
    for name, number in db.session.execute(
        select(AuditEntry.subject_type, AuditEntry.reason).where(AuditEntry.reason != "").order_by(AuditEntry.id)
    ):
        found[name].append(int(number))
    release()
    return dict(found)


def unfounded(site: Site) -> Counter[str]:
    """Acknowledgements of what the database does not hold: what no promise may be."""
    held = Counter(f"{name} {number}" for name, numbers in stored().items() for number in numbers)
    return Counter(lines(site, "acknowledged")) - held


def test_writers_in_transactions_of_ours_never_meet_a_lock_error(site: Site) -> None:
    run_writers(site, "ours")
    assert lines(site, "errors") == []
    assert stored() == {f"writer-{number}": list(range(1, TIMES + 1)) for number in range(WRITERS)}
    assert len(lines(site, "acknowledged")) == WRITERS * TIMES
    assert unfounded(site) == Counter()


def test_a_write_after_a_read_is_refused_before_it_can_fail_by_chance(site: Site) -> None:
    run_writers(site, "guarded", times=3)
    assert stored() == {}
    errors = lines(site, "errors")
    assert len(errors) == WRITERS * 3
    assert all(" WriteInReadTransaction " in line for line in errors)


def test_without_the_guard_deferred_writers_meet_lock_errors_on_sqlite(site: Site) -> None:
    """The planted bug: this is what the guard is for. PostgreSQL knows no such fault."""
    run_writers(site, "deferred")
    errors = lines(site, "errors")
    if db.engine.dialect.name == "sqlite":
        assert errors, "the harness no longer produces the fault that it exists to find"
        assert all(re.search("database is locked", line) for line in errors)
    else:
        assert errors == []


def test_an_acknowledgement_before_the_commit_is_found_out(site: Site) -> None:
    """The planted bug of every kill test: promised, then not kept."""
    run_writers(site, "early", times=9)
    assert len(lines(site, "errors")) == WRITERS * 3
    assert sum(unfounded(site).values()) > 0
