"""What the worker does for uploads."""

from flask import current_app

from app.config import Settings
from app.core import clock
from app.core.database import release, transaction
from app.courses.uploads import queries, services, storage
from app.jobs.registry import every


@every("uploads.sweep", seconds=3600)
def sweep() -> None:
    """Forget uploads that nobody went on with, and take off the disk what no upload needs."""
    settings: Settings = current_app.extensions["academy.settings"]
    now = clock.now()
    late = queries.late_uploads(now)
    release()
    for upload_id in late:
        with transaction():
            services.give_up(upload_id, late=now)
    lying = list(storage.folders(settings.data_dir))  # before the rows: a folder is younger than its row
    needed = queries.under_way(lying)
    release()
    for upload_id in lying:
        if upload_id not in needed:
            storage.drop_all(settings.data_dir, upload_id)
