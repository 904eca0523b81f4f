"""The group of commands that the engine's packages add to: ``flask quizzes …``."""

from flask.cli import AppGroup

quizzes = AppGroup("quizzes", help="Examinations and their receipts.")
