"""``flask quizzes seal-code``."""

import click
from flask import Flask

from app.quizzes import rules
from app.quizzes.commands import quizzes


@quizzes.command("seal-code")
@click.argument("examination")
@click.option("--code", prompt=True, hide_input=True, help="Asked for when not given.")
def seal_code(examination: str, code: str) -> None:
    """Print the access code of EXAMINATION (its id) as a line for its file, so that the file does not tell it."""
    click.echo(f"access_code: {rules.seal(code.strip(), examination)}")


def init_app(app: Flask) -> None:
    app.cli.add_command(quizzes)
