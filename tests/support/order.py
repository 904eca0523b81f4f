"""Long stories first, shared out between the processes; the many short tests fill up what is left at the end.

``--dist worksteal`` gives each process a stretch of the list and lets an idle one take from another's end. A
journey that began last would be waited for by everybody else.
"""

import itertools
import os

import pytest

LONG = ("journey", "faults")


def dealt(long: list[list[pytest.Item]], short: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """One stretch a process: its share of the long files, then its share of the short tests."""
    shares: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for number, file in enumerate(long):
        shares[number % processes] += file
    size = (sum(map(len, shares)) + len(short)) // processes
    ordered: list[pytest.Item] = []
    rest = iter(short)
    for share in shares:
        ordered += share
        ordered += itertools.islice(rest, max(0, size - len(share)))
    return [*ordered, *rest]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long: dict[object, list[pytest.Item]] = {}
    short = []
    for item in items:
        if any(item.get_closest_marker(name) for name in LONG):
            long.setdefault(item.path, []).append(item)
        else:
            short.append(item)
    items[:] = dealt(list(long.values()), short, processes)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument and number: an archive bears the second at which it was packed, and processes
    that collect at two seconds would disagree on what the tests are."""
    return argname if isinstance(val, bytes) else None
