"""(f): thousands of examinees with an open connection each, who save an answer every ten seconds."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench.harness import Figure, Load, drive, post
from bench.stage import Sitting, Stage
from bench.throughput import served

EVERY = 10.0
PROCESSES = 2


def sit(address: str, sittings: list[Sitting], seconds: float) -> Load:
    """The clients of one process."""

    def request(client: int, _count: int) -> bytes:
        one = sittings[client]
        return post(one.path, json.dumps(one.change()).encode(), one.headers)

    return drive(address, request, clients=len(sittings), seconds=seconds, every=EVERY)


def measure(stage: Stage, people: int, seconds: float) -> list[Figure]:
    """Latencies count from the moment a save was due, so that a stalled server is not spared what it delayed."""
    sittings = stage.sittings(stage.add_trainees(people))
    with (
        served(stage, sittings[0].headers) as server,
        ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool,
    ):
        before = server.cpu_seconds()
        parts = [
            pool.submit(sit, server.address, sittings[number::PROCESSES], seconds) for number in range(PROCESSES)
        ]
        loads = [part.result() for part in parts]
        spent = server.cpu_seconds() - before
    whole = Load(
        seconds=max(load.seconds for load in loads),
        latencies=[latency for load in loads for latency in load.latencies],
        errors=sum(load.errors for load in loads),
    )
    saved = len(whole.latencies)
    return [
        Figure(f"{people} examinees, p99 of a save", whole.percentile(0.99), " ms", at_most=150),
        Figure(f"{people} examinees, errors", whole.errors, at_most=0),
        Figure("answers acknowledged and not kept", saved - stage.kept_answers(), at_most=0),
        Figure("p50 of a save", whole.percentile(0.5), " ms"),
        Figure("p99.9 of a save", whole.percentile(0.999), " ms"),
        Figure("saves", saved),
        Figure("saves a second", whole.rate, "/s"),
        Figure("application CPU of a save", spent * 1000 / max(1, saved), " ms"),
    ]
