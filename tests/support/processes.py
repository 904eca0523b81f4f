"""Real processes of the application, on a database of their own that commits for good."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, create_engine, text

from app.config import PROJECT
from app.core.database import db, release
from app.factory import create_app
from app.jobs import services as jobs
from tests.support.keys import make_keys


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    """Look again every few milliseconds until something holds; fail when it does not in time."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        pause.wait(0.02)


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder in memory, where a durable write takes no time; an ordinary one where there is no such thing.

    For tests that kill processes: what a killed process has written survives in the system's cache whether or not
    it was synchronised, so a real disk would only make them slower. What survives a power cut, they never showed.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own inside it
    parent = memory if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30 else None
    with tempfile.TemporaryDirectory(prefix="academy-", dir=parent) as folder:
        path = Path(folder)
        path.chmod(0o755)  # PostgreSQL's own user passes through
        yield path


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The URL of a new database, on the server that the tests run on."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield f"sqlite:///{folder / 'processes.sqlite3'}"
        return
    name = f"academy_processes_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    head, _, query = server.partition("?")
    try:
        yield f"{head.rsplit('/', 1)[0]}/{name}{'?' + query if query else ''}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        admin.dispose()


@dataclass
class Site:
    """An application with a migrated database and a data folder, in this process and in others."""

    app: Flask
    folder: Path
    environment: dict[str, str]

    def start(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """Start ``python -m …`` for this site, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=PROJECT,
            env=self.environment,
            text=True,
            start_new_session=True,
            **options,
        )

    def command(self, *words: str) -> Result:
        """Run ``flask …`` for this site in this process, as far as its output and status go."""
        release()  # what the test itself has read
        result = self.app.test_cli_runner().invoke(args=list(words))
        release()
        return result


@contextmanager
def own_site(folder: Path, *, migrated: bool = True, **settings: Any) -> Iterator[Site]:
    """A site of one's own; its processes read the same settings from their environment."""
    original = jobs.sender()
    folder.mkdir(parents=True, exist_ok=True)
    with empty_database(folder) as url:
        values = {
            "app_env": "test",
            "data_dir": folder,
            "database_url": url,
            "argon2_memory_kib": 8,
            "argon2_passes": 1,
            **settings,
        }
        app = create_app(**values)
        clean = {key: value for key, value in os.environ.items() if key.lower() not in values}
        environment = {**clean, **{key.upper(): str(value) for key, value in values.items()}}
        with app.app_context():
            if migrated:
                _migrate(db.engine)
                make_keys()
            try:
                yield Site(app, folder, environment)
            finally:
                db.session.remove()
                db.engine.dispose()
                jobs.send_through(original)


#: What the migrations make of an empty SQLite database: the first site of this process kept it for the others.
_blank: list[bytes] = []


def _migrate(engine: Engine) -> None:
    file = engine.url.database
    if engine.dialect.name != "sqlite" or file is None:
        upgrade()
    elif _blank:
        Path(file).write_bytes(_blank[0])
    else:
        upgrade()
        engine.dispose()  # the last connection takes its log over into the file
        _blank.append(Path(file).read_bytes())


def kill_group(process: subprocess.Popen[str]) -> None:
    """End a process that a test started, and everything that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=60)


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes that it started, and theirs."""
    return psutil.Process(process.pid).children(recursive=True)
