"""``flask questions import`` and ``flask questions export``."""

import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.core import clock
from app.core.database import release, transaction
from app.organisations.queries import find_organisation
from app.quizzes.interchange import formats, queries, services
from app.quizzes.interchange.media import references
from app.quizzes.interchange.model import Refusal, title_of

questions = AppGroup("questions", help="Questions from and for other systems.")


def _root() -> Path:
    root: Path = current_app.extensions["academy.settings"].data_dir
    return root


def _list(refusals: list[Refusal], word: str) -> None:
    for refusal in refusals:
        click.echo(f"{word} {refusal.where}: {refusal.what or '-'}: {refusal.why}")


@questions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--language", type=click.Choice(["zh", "en"]), required=True, help="Of texts that do not say theirs."
)
@click.option("--organisation", required=True, help="Key of the organisation the questions belong to.")
@click.option("--confirm", is_flag=True, help="Put them into the bank; without it they are only shown.")
def import_questions(file: Path, language: str, organisation: str, *, confirm: bool) -> None:
    """Show what is in a file of questions; with --confirm, put it into the bank. Exit 1 when it holds nothing."""
    owner = find_organisation(organisation)
    if owner is None:
        raise click.ClickException(f"There is no organisation “{organisation}”.")
    release()
    data = file.read_bytes()
    spoken = formats.as_language(language)
    kind, found = formats.read(data, file.name, spoken)
    for item in found.items:
        lacks = f" (draft: no {' or '.join(item.missing)})" if item.missing else ""
        click.echo(f"take {item.where}: {item.raw['type']}: {item.key or title_of(item.raw)}{lacks}")
        for note in item.notes:
            click.echo(f"     {note}")
    _list(found.refused, "leave")
    click.echo(f"{len(found.items)} to take, {len(found.refused)} left")
    if not found.items:
        sys.exit(1)
    if not confirm:
        return
    stored = services.store_files(_root(), data, found)
    now = clock.now()
    with transaction():
        kept = services.keep_upload(
            None,
            found,
            organisation_id=owner.id,
            file_name=file.name,
            file_digest=stored,
            kind=kind,
            language=spoken,
            now=now,
        )
        services.confirm_upload(None, kept.id, now=now)
    click.echo("in the bank")


@questions.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(list(formats.EXPORTS)), required=True)
@click.option("--source", multiple=True, help="Only questions from this source; may be given several times.")
def export_questions(file: Path, form: str, source: tuple[str, ...]) -> None:
    """Write the bank's questions into a file, naming every one that the format cannot express."""
    found = queries.exportable(None, source)
    media = queries.pictures(references([question.raw for question in found]), _root())
    release()
    written = formats.write(form, found, media)
    file.write_bytes(written.data)
    with transaction():
        services.note_export(None, form, written.keys)
    _list(written.notes, "note")
    _list(written.left_out, "left out")
    click.echo(f"{len(written.keys)} written, {len(written.left_out)} left out")


def init_app(app: Flask) -> None:
    app.cli.add_command(questions)
