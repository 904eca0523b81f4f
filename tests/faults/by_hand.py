"""What every storm has in common: what it reports, where it rages, and how it is run by hand."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.postgres import PostgresServer, postgres_server
from tests.support.processes import Site, memory_folder, own_site

DATABASES: Final = ("sqlite", "postgresql")


@dataclass
class Report:
    """What a storm found; what it did, each storm adds."""

    kills: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


@contextmanager
def stormy_site(
    database: str, *, on_disk: bool = False, **settings: Any
) -> Iterator[tuple[Site, PostgresServer | None]]:
    """A new site on a database of its own, with the server of that, if it has one."""
    with ExitStack() as stack:
        where = None if on_disk else stack.enter_context(memory_folder())
        postgres = stack.enter_context(postgres_server(where)) if database == "postgresql" else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=where)))
        url = postgres.url if postgres else f"sqlite:///{folder / 'storm.db'}"
        yield stack.enter_context(own_site(folder, database_url=url, **settings)), postgres


def tell(database: str, what: str, report: Report, *, most: int) -> None:
    """Print the report and its first faults."""
    print(f"{database}, {what}: {report}", flush=True)  # noqa: T201 - its result
    for fault in report.faults[:most]:
        print(f"  {fault}", flush=True)  # noqa: T201


def arguments_of(module: str, text: str | None) -> argparse.ArgumentParser:
    """What can be asked of every storm."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=text)
    parser.add_argument("--database", choices=DATABASES, help="one of the two")
    parser.add_argument("--kill-every", type=float, default=1.0, help="seconds between kills, about")
    parser.add_argument("--seed", type=int, default=0)
    return parser


def run(
    parser: argparse.ArgumentParser,
    arguments: Sequence[str],
    rage: Callable[[str, argparse.Namespace, bool], bool],
) -> int:
    """On each database first with the planted bug, which must be caught, then the product.

    ``rage`` is told the database, the options, and whether the bug is planted; it returns whether the storm ended
    as it should. The exit status is 0 when all did.
    """
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave no process behind
    for database in [options.database] if options.database else DATABASES:
        if not rage(database, options, True):
            print("the planted bug went unnoticed: a run that finds nothing would say nothing")  # noqa: T201
            return 1
        if not rage(database, options, False):
            return 1
    return 0
