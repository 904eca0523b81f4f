"""The benchmarks of issue 2, section 9, on SQLite and PostgreSQL: one line a figure; 1 when one falls short.

``python -m bench.main [--only a,b] [--database sqlite] [--quick]``; what each figure means: docs/performance.md.
On two idle cores about 15 minutes, most of it (d), (e) and (f) with their thousands of people; ``--only a,b`` four
minutes, ``--only a,b --quick`` one. The rounds of (a), (b) and (f) have a fixed length; rows bound the rest.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace

from bench import certificates, crowd, exporting, pages, throughput
from bench.harness import Figure, allow_many_files, report
from bench.stage import Stage, stage

DATABASES = ("sqlite", "postgresql")
Bench = Callable[[Stage, bool], list[Figure]]

#: In this order: what fills the database comes last.
ON_A_STAGE: dict[str, Bench] = {
    "a": lambda at, quick: throughput.lesson(at, rounds=3 if quick else 7, seconds=1 if quick else 3),
    "b": lambda at, quick: throughput.save(at, rounds=3 if quick else 7, seconds=1 if quick else 3),
    "f": lambda at, quick: crowd.measure(at, people=200 if quick else 2_000, seconds=20 if quick else 60),
    "e": lambda at, quick: pages.measure(at, people=1_000 if quick else 10_000),
    "d": lambda at, quick: exporting.measure(at, rows=10_000 if quick else 100_000, rounds=2 if quick else 5),
}
LETTERS = ("c", *ON_A_STAGE)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.main", description=__doc__)
    parser.add_argument("--only", default=",".join(sorted(LETTERS)), help="letters of issue 2 section 9: a,b …")
    parser.add_argument("--database", choices=DATABASES, help="one of the two")
    parser.add_argument(
        "--quick", action="store_true", help="small numbers: to try the benchmarks, not for figures"
    )
    options = parser.parse_args()
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(LETTERS):
        parser.error(f"--only {','.join(sorted(unknown))}: there are {', '.join(sorted(LETTERS))}")
    return options


def main() -> int:
    options = arguments()
    allow_many_files()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave no server behind
    short = 0
    if "c" in options.only:
        short |= report(certificates.measure(*((3, 50) if options.quick else ())))
    chosen = [letter for letter in ON_A_STAGE if letter in options.only]
    for database in [options.database] if options.database else DATABASES:
        for letter in chosen:
            with stage(database) as at:
                figures = ON_A_STAGE[letter](at, options.quick)
            short |= report([replace(one, name=f"({letter}) {database}: {one.name}") for one in figures])
    print(f"load of the last minute and quarter of an hour: {os.getloadavg()[0]:.1f} {os.getloadavg()[2]:.1f}")
    return short


if __name__ == "__main__":
    sys.exit(main())
