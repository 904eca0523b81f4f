"""``flask jobs``: the worker, and a look at what it does."""

import logging
import uuid

import click
from flask import Blueprint, current_app

from app.config import Settings
from app.core import clock
from app.core.database import transaction
from app.core.errors import DomainError
from app.jobs.models import JobState
from app.jobs.queries import list_jobs
from app.jobs.services import retry_job
from app.jobs.worker import work

blueprint = Blueprint("jobs", __name__)
blueprint.cli.help = "Work outside the request."
blueprints = (blueprint,)


@blueprint.cli.command("work")
@click.option("--workers", type=click.IntRange(min=1), help="Jobs side by side; JOB_WORKERS otherwise.")
def work_command(workers: int | None) -> None:
    """Run jobs and sweeps until stopped (Ctrl-C lets running jobs end)."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    settings: Settings = current_app.extensions["academy.settings"]
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    work(app, app.extensions["academy.job_queue"], workers or settings.job_workers)


@blueprint.cli.command("list")
@click.option("--state", "states", type=click.Choice([state.value for state in JobState]), multiple=True)
@click.option("--limit", default=50, show_default=True)
def list_command(states: tuple[str, ...], limit: int) -> None:
    """Show the newest jobs (only those of the given states)."""
    for job in list_jobs(*map(JobState, states), limit=limit):
        progress = f" {job.done}/{job.total}" if job.total else ""
        line = f"{job.id}  {job.created_at:%Y-%m-%d %H:%M:%S}  {job.state.value:9}  {job.kind}{progress}"
        print(f"{line}  try {job.attempts}  {job.error}".rstrip())


@blueprint.cli.command("retry")
@click.argument("job_id", type=click.UUID)
def retry_command(job_id: uuid.UUID) -> None:
    """Let a failed job run again."""
    try:
        with transaction():
            job = retry_job(job_id, clock.now())
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    print(f"{job.kind} will run again")
