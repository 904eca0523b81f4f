"""``flask certificates …``: what an operator does; sub-packages add their commands."""

from flask import Flask
from flask.cli import AppGroup

group = AppGroup("certificates", help="Keys, the log of what was issued, and proofs.")


def init_app(app: Flask) -> None:
    app.cli.add_command(group)
