"""``flask content check`` and ``flask content sync``."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.courses.content.loading import inspect

content = AppGroup("content", help="The authored material under content/.")


def _root(folder: Path | None) -> Path:
    return folder or current_app.extensions["academy.settings"].content_dir


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


def init_app(app: Flask) -> None:
    app.cli.add_command(content)
