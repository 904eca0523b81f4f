"""What the benchmarks share: figures with goals, a site in a throwaway folder, servers, and a load of clients."""

import asyncio
import os
import resource
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number and its goal: at most, or at least, so much."""

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def reached(self) -> bool:
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    def __str__(self) -> str:
        bounds = (("≥", self.at_least), ("≤", self.at_most))
        goal = " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
        verdict = f" (goal {goal}) {'ok' if self.reached else 'short'}" if goal else ""
        return f"{self.name}: {self.value:.4g}{self.unit}{verdict}"


def report(figures: list[Figure]) -> int:
    """Print a line a figure; the process's exit status."""
    for figure in figures:
        print(figure, flush=True)
    return 0 if all(figure.reached for figure in figures) else 1


@contextmanager
def throwaway_site(database_url: str = "", **settings: str) -> Iterator[dict[str, str]]:
    """The environment of a site with a data folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder:
        yield {
            **os.environ,
            "APP_ENV": "test",
            "DATA_DIR": folder,
            "DATABASE_URL": database_url,
            "PUBLIC_URL": "http://127.0.0.1",
            **settings,
        }


@dataclass
class Server:
    """A running web server and the CPU that its processes have used."""

    address: str
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """CPU time of the server and its workers since they began."""
        total = 0.0
        parent = psutil.Process(self.process.pid)
        for process in [parent, *parent.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                used = process.cpu_times()
                total += used.user + used.system
        return total


@contextmanager
def running(command: list[str], address: str, environment: dict[str, str]) -> Iterator[Server]:
    """Start a server, wait until it answers ``/healthz``, and stop it afterwards."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        _wait_until_open(f"{address}/healthz", process)
        yield Server(address, process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _wait_until_open(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    pause = threading.Event()
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        pause.wait(0.1)
    raise RuntimeError(f"{url} does not answer")


def product_server(port: int, factory: str) -> list[str]:
    """The command of script/server, serving what a factory makes."""
    command: list[str] = runpy.run_path(str(ROOT / "script" / "supervise.py"))["web_command"]("127.0.0.1", port)
    return [*command[:-1], "--factory", factory]


def granian(port: int, workers: int, threads: int, app: str = "wsgi:app") -> list[str]:
    """The product's own web server."""
    return [
        *(str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1"),
        *("--port", str(port), "--http", "1", "--no-ws", "--workers", str(workers)),
        *("--blocking-threads", str(threads), "--backlog", "4096", "--backpressure", "2048"),
        *("--log-level", "warning", app),
    ]


def gunicorn(port: int, workers: int, threads: int, app: str = "wsgi:app") -> list[str]:
    """The server that granian is measured against."""
    return [
        *(str(Path(sys.executable).parent / "gunicorn"), "--bind", f"127.0.0.1:{port}"),
        *("--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"),
        *("--log-level", "warning", "--keep-alive", "30", "--backlog", "2048", app),
    ]


def allow_many_files() -> None:
    """Let this process, and those it starts, hold thousands of connections."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclass
class Load:
    """What a crowd of clients saw."""

    seconds: float = 0
    latencies: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that this share of the requests did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000 if ordered else 0.0


#: The bytes of the next request of a client, from the client's number and its count of requests so far.
Request = Callable[[int, int], bytes]


def get(path: str, cookie: str = "") -> bytes:
    """A keep-alive GET as bytes."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A keep-alive POST as bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    lower = head.lower()
    if b"content-length:" in lower:
        await reader.readexactly(int(lower.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
    elif b"chunked" in lower:
        while (size := int((await reader.readline()).split(b";")[0], 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readline()
    return status


@dataclass
class Crowd:
    """Keep-alive clients that send requests as fast as they can, or one each ``every`` seconds a client."""

    address: str
    request: Request
    clients: int
    seconds: float
    every: float
    expected: frozenset[int]
    load: Load = field(default_factory=Load)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self.address)
        return await asyncio.open_connection(parts.hostname, parts.port)

    async def _client(self, number: int, until: float) -> None:
        loop = asyncio.get_running_loop()
        reader, writer = await self._connect()
        due = loop.time() + self.every * (number % 997) / 997
        count = 0
        while due < until:
            if self.every:
                await asyncio.sleep(max(0.0, due - loop.time()))  # paced: a client thinks
            begun = due if self.every else loop.time()  # a client that had to wait was served late
            try:
                status = await _exchange(reader, writer, self.request(number, count))
            except (OSError, asyncio.IncompleteReadError):
                self.load.errors += 1
                reader, writer = await self._connect()
            else:
                self.load.latencies.append(loop.time() - begun)
                self.load.errors += status not in self.expected
            count += 1
            due = due + self.every if self.every else loop.time()
        writer.close()

    async def run(self) -> Load:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await asyncio.gather(*(self._client(n, begun + self.seconds) for n in range(self.clients)))
        self.load.seconds = loop.time() - begun
        return self.load


def drive(
    address: str,
    request: Request,
    *,
    clients: int = 8,
    seconds: float = 5,
    every: float = 0,
    expected: frozenset[int] = frozenset({200}),
) -> Load:
    """What a crowd of clients sees. ``request(client, count)`` gives each its next request."""
    allow_many_files()
    return asyncio.run(Crowd(address, request, clients, seconds, every, expected).run())
