"""The application behind a real web server whose processes may be killed."""

import os
import random
import signal
import socket
import subprocess
from contextlib import suppress
from typing import Final

import psutil

from tests.support.processes import Site, free_port, kill_group, wait_until

#: ``{address}`` and ``{application}`` are filled in. gunicorn forks its workers ready-made, so that a killed one
#: is back at once and a short run sees many kills; granian is what script/server runs.
COMMANDS: Final = {
    "gunicorn": "gunicorn --preload --workers 3 --worker-class gthread --threads 2 --timeout 60"
    " --log-level critical --bind {address} {application}",
    "granian": "granian --interface wsgi --http 1 --no-ws --workers 2 --blocking-threads 2"
    " --respawn-failed-workers --respawn-interval 0.1 --log-level critical --no-access-log"
    " --host 127.0.0.1 --port {port} {application}",
    # One process with threads, for what does not bear being forked (a faked clock).
    "flask": "flask --app {application} run --no-reload --no-debugger --port {port}",
}


class WebServer:
    """One server on one port; started again on the same port after it was killed as a whole."""

    def __init__(self, site: Site, kind: str, application: str) -> None:
        self.site, self.port = site, free_port()
        self.command = COMMANDS[kind].format(
            address=f"127.0.0.1:{self.port}", port=self.port, application=application
        )
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.process = self.site.start(*self.command.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._listens, f"{self.command} listens")

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, f"{self.command} ended with {self.process.returncode}"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill_one(self, rng: random.Random) -> bool:
        """SIGKILL a random worker; False when there is none just now."""
        assert self.process is not None
        with suppress(psutil.NoSuchProcess):
            workers = psutil.Process(self.process.pid).children()
            if workers:
                os.kill(rng.choice(workers).pid, signal.SIGKILL)
                return True
        return False

    def kill_all(self) -> None:
        """SIGKILL every process of the server, the master too."""
        if self.process is not None:
            kill_group(self.process)
