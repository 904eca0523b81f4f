"""One run of the export benchmark, in a process of its own.

``python -m bench.export_run ours|bare|writer FOLDER COHORT`` prints seconds by the clock and of CPU, and in MiB
what the work added to the process's memory at its peak and the whole with its imports. ``ready`` keeps the values
for the two others: in a table without keys or joins for ``bare``, as dictionaries for ``writer``.
"""

import json
import pickle
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from rustpy_xlsxwriter import write_worksheet
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.cohorts.models import Cohort
from app.cohorts.record_rows import BATCH, record_rows
from app.cohorts.records import BY_KEY, DEFAULT_COLUMNS, headers, to_xlsx
from app.config import load_settings
from app.core.database import core_transaction, db, init_database, release

LOCALE = "zh_Hans"
READY = "ready.pickle"
NUMBERS = {"courses_done": sa.Integer, "hours": sa.Double, "exam_percent": sa.Double}
READY_TABLE = sa.Table(
    "bench_ready_records",
    sa.MetaData(),
    *(sa.Column(key, NUMBERS.get(key, sa.String)) for key in DEFAULT_COLUMNS),
)


def _cohort(cohort_id: uuid.UUID) -> Cohort:
    return db.session.scalars(
        select(Cohort).where(Cohort.id == cohort_id).options(joinedload(Cohort.programme_revision))
    ).one()


def ours(folder: Path, cohort_id: uuid.UUID) -> Callable[[], Any]:
    """The product's export, from the database to the file."""
    cohort = _cohort(cohort_id)
    return lambda: to_xlsx(folder / "ours.xlsx", DEFAULT_COLUMNS, record_rows(cohort, DEFAULT_COLUMNS), LOCALE)


def ready(folder: Path, cohort_id: uuid.UUID) -> Callable[[], Any]:
    """Not measured: keeps what the export hands to the writer."""
    titles, cohort = headers(DEFAULT_COLUMNS, LOCALE), _cohort(cohort_id)

    def keep() -> None:
        rows = [tuple(row) for row in record_rows(cohort, DEFAULT_COLUMNS)]
        (folder / READY).write_bytes(pickle.dumps([dict(zip(titles, row, strict=True)) for row in rows]))
        release()
        with core_transaction() as connection:
            READY_TABLE.create(connection)
            connection.execute(
                READY_TABLE.insert(), [dict(zip(DEFAULT_COLUMNS, row, strict=True)) for row in rows]
            )

    return keep


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """The writer with the product's options."""
    titles = headers(DEFAULT_COLUMNS, LOCALE)
    write_worksheet(
        iter(rows),
        str(path),
        sheet_name="学员记录",
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_widths={title: BY_KEY[key].width for title, key in zip(titles, DEFAULT_COLUMNS, strict=True)},
    )


def bare(folder: Path, _cohort_id: uuid.UUID) -> Callable[[], Any]:
    """The same pool, Core and batches, one statement over one table of ready values, and the writer."""
    titles = headers(DEFAULT_COLUMNS, LOCALE)

    def copy() -> None:
        statement = select(READY_TABLE).execution_options(yield_per=BATCH)
        rows = db.session.connection().execute(statement)
        _write(folder / "bare.xlsx", (dict(zip(titles, row, strict=True)) for row in rows))

    return copy


def writer(folder: Path, _cohort_id: uuid.UUID) -> Callable[[], Any]:
    """The writer alone, its dictionaries in memory."""
    rows = pickle.loads((folder / READY).read_bytes())  # noqa: S301 - our own file
    return lambda: _write(folder / "writer.xlsx", rows)


SIDES = {"ours": ours, "bare": bare, "writer": writer, "ready": ready}


def child(side: str, folder: Path, cohort_id: uuid.UUID) -> dict[str, float]:
    """Measure one side in this process: the database, and nothing else of the application, is loaded."""
    app = Flask("bench")
    init_database(app, load_settings())
    with app.app_context():
        work = SIDES[side](folder, cohort_id)
        before = _memory_mib("VmRSS")
        clock, cpu = time.perf_counter(), time.process_time()
        work()
        seconds, used = time.perf_counter() - clock, time.process_time() - cpu
    peak = _memory_mib("VmHWM")
    return {"seconds": seconds, "cpu": used, "peak_mib": peak, "added_mib": peak - before}


def _memory_mib(which: str) -> float:
    """What this process holds now, or held at most; getrusage() would count its parent's before exec."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, f"no {which} in /proc/self/status"
    return int(found[1]) / 1024


def main(side: str, folder: str, cohort: str) -> int:
    print(json.dumps(child(side, Path(folder), uuid.UUID(cohort))))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
