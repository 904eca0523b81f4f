"""``flask demo cast`` and ``flask demo journey``."""

import json
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.config import Settings
from app.core import clock
from app.demo.acting import Credentials
from app.demo.cast import is_empty, make_cast
from app.demo.journey import run_journey
from app.jobs.services import run_due_jobs

demo = AppGroup("demo", help="Demonstration people and the whole story, made by the product itself.")


def _print(credentials: list[Credentials]) -> None:
    click.echo("Demonstration people (made up; these passwords are shown only now):")
    for one in credentials:
        click.echo(f"  {one.role:<14} {one.email:<34} {one.password}  {one.name}")


@demo.command("cast")
@click.option("--if-empty", is_flag=True, help="Do nothing when anybody has an account.")
def cast(if_empty: bool) -> None:
    """Make the demonstration cast in an empty database, and print how each of them signs in."""
    settings: Settings = current_app.extensions["academy.settings"]
    if settings.production:
        click.echo("demo cast: not with APP_ENV=production", err=True)
        sys.exit(1)
    if not is_empty():
        click.echo("demo cast: there are people already", err=not if_empty)
        sys.exit(0 if if_empty else 1)
    credentials = make_cast(clock.now())
    run_due_jobs()
    _print(credentials)


@demo.command("journey")
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
def journey(out: Path) -> None:
    """Run the whole story in a database of its own; leave in OUT what its people would hold."""
    summary = run_journey(out, current_app.extensions["academy.create_app"])
    for step in summary["steps"]:
        click.echo(f"{step['seconds']:7.2f} s  {step['step']}")
    click.echo(json.dumps(summary["files"], ensure_ascii=False, indent=1))


def init_app(app: Flask) -> None:
    app.cli.add_command(demo)
