"""A planted bug, for tests alone: a worker that names a certificate's file and writes it with the next one.

What it has in hand is lost when it is killed. The storm must catch it in every run.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from app.factory import create_app
from app.files import services as files
from app.jobs.worker import work

keep = files.store
in_hand: list[Callable[[], str]] = []


def store(root: Path, data: bytes) -> str:
    """Say that it is kept; keep what was to be kept before. What the parent had in hand is not this process's."""
    while in_hand:
        in_hand.pop()()
    pid = os.getpid()
    in_hand.append(lambda: keep(root, data) if os.getpid() == pid else "")
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    app = create_app()
    patch.object(files, "store", store).start()
    work(app, app.extensions["academy.job_queue"], 2)
