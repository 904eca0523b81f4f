"""``flask quizzes recompute``: are the stored grades what the events give?"""

import sys
import uuid

import click
from flask import Flask

from app.core.database import release
from app.quizzes.commands import quizzes
from app.quizzes.regrading import recomputing


@quizzes.command("recompute")
@click.option("--attempt", "attempt_id", type=click.UUID, help="One sitting.")
@click.option("--quiz", "quiz_key", help="The sittings of one quiz, by its key.")
def recompute(attempt_id: uuid.UUID | None, quiz_key: str | None) -> None:
    """Tell sittings again from their events and compare with the stored grades; nothing is changed.

    Exit 1 with a list when something differs, or when there is nothing to compare.
    """
    wanted = recomputing.graded_sittings(attempt_id=attempt_id, quiz_key=quiz_key)
    total = different = erased = 0
    for checked in recomputing.recompute(wanted):
        total += 1
        erased += checked.erased
        different += bool(checked.differences)
        for one in checked.differences:
            where = f"question {one.item_id}" if one.item_id else "result"
            click.echo(f"{one.attempt_id} {where}: {one.what}: stored {one.stored}, told again {one.told}")
    release()
    click.echo(
        f"{total} sittings told again, {different} differ, {erased} cannot be told: their answers were erased"
    )
    if different or not total:
        sys.exit(1)


def init_app(app: Flask) -> None:
    app.cli.add_command(quizzes)
