"""``flask content check``, ``flask content sync`` and ``flask content export``."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.config import Settings
from app.core import clock
from app.core.database import release, transaction
from app.courses import services
from app.courses.authoring import services as authoring
from app.courses.content.faults import ContentFaults
from app.courses.content.loading import inspect, tree_digest

content = AppGroup("content", help="The authored material under content/.")


def _root(folder: Path | None) -> Path:
    settings: Settings = current_app.extensions["academy.settings"]
    return folder or settings.content_dir


@content.command("check")
@click.option("--folder", type=click.Path(path_type=Path), help="Check another folder than CONTENT_DIR.")
def check(folder: Path | None) -> None:
    """Print every fault as file:line:column with what to write instead; exit 1 when there are any."""
    loaded, faults = inspect(_root(folder))
    for fault in faults:
        click.echo(str(fault))
    if faults:
        click.echo(f"{len(faults)} faults", err=True)
        sys.exit(1)
    questions = sum(len(module.questions) for course in loaded.courses.values() for module in course.modules)
    click.echo(
        f"no fault: {len(loaded.courses)} courses, {questions} questions, {len(loaded.instruments)} instruments,"
        f" {len(loaded.terms)} terms, {len(loaded.programmes)} programmes"
    )


@content.command("sync")
@click.option("--folder", type=click.Path(path_type=Path), help="Load another folder than CONTENT_DIR.")
def sync(folder: Path | None) -> None:
    """Load content/ in one transaction; only what changed gets a new revision. Exit 1 when there are faults."""
    root = _root(folder).resolve()
    settings: Settings = current_app.extensions["academy.settings"]
    if services.is_current(tree_digest(root)):
        click.echo("content: nothing changed")
        return
    release()
    try:
        plan = authoring.plan_sync(root)
    except ContentFaults as error:
        for fault in error.faults:
            click.echo(str(fault), err=True)
        click.echo(f"{len(error.faults)} faults; nothing was loaded", err=True)
        sys.exit(1)
    release()
    plan.store(settings.data_dir)
    with transaction():
        changes = authoring.sync(plan, clock.now())
    for line in changes or ["content: nothing changed"]:
        click.echo(line)


@content.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write the published courses into FOLDER, merged with what it holds. Exit 1 when something does not merge."""
    settings: Settings = current_app.extensions["academy.settings"]
    done = authoring.export(folder, settings.data_dir)
    for path in done.changed:
        click.echo(path)
    click.echo(f"{done.courses} courses exported, {len(done.changed)} files changed")
    for place in done.clashes:
        click.echo(f"{place}: changed here and in the browser; bring both together, then sync", err=True)
    if done.clashes:
        sys.exit(1)


def init_app(app: Flask) -> None:
    app.cli.add_command(content)
