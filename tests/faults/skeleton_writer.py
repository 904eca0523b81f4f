"""Processes that write at once: ``python -m tests.faults.skeleton_writer WRITERS HOW:TIMES…``, HOW after HOW.

Each time a writer reads how many audit entries its subject has, and appends the next number. HOW is the kind of
transaction: ``ours`` (transaction(), as the application does), ``deferred`` (a read transaction that then writes,
with our guard taken off: the planted bug), ``guarded`` (the same with the guard on), or ``early`` (acknowledges
before the commit, and its commits fail every third time: another planted bug).

A line for each acknowledged number goes to DATA_DIR/HOW.acknowledged, one for each error to DATA_DIR/HOW.errors.
"""

import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

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
                note(folder / "early.acknowledged", f"{name} {number}")
                if turn % 3 == 2:
                    raise PlantedFailure
        if how == "ours":
            note(folder / "ours.acknowledged", f"{name} {number}")
        return
    number = append(db.session(), name)
    db.session.commit()
    note(folder / f"{how}.acknowledged", f"{name} {number}")


def write_all(app: Flask, ready: Any, name: str, times: int, how: str) -> None:
    """One writer's life, which begins when all stand ready."""
    if how == "deferred":
        event.remove(Session, "before_flush", database._refuse_writes_in_read_transaction)
    folder: Path = app.extensions["academy.settings"].data_dir
    with app.app_context():
        ready.wait(60)
        for turn in range(times):
            try:
                write_once(folder, name, how, turn)
            except (OperationalError, WriteInReadTransaction, PlantedFailure) as error:
                db.session.rollback()
                note(folder / f"{how}.errors", f"{name} {type(error).__name__} {error}".replace("\n", " "))


def write_at_once(app: Flask, writers: int, how: str, times: int) -> int:
    """Fork the writers, which connect for themselves, and wait for all; how many of them broke down."""
    fork = multiprocessing.get_context("fork")
    ready = fork.Barrier(writers)
    running = [fork.Process(target=write_all, args=(app, ready, f"{how}-{n}", times, how)) for n in range(writers)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    return sum(process.exitcode != 0 for process in running)


def main(writers: int, wanted: list[str]) -> int:
    app = create_app()
    each = [one.split(":") for one in wanted]
    return sum(write_at_once(app, writers, how, int(times)) for how, times in each)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
