"""Processes that write at once: ``python -m tests.faults.skeleton_writer WRITERS TIMES HOW``.

Each time a writer reads how many audit entries its subject has, and appends the next number. HOW is the kind of
transaction: ``ours`` (transaction(), as the application does), ``deferred`` (a read transaction that then writes,
with our guard taken off: the planted bug), ``guarded`` (the same with the guard on), or ``early`` (acknowledges
before the commit, and its commits fail every third time: another planted bug).

A line for each acknowledged number goes to DATA_DIR/acknowledged, one for each error to DATA_DIR/errors.
"""

import multiprocessing
import os
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.core import database
from app.core.database import WriteInReadTransaction, db, transaction
from app.factory import create_app


def note(path: Path, line: str) -> None:
    """Append a line, whole, whoever else writes."""
    handle = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


def append(session: Session, name: str) -> int:
    """Read, then write what depends on it."""
    count = session.scalar(select(func.count()).where(AuditEntry.subject_type == name)) or 0
    session.add(AuditEntry(action="test.write", subject_type=name, reason=str(count + 1)))
    session.flush()
    return count + 1


class PlantedFailure(RuntimeError):
    """The commit that the acknowledgement did not wait for."""


def write_once(folder: Path, name: str, how: str, turn: int) -> None:
    """One read-then-write. Raises what the database or the guard raises."""
    if how in {"ours", "early"}:
        with transaction() as session:
            number = append(session, name)
            if how == "early":
                note(folder / "acknowledged", f"{name} {number}")
                if turn % 3 == 2:
                    raise PlantedFailure
        if how == "ours":
            note(folder / "acknowledged", f"{name} {number}")
        return
    number = append(db.session(), name)
    db.session.commit()
    note(folder / "acknowledged", f"{name} {number}")


def write_all(app: Flask, name: str, times: int, how: str) -> None:
    """One writer's life."""
    folder: Path = app.extensions["academy.settings"].data_dir
    with app.app_context():
        for turn in range(times):
            try:
                write_once(folder, name, how, turn)
            except (OperationalError, WriteInReadTransaction, PlantedFailure) as error:
                db.session.rollback()
                note(folder / "errors", f"{name} {type(error).__name__} {error}".replace("\n", " "))


def main(writers: int, times: int, how: str) -> int:
    """Fork the writers, which connect for themselves, and wait for all."""
    app = create_app()
    if how == "deferred":
        event.remove(Session, "before_flush", database._refuse_writes_in_read_transaction)
    fork = multiprocessing.get_context("fork")
    running = [fork.Process(target=write_all, args=(app, f"writer-{n}", times, how)) for n in range(writers)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    return sum(process.exitcode or 0 for process in running)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
