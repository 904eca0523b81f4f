"""A PostgreSQL server of one's own, as durable as in production, that may be crashed."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql/15/bin")
PORT = 54_999  # names the socket file only: nothing listens on the network


@dataclass
class PostgresServer:
    """A cluster in a temporary folder; fsync is on and pages carry checksums."""

    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql:///postgres?host={self.folder}&port={PORT}&user=postgres"

    def start(self) -> None:
        options = f"-k {self.folder} -p {PORT} -c listen_addresses= -c max_connections=60 -c fsync=on"
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """``immediate`` is a crash: no checkpoint, no goodbye; the next start recovers from the log."""
        self._run("pg_ctl", "stop", "-w", "-m", mode)

    def check_pages(self) -> None:
        """Raises CalledProcessError when a page on disk is damaged; the server must be stopped."""
        self._run("pg_checksums", "--check")

    def create(self) -> None:
        self._run(
            "initdb", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--data-checksums", "-U", "postgres"
        )

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(BINARIES / name), "-D", str(self.folder / "data"), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, timeout=60)


@contextmanager
def postgres_server(parent: Path | None = None) -> Iterator[PostgresServer]:
    """A running server, in a folder of its own that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    server = PostgresServer(folder)
    server.create()
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)
