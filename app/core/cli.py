"""``flask db``, ``flask backup`` and ``flask restore``."""

from pathlib import Path

import click
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import Migrate
from sqlalchemy import inspect, text

from app.config import PROJECT, Settings
from app.core.backup import BackupError, restore_backup, write_backup
from app.core.database import db


def _settings() -> Settings:
    settings: Settings = current_app.extensions["academy.settings"]
    return settings


def _knows_revision(revision: str) -> bool:
    migrate: Migrate = current_app.extensions["migrate"].migrate
    try:
        return ScriptDirectory.from_config(migrate.get_config()).get_revision(revision) is not None
    except CommandError:
        return False


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup_command(file: Path) -> None:
    """Write database and files to FILE (.tar or .tar.gz) while the site runs."""
    if not inspect(db.engine).has_table("alembic_version"):
        raise click.ClickException("the database has no tables yet; start the site once")
    with db.engine.connect() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    try:
        manifest = write_backup(_settings(), file, revision)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    print(f"{file}: {manifest.kind} database and {len(manifest.members) - 1} files, {file.stat().st_size:,} bytes")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
@with_appcontext
def restore_command(file: Path, force: bool) -> None:
    """Check FILE and put its database and files in place."""
    is_empty = not inspect(db.engine).get_table_names()
    db.engine.dispose()
    try:
        manifest = restore_backup(
            _settings(), file, knows_revision=_knows_revision, is_empty=is_empty, force=force
        )
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    print(f"restored the state of {manifest.made_at} with {len(manifest.members) - 1} files")


def init_commands(app: Flask) -> None:
    """Add the commands of operation, and the migrations that ``flask db`` runs."""
    Migrate(compare_type=True).init_app(app, db, directory=str(PROJECT / "migrations"), render_as_batch=True)
    app.cli.add_command(backup_command)
    app.cli.add_command(restore_command)
