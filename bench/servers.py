"""Which web server, and with how many threads: our own pages on each, in turns (docs/adr/0004).

``python -m bench.servers [PATH …]``: requests a second, CPU a request and tails for each server and page. About a
minute and a half a page.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable

from bench.harness import Figure, Load, drive, get, granian, gunicorn, report, running, throwaway_site

ROUNDS = 3
CLIENTS = 8
SECONDS = 4.0
CORES = 2

SERVERS: dict[str, Callable[[int], list[str]]] = {
    "granian 2×1": lambda port: granian(port, CORES, 1),
    "granian 2×2": lambda port: granian(port, CORES, 2),
    "gunicorn gthread 2×2": lambda port: gunicorn(port, CORES, 2),
    "gunicorn gthread 2×4": lambda port: gunicorn(port, CORES, 4),
}


def measure(name: str, path: str, environment: dict[str, str], port: int) -> tuple[Load, float]:
    """One round: what the clients saw, and the servers' CPU in milliseconds a request."""
    address = f"http://127.0.0.1:{port}"
    with running(SERVERS[name](port), address, environment) as server:
        drive(address, lambda _n, _c: get(path), clients=CLIENTS, seconds=1)
        before = server.cpu_seconds()
        load = drive(address, lambda _n, _c: get(path), clients=CLIENTS, seconds=SECONDS)
        return load, (server.cpu_seconds() - before) * 1000 / max(1, len(load.latencies))


def main(paths: list[str]) -> int:
    figures = []
    with throwaway_site() as environment:
        subprocess.run([sys.executable, "-m", "flask", "db", "upgrade"], env=environment, check=True)
        for path in paths or ["/healthz", "/sign-in", "/verify"]:
            seen: dict[str, list[tuple[Load, float]]] = {name: [] for name in SERVERS}
            for round_ in range(ROUNDS):
                for place, name in enumerate(SERVERS):
                    seen[name].append(measure(name, path, environment, 18_100 + 10 * round_ + place))
            for name, rounds in seen.items():
                title = f"{path}, {name}"
                figures += [
                    Figure(f"{title}, rate", statistics.median(load.rate for load, _ in rounds), "/s"),
                    Figure(f"{title}, CPU", statistics.median(cpu for _, cpu in rounds), " ms"),
                    Figure(f"{title}, p99", statistics.median(load.percentile(0.99) for load, _ in rounds), " ms"),
                    Figure(f"{title}, errors", sum(load.errors for load, _ in rounds), at_most=0),
                ]
    return report(figures)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
