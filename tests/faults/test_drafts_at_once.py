"""Several people save one file at once, and a machine dies while they do: what was acknowledged is there."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db, release, transaction
from app.core.identifiers import new_id
from app.courses.authoring import queries, services
from app.courses.authoring.models import DraftConflict, DraftEdit
from app.courses.authoring.sources import texts_of
from tests.faults.draft_writer import PATH, first_text
from tests.support.authoring import author, open_draft
from tests.support.cast import make_cast
from tests.support.courses import sync_folder
from tests.support.processes import kill_group, memory_folder, own_site, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

WRITERS = 3


@pytest.fixture(autouse=True)
def database() -> None:
    """These tests commit for good, to a database of their own."""


def acknowledged(folder: Path) -> list[tuple[uuid.UUID, str, int, int]]:
    path = folder / "acknowledged"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [(uuid.UUID(line[0]), line[1], int(line[2]), int(line[3])) for line in lines]


def numbers(text: str) -> dict[int, int]:
    """Where each writer's own line stands."""
    lines = [line.removeprefix("line ").split(": ") for line in text.splitlines() if line.startswith("line ")]
    return {int(line): int(value) for line, value in lines if line != "0"}


def test_nothing_acknowledged_is_lost_when_several_save_at_once_and_are_killed() -> None:
    with memory_folder() as folder, own_site(folder) as site:
        sync_folder()
        cast = make_cast()
        people = [author(cast) for _ in range(WRITERS)]
        draft = open_draft(people[0])
        with transaction():
            services.save_file(
                people[0],
                draft.id,
                PATH,
                text=first_text(WRITERS),
                base_version=0,
                edit_id=new_id(),
                now=clock.now(),
            )
        process = site.start(
            "tests.faults.draft_writer", str(draft.id), *(str(one.person_id) for one in people), "10000"
        )
        try:
            wait_until(lambda: met(folder), "thirty edits, of which some merged and some did not", seconds=100)
        finally:
            kill_group(process)
        _check(draft.id, folder)


def met(folder: Path) -> bool:
    """Have the writers saved often enough, and come across each other in both ways?"""
    release()
    merged = db.session.scalar(select(DraftEdit.id).where(DraftEdit.merged).limit(1))
    clashed = db.session.scalar(select(DraftConflict.id).limit(1))
    release()
    return len(acknowledged(folder)) >= 30 and merged is not None and clashed is not None


def _check(draft_id: uuid.UUID, folder: Path) -> None:
    release()
    edits = {row.edit_id: row for row in db.session.scalars(select(DraftEdit).where(DraftEdit.path == PATH))}
    conflicts = {row.edit_id: row for row in db.session.scalars(select(DraftConflict))}
    told = acknowledged(folder)
    kept = texts_of({digest for _edit, digest, _line, _turn in told})
    for edit_id, digest, _line, _turn in told:
        row = edits.get(edit_id) or conflicts.get(edit_id)
        assert row is not None
        assert (row.sent_digest if isinstance(row, DraftEdit) else row.mine_digest) == digest
        assert digest in kept
    assert sorted(row.version for row in edits.values()) == list(range(1, len(edits) + 1))
    assert any(row.merged for row in edits.values())
    assert conflicts
    assert len(queries.conflicts_of(draft_id)) == len(conflicts)
    now = numbers(queries.text_of(draft_id, PATH))
    for line in now:
        mine = [turn for edit_id, _digest, writer, turn in told if writer == line and edit_id in edits]
        assert now[line] >= max(mine, default=0)
    release()
