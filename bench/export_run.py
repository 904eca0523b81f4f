"""One run of the export benchmark, in a process of its own.

``python -m bench.export_run ours|bare FOLDER COHORT`` prints seconds by the clock and of CPU, and the peak of
its memory in MiB: the whole process with its imports. ``ready`` keeps the values for ``bare``.
"""

import json
import pickle
import re
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from rustpy_xlsxwriter import write_worksheet
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.cohorts.models import Cohort
from app.cohorts.record_rows import record_rows
from app.cohorts.records import BY_KEY, DEFAULT_COLUMNS, headers, to_xlsx
from app.config import load_settings
from app.core.database import db, init_database

LOCALE = "zh_Hans"
READY = "ready.pickle"


def _cohort(cohort_id: uuid.UUID) -> Cohort:
    return db.session.scalars(
        select(Cohort).where(Cohort.id == cohort_id).options(joinedload(Cohort.programme_revision))
    ).one()


def ours(folder: Path, cohort_id: uuid.UUID) -> Callable[[], Any]:
    """The product's export, from the database to the file."""
    cohort = _cohort(cohort_id)
    return lambda: to_xlsx(folder / "ours.xlsx", DEFAULT_COLUMNS, record_rows(cohort, DEFAULT_COLUMNS), LOCALE)


def ready(folder: Path, cohort_id: uuid.UUID) -> Callable[[], Any]:
    """Not measured: writes down what the export hands to the writer."""
    titles, cohort = headers(DEFAULT_COLUMNS, LOCALE), _cohort(cohort_id)

    def keep() -> None:
        rows = [dict(zip(titles, row, strict=True)) for row in record_rows(cohort, DEFAULT_COLUMNS)]
        (folder / READY).write_bytes(pickle.dumps(rows))

    return keep


def bare(folder: Path, _cohort_id: uuid.UUID) -> Callable[[], Any]:
    """The writer with the same options and the values ready."""
    rows = pickle.loads((folder / READY).read_bytes())  # noqa: S301 - our own file
    widths: dict[str, float] = {
        title: BY_KEY[key].width for title, key in zip(rows[0], DEFAULT_COLUMNS, strict=True)
    }
    return lambda: write_worksheet(
        iter(rows),
        str(folder / "bare.xlsx"),
        sheet_name="学员记录",
        freeze_row=1,
        bold_headers=True,
        autofilter=True,
        column_widths=widths,
    )


SIDES = {"ours": ours, "bare": bare, "ready": ready}


def child(side: str, folder: Path, cohort_id: uuid.UUID) -> dict[str, float]:
    """Measure one side in this process: the database, and nothing else of the application, is loaded."""
    app = Flask("bench")
    init_database(app, load_settings())
    with app.app_context():
        work = SIDES[side](folder, cohort_id)
        clock, cpu = time.perf_counter(), time.process_time()
        work()
        seconds, used = time.perf_counter() - clock, time.process_time() - cpu
    return {"seconds": seconds, "cpu": used, "peak_mib": _peak_mib()}


def _peak_mib() -> float:
    """The most memory that this process held; getrusage() would count its parent's before exec."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, "no VmHWM in /proc/self/status"
    return int(found[1]) / 1024


def main(side: str, folder: str, cohort: str) -> int:
    print(json.dumps(child(side, Path(folder), uuid.UUID(cohort))))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
