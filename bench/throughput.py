"""(a) and (b): the lesson page and the answer save against bare ones, in the same server, in turns."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from app.core.database import db
from bench.bare import COOKIE, LESSON, saves
from bench.harness import Figure, Load, Request, Server, drive, get, post, product_server, running
from bench.stage import Sitting, Stage
from tests.support.processes import free_port

CLIENTS = 8


@dataclass
class Side:
    """One side of a ratio: what its rounds measured."""

    request: Request
    rates: list[float] = field(default_factory=list)
    #: Application CPU of a request, in milliseconds.
    cpu: list[float] = field(default_factory=list)
    errors: int = 0
    answered: int = 0

    def play(self, server: Server, seconds: float, *, counted: bool = True) -> None:
        """One round."""
        before = server.cpu_seconds()
        load: Load = drive(server.address, self.request, clients=CLIENTS, seconds=seconds)
        self.answered += len(load.latencies)
        self.errors += load.errors
        if counted:
            self.rates.append(load.rate)
            self.cpu.append((server.cpu_seconds() - before) * 1000 / max(1, len(load.latencies)))


def compare(server: Server, ours: Side, bare: Side, rounds: int, seconds: float) -> float:
    """The median of our rate over the bare one, round by round; who begins changes."""
    for side in (bare, ours):
        side.play(server, seconds / 2, counted=False)
    for number in range(rounds):
        for side in (bare, ours) if number % 2 else (ours, bare):
            side.play(server, seconds)
    return median(own / other for own, other in zip(ours.rates, bare.rates, strict=True))


@contextmanager
def served(stage: Stage, headers: dict[str, str]) -> Iterator[Server]:
    """Product and bare endpoints behind the server that script/server starts."""
    port = free_port()
    environment = {**stage.site.environment, LESSON: stage.lesson_path(), COOKIE: headers["Cookie"]}
    with running(product_server(port, "bench.bare:Bare"), f"http://127.0.0.1:{port}", environment) as server:
        yield server


def lesson(stage: Stage, rounds: int, seconds: float) -> list[Figure]:
    """(a) Eight signed-in readers."""
    readers = stage.headers(stage.add_trainees(CLIENTS))
    path = stage.lesson_path()
    ours = Side(lambda client, _count: get(path, readers[client]["Cookie"]))
    bare = Side(lambda _client, _count: get("/bare/lesson"))
    with served(stage, readers[0]) as server:
        ratio = compare(server, ours, bare, rounds, seconds)
    return [
        Figure("lesson page, share of the bare throughput", ratio, at_least=0.5),
        *_details("lesson page", ours, bare),
    ]


def save(stage: Stage, rounds: int, seconds: float) -> list[Figure]:
    """(b) Eight examinees who change an answer as fast as they can."""
    sittings = stage.sittings(stage.add_trainees(CLIENTS))
    saves.create(db.engine, checkfirst=True)
    kept = stage.kept_answers()
    ours = Side(_changes(sittings, None))
    bare = Side(_changes([Sitting(**vars(one)) for one in sittings], "/bare/save"))
    with served(stage, sittings[0].headers) as server:
        ratio = compare(server, ours, bare, rounds, seconds)
    return [
        Figure("answer save, share of the bare throughput", ratio, at_least=0.5),
        Figure("answer save, application CPU", median(ours.cpu), " ms", at_most=2.5),
        *_details("answer save", ours, bare),
        Figure("answers acknowledged and not kept", ours.answered - (stage.kept_answers() - kept), at_most=0),
    ]


def _changes(sittings: list[Sitting], path: str | None) -> Callable[[int, int], bytes]:
    """Changes sent to each sitting's own address, or without its cookie to another one."""

    def request(client: int, _count: int) -> bytes:
        one = sittings[client]
        headers = {"Content-Type": "application/json"} if path else one.headers
        return post(path or one.path, json.dumps(one.change()).encode(), headers)

    return request


def _details(name: str, ours: Side, bare: Side) -> list[Figure]:
    return [
        Figure(f"{name}, rate", median(ours.rates), "/s"),
        Figure(f"bare {name}, rate", median(bare.rates), "/s"),
        Figure(f"{name}, CPU", median(ours.cpu), " ms"),
        Figure(f"bare {name}, CPU", median(bare.cpu), " ms"),
        Figure(f"{name}, errors", ours.errors + bare.errors, at_most=0),
    ]
