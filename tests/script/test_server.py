"""script/server as a newcomer runs it: real processes, killed and stopped."""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app.config import PROJECT
from tests.support.processes import free_port, kill_group, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


def environment(**more: str) -> dict[str, str]:
    outside = ("APP_ENV", "DATABASE_URL", "DATA_DIR", "SECRET_KEY", "PUBLIC_URL", "REDIS_URL")
    return {key: value for key, value in os.environ.items() if key not in outside} | more


class Server:
    """A running script/server."""

    def __init__(self, data: Path, port: int) -> None:
        self.port = port
        self.log = data.parent / f"server-{port}.log"
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                ["script/server", "--port", str(port), "--data", str(data)],
                cwd=PROJECT,
                env=environment(),
                stdout=stream,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def wait_until_open(self) -> None:
        wait_until(self.answers, f"the site is open: {self.log.read_text()}", seconds=150)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, word: str) -> list[psutil.Process]:
        """Processes of the family whose command holds the word, parents first."""
        found = []
        for process in self.family():
            with suppress(psutil.NoSuchProcess):  # killed a moment ago
                if word in " ".join(process.cmdline()):
                    found.append(process)
        return sorted(found, key=lambda process: process.create_time())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all: the first start fills it, the others are second starts."""
    return tmp_path_factory.mktemp("server") / "data"


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    server = Server(data, free_port())
    try:
        server.wait_until_open()
        yield server
    finally:
        running = server.process.poll() is None
        for process in [*server.family(), psutil.Process(server.process.pid)] if running else []:
            process.kill()
        kill_group(server.process)


def _workers_come_back(server: Server, word: str) -> None:
    wait_until(lambda: len(server.named(word)) > 1, "the master has workers")
    killed = server.named(word)[1:]
    for process in killed:
        process.kill()
    psutil.wait_procs(killed, timeout=60)
    wait_until(lambda: len(server.named(word)) >= 1 + len(killed), "others take their place", seconds=60)
    server.wait_until_open()


def _a_master_comes_back_and_its_workers_leave(server: Server, word: str) -> None:
    wait_until(lambda: len(server.named(word)) > 1, "the master has workers")
    before = server.named(word)
    before[0].kill()
    _, alive = psutil.wait_procs(before, timeout=60)
    assert alive == []
    wait_until(lambda: len(server.named(word)) >= len(before), "others take their place", seconds=60)
    server.wait_until_open()


def test_it_prints_the_address_outlives_kills_and_stops_without_a_trace(server: Server) -> None:
    wait_until(lambda: f"http://127.0.0.1:{server.port}" in server.log.read_text(), "the address is printed")
    for word in ("granian", "jobs work"):
        _workers_come_back(server, word)
        _a_master_comes_back_and_its_workers_leave(server, word)
    family = server.family()
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(timeout=60) == 0
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    assert "Traceback" not in server.log.read_text()


def test_nothing_stays_when_the_supervisor_is_killed(server: Server) -> None:
    """A second start, on the data of the first."""
    family = server.family()
    server.named("supervisord")[0].kill()
    server.process.wait(timeout=60)
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []


def refused(*arguments: str, **settings: str) -> str:
    """What a server that cannot start says; it must be one line."""
    result = subprocess.run(
        ["script/server", *arguments],
        cwd=PROJECT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 1, result.stderr
    said = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(said) == 1, result.stderr
    return said[0]


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = refused("--port", str(taken.getsockname()[1]), "--data", str(tmp_path))
    assert "in use" in line
    assert "--port" in line


def test_production_without_its_settings_is_refused(tmp_path: Path) -> None:
    """The rest of what is refused: tests/core/test_config.py."""
    line = refused("--port", str(free_port()), "--data", str(tmp_path), APP_ENV="production")
    assert "SECRET_KEY and PUBLIC_URL" in line
