"""Processes that edit one file of a draft at once: ``python -m tests.faults.draft_writer DRAFT PERSON… TIMES``.

Each writer counts in a line of her own; the first and every third time she also changes the line that all share,
and so may run into a conflict. The first two edits all writers make of the same version: of the first, one is
taken and the others are kept as conflicts; of the second, one is taken as it is and the others are merged. Each
goes on from the text that the answer holds, as the editor does. A line for each acknowledged edit goes to
DATA_DIR/acknowledged: its id, the digest that was sent, the writer and her number.
"""

import multiprocessing
import sys
import uuid
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.core.identifiers import new_id
from app.courses.authoring import services
from app.courses.authoring.rules import digest_of_text
from app.factory import create_app
from app.organisations.models import Organisation
from tests.faults.skeleton_writer import note


@dataclass(frozen=True)
class Start:
    """What all writers are told."""

    together: Barrier
    times: int


PATH = "m1-first/90-shared.zh.md"
SHARED = 0


def first_text(writers: int) -> str:
    """A line for all and one for each writer, with quiet lines between them."""
    return "".join(f"line {number}: 0\n\nquiet {number}\n\n" for number in range(writers + 1))


def with_number(text: str, line: int, value: str) -> str:
    """The text with another number in a line."""
    lines = text.splitlines(keepends=True)
    return "".join(f"line {line}: {value}\n" if one.startswith(f"line {line}: ") else one for one in lines)


def write_all(app: Flask, draft_id: uuid.UUID, person_id: uuid.UUID, line: int, start: Start) -> None:
    """One writer's life."""
    folder: Path = app.extensions["academy.settings"].data_dir
    with app.app_context():
        organisation_id = db.session.scalars(select(Organisation.id)).first()
        assert organisation_id is not None
        release()
        actor = Actor(person_id, "", grants=frozenset([Grant(Role.INSTRUCTOR, organisation_id, national=True)]))
        text, version = first_text(start.together.parties), 1
        for turn in range(1, start.times + 1):
            if turn <= 2:
                start.together.wait(60)
            changed = with_number(text, line, str(turn))
            if turn % 3 == 0 or turn == 1:
                changed = with_number(changed, SHARED, f"{line}.{turn}")
            edit_id = new_id()
            with transaction():
                saved = services.save_file(
                    actor,
                    draft_id,
                    PATH,
                    text=changed,
                    base_version=version,
                    edit_id=edit_id,
                    device=f"writer-{line}",
                    now=clock.now(),
                )
            note(folder / "acknowledged", f"{edit_id} {digest_of_text(changed)} {line} {turn}")
            text, version = saved.text or "", saved.version


def main(draft_id: uuid.UUID, people: list[uuid.UUID], times: int) -> int:
    """Fork the writers, which connect for themselves, and wait for all."""
    app = create_app()
    fork = multiprocessing.get_context("fork")
    start = Start(fork.Barrier(len(people)), times)
    running = [
        fork.Process(target=write_all, args=(app, draft_id, person, line, start))
        for line, person in enumerate(people, 1)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join()
    return sum(process.exitcode or 0 for process in running)


if __name__ == "__main__":
    draft, *people, times = sys.argv[1:]
    sys.exit(main(uuid.UUID(draft), [uuid.UUID(person) for person in people], int(times)))
