"""Joins this process to the job queue."""

from flask import Flask

from app.config import Settings
from app.jobs.queue import init_queue


def init_app(app: Flask) -> None:
    """Committed jobs leave through the configured queue."""
    settings: Settings = app.extensions["academy.settings"]
    app.extensions["academy.job_queue"] = init_queue(settings)
