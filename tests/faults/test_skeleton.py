"""Many processes write at once: the transaction rule under real concurrency, and planted bugs that it catches.

Savepoint fixtures cannot show these faults; only processes with connections of their own can.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.database import db, release
from tests.support.processes import Site, kill_group, own_site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

WRITERS = 6
#: How they write, and how often each does: see there.
TIMES = {"ours": 60, "guarded": 3, "deferred": 60, "early": 9}


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site in which writers have written at once, to their end: in each way, one way after the other."""
    with own_site(tmp_path_factory.mktemp("skeleton")) as site:
        wanted = [f"{how}:{times}" for how, times in TIMES.items()]
        process = site.start("tests.faults.skeleton_writer", str(WRITERS), *wanted)
        try:
            assert process.wait(timeout=200) == 0
        finally:
            kill_group(process)
        yield site


def lines(site: Site, name: str) -> list[str]:
    path = site.folder / name
    return path.read_text().splitlines() if path.exists() else []


def stored(how: str) -> dict[str, list[int]]:
    """The numbers in the database, a list a writer."""
    found = defaultdict(list)
    for name, number in db.session.execute(
        select(AuditEntry.subject_type, AuditEntry.reason)
        .where(AuditEntry.subject_type.startswith(f"{how}-"))
        .order_by(AuditEntry.id)
    ):
        found[name].append(int(number))
    release()
    return dict(found)


def unfounded(site: Site, how: str) -> Counter[str]:
    """Acknowledgements of what the database does not hold: what no promise may be."""
    held = Counter(f"{name} {number}" for name, numbers in stored(how).items() for number in numbers)
    return Counter(lines(site, f"{how}.acknowledged")) - held


def test_writers_in_transactions_of_ours_never_meet_a_lock_error(site: Site) -> None:
    assert lines(site, "ours.errors") == []
    assert stored("ours") == {f"ours-{number}": list(range(1, TIMES["ours"] + 1)) for number in range(WRITERS)}
    assert len(lines(site, "ours.acknowledged")) == WRITERS * TIMES["ours"]
    assert unfounded(site, "ours") == Counter()


def test_a_write_after_a_read_is_refused_before_it_can_fail_by_chance(site: Site) -> None:
    assert stored("guarded") == {}
    errors = lines(site, "guarded.errors")
    assert len(errors) == WRITERS * TIMES["guarded"]
    assert all(" WriteInReadTransaction " in line for line in errors)


def test_without_the_guard_deferred_writers_meet_lock_errors_on_sqlite(site: Site) -> None:
    """The planted bug: this is what the guard is for. PostgreSQL knows no such fault."""
    errors = lines(site, "deferred.errors")
    if db.engine.dialect.name == "sqlite":
        assert errors, "the harness no longer produces the fault that it exists to find"
        assert all(re.search("database is locked", line) for line in errors)
    else:
        assert errors == []


def test_an_acknowledgement_before_the_commit_is_found_out(site: Site) -> None:
    """The planted bug of every kill test: promised, then not kept."""
    assert len(lines(site, "early.errors")) == WRITERS * TIMES["early"] // 3
    assert sum(unfounded(site, "early").values()) > 0
