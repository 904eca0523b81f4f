"""What signing in costs, and how long a storm of 2,000 sign-ins lasts on this machine.

    python -m bench.sign_in [--people 200] [--clients 16]

A throwaway site (its own data folder, web server and database) with the configured Argon2 cost; real HTTP:
each client fetches the page, posts the form with its token and follows to the account. Exits 1 when a goal is
missed. ``DATABASE_URL`` chooses another database than SQLite; it must be empty. About 20 seconds on two idle
cores.
"""

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
from flask_migrate import upgrade

from app.accounts.models import Person, PersonState
from app.accounts.passwords import make_passwords
from app.accounts.privacy import CURRENT
from app.config import PROJECT, load_settings
from app.core.database import db, transaction
from app.factory import create_app

STORM = 2_000
PASSWORD = "correct horse battery"  # noqa: S105 - of people who exist for a minute
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def report(figure: str, value: float, unit: str, goal: float, *, at_most: bool = True) -> bool:
    """Print one figure as every benchmark does; True when the goal is met."""
    met = value <= goal if at_most else value >= goal
    sign = "≤" if at_most else "≥"
    print(f"{figure}: {value:.4g} {unit} (goal {sign} {goal:g} {unit}) {'ok' if met else 'short'}")
    return met


def hash_cost() -> float:
    """Milliseconds of CPU that checking one password takes at the configured cost."""
    passwords = make_passwords(load_settings())
    known = passwords.hash(PASSWORD)
    spent = []
    for _ in range(15):
        before = time.process_time()
        passwords.matches(known, PASSWORD)
        spent.append((time.process_time() - before) * 1000)
    return statistics.median(spent)


def make_people(folder: Path, count: int) -> None:
    """A migrated database with people who have a password and have consented."""
    app = create_app(data_dir=folder)
    with app.app_context():
        upgrade()
        known = app.extensions["academy.passwords"].hash(PASSWORD)
        with transaction() as session:
            for number in range(count):
                session.add(
                    Person(
                        name="测试",
                        email=f"person{number}@example.org",
                        state=PersonState.ACTIVE,
                        password_hash=known,
                        privacy_version=CURRENT,
                    )
                )
        db.session.remove()
        db.engine.dispose()


@contextmanager
def server(folder: Path, workers: int) -> Iterator[tuple[str, psutil.Process]]:
    """The product's web server on a free port, in processes of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "2", "--no-access-log", "wsgi:app"]
    environment = {**os.environ, "DATA_DIR": str(folder), "APP_ENV": "test"}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=PROJECT,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", process)
        yield address, psutil.Process(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


def cpu_of(process: psutil.Process) -> float:
    """Seconds of CPU that a server and its workers have used."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end, pause = time.monotonic() + 60, threading.Event()
    while time.monotonic() < end and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url).status_code == 200:
                return
        pause.wait(0.05)
    raise SystemExit("the server did not start")


def sign_in(client: httpx.Client, number: int) -> float:
    """One person signs in; seconds that her POST took. Raises when she is not in afterwards."""
    client.cookies.clear()
    token = TOKEN.search(client.get("/sign-in").text)
    assert token, "the sign-in page has no token"
    form = {"csrf_token": token[1], "email": f"person{number}@example.org", "password": PASSWORD}
    before = time.perf_counter()
    answer = client.post("/sign-in", data=form)
    took = time.perf_counter() - before
    assert answer.status_code == 302, f"sign-in answered {answer.status_code}"
    assert client.get("/account").status_code == 200, "not signed in afterwards"
    return took


def storm(address: str, people: int, clients: int) -> tuple[float, list[float]]:
    """Everybody signs in, so many at a time; the seconds of the whole, and of each POST in order."""
    own = threading.local()

    def one(number: int) -> float:
        if not hasattr(own, "client"):
            own.client = httpx.Client(base_url=address, timeout=30)
        return sign_in(own.client, number)

    with ThreadPoolExecutor(clients) as pool:
        before = time.perf_counter()
        times = list(pool.map(one, range(people)))
        return time.perf_counter() - before, sorted(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    cost = hash_cost()
    met = [report("argon2 per sign-in", cost, "ms CPU", 60)]
    alone = STORM * cost / 1000 / cores
    met.append(report(f"argon2 alone, {STORM} sign-ins on {cores} cores", alone, "s", 60))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_people(folder, options.people)
        with server(folder, cores) as (address, process):
            start = cpu_of(process)
            seconds, times = storm(address, options.people, options.clients)
            spent = (cpu_of(process) - start) / options.people
    met.append(report("server's CPU for one, with the page before and the page after", spent * 1000, "ms", 60))
    met.append(report(f"storm of {STORM}, if the cores did nothing else", STORM * spent / cores, "s", 60))
    rate = options.people / seconds
    met.append(report("measured sign-ins a second over HTTP", rate, "/s", 15, at_most=False))
    met.append(report(f"storm of {STORM} at the measured rate", STORM / rate, "s", 120))
    met.append(report("sign-in, 95 in 100", times[int(len(times) * 0.95)] * 1000, "ms", 2000))
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
