"""Complete certificates against a naive WeasyPrint render of the same page; see docs/certificates.md.

Naive is what a careful but unhurried author writes: the same text, border, seal and QR code, set in the system's
Noto Serif CJK, with the drawing as SVG images, one call of write_pdf() and nothing shared between documents. The
sides take turns, each in a process of its own that does nothing else; figures are ratios of CPU time, which other
load on the machine changes least. Complete means: credential signed, page drawn, credential and log proof put in,
file signed, and its SHA-256 taken. Run it as ``python -m bench.certificates [--documents N]``.
"""

import argparse
import base64
import io
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import psutil
import segno

from app.certificates.numbers import new_code
from app.certificates.rendering import Printed, render
from app.certificates.rendering.drawing import svg
from app.certificates.rendering.layouts import LAYOUTS
from app.certificates.rendering.pipeline import PLACEHOLDER, markup, stylesheet
from app.certificates.rendering.style import PLAIN
from bench.harness import Figure, report
from bench.reference import snapshot

ROUNDS = 12
DOCUMENTS = 1_000
RENDER_GOAL = 8
COMPLETE_GOAL = 5
BATCH = 200
BATCHES = 4
BATCH_GOAL = 6
SIZE_GOAL = 60
MEMORY_GOAL = 120


def _data_uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def naive(number: int) -> bytes:
    """The same page, drawn the plain way."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - each side loads it in its own process

    document, printed = snapshot(number), Printed(new_code(), "https://academy.example")
    layout = LAYOUTS[document.document.kind]
    picture = svg(layout.drawing(PLAIN.look, True), layout.width, layout.height).encode()
    code = io.BytesIO()
    segno.make(printed.qr(document.number), error="m", micro=False).save(code, kind="svg", border=4)
    html = markup(document, printed).replace(PLACEHOLDER, _data_uri("image/svg+xml", code.getvalue()))
    background = f"@page {{ background: url({_data_uri('image/svg+xml', picture)}) 0 0 / 297mm 210mm no-repeat }}"
    style = stylesheet(layout.stylesheet, PLAIN.look).replace('"Academy Song", ', "")
    pdf: bytes = HTML(string=html).write_pdf(stylesheets=[CSS(string=style), CSS(string=background)])
    return pdf


def rendered(number: int) -> bytes:
    """Our page alone."""
    return render(snapshot(number), Printed(new_code(), "https://academy.example"))


def complete(number: int) -> bytes:
    """A whole certificate."""
    from bench.complete_certificate import complete as made  # noqa: PLC0415 - the other sides need no database

    return made(number)


def cpu(draw: Callable[[int], bytes], numbers: Sequence[int]) -> tuple[float, int]:
    """CPU seconds of these documents, and the size of the largest."""
    start = time.process_time()
    largest = max(len(draw(number)) for number in numbers)
    return time.process_time() - start, largest


def memory(draw: Callable[[int], bytes], numbers: Sequence[int]) -> float:
    """MiB that this process occupies after it made these documents."""
    for number in numbers:
        draw(number)
    occupied: int = psutil.Process().memory_info().rss
    return occupied / 2**20


def _as_in_production() -> None:
    """Keep out what only the tests install: pyld and structlog load these where they find them."""
    absent: dict[str, Any] = dict.fromkeys(("aiohttp", "requests", "rich"))
    sys.modules.update(absent)


def process() -> ProcessPoolExecutor:
    """A process of its own, which imports no more than it needs."""
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=spawn, initializer=_as_in_production)


def compared(rounds: int) -> list[Figure]:
    """Every side in turns."""
    sides = {"naive": naive, "rendered": rendered, "complete": complete}
    spent = dict.fromkeys(sides, 0.0)
    sizes = dict.fromkeys(sides, 0)
    pools = {name: process() for name in sides}
    for number in range(rounds + 1):
        for name in sides if number % 2 else reversed(sides):
            seconds, size = pools[name].submit(cpu, sides[name], [number + 1]).result()
            if number:  # the first round warms up what a process does once
                spent[name] += seconds
                sizes[name] = max(sizes[name], size)
    for pool in pools.values():
        pool.shutdown()
    figures = [
        Figure("render, times cheaper than naive", spent["naive"] / spent["rendered"], at_least=RENDER_GOAL),
        Figure("complete, times cheaper than naive", spent["naive"] / spent["complete"], at_least=COMPLETE_GOAL),
        Figure("complete, size", sizes["complete"] / 1024, " KiB", at_most=SIZE_GOAL),
        Figure("naive size", sizes["naive"] / 1024, " KiB"),
    ]
    return figures + [Figure(f"{name}, CPU", spent[name] / rounds * 1000, " ms") for name in sides]


def worker_memory(side: Callable[[int], bytes], documents: int) -> list[Figure]:
    """What one process occupies after its first documents, and after so many."""
    with process() as pool:
        early = pool.submit(memory, side, range(1, documents // 10 + 1)).result()
        late = pool.submit(memory, side, range(documents // 10 + 1, documents + 1)).result()
    grown = (late - early) / (documents * 0.9) * (10_000 - documents)
    what = f"memory after {documents} {side.__name__}"
    return [
        Figure(what, late, " MiB", at_most=MEMORY_GOAL),
        Figure("… after 10,000, were it to grow as since the tenth part", late + max(0.0, grown), " MiB"),
    ]


def batch(documents: int = BATCH) -> list[Figure]:
    """Complete certificates by two warm processes, on the clock; the best of some runs: others use the machine."""
    pools = [process(), process()]
    for warming in [pool.submit(cpu, complete, [1]) for pool in pools]:
        warming.result()
    clocked, spent = [], []
    for run in range(BATCHES):
        numbers = range(2 + run * documents, 2 + (run + 1) * documents)
        begun = time.perf_counter()
        halves = [pool.submit(cpu, complete, numbers[half::2]) for half, pool in enumerate(pools)]
        spent.append(sum(half.result()[0] for half in halves))
        clocked.append(time.perf_counter() - begun)
    for pool in pools:
        pool.shutdown()
    return [
        Figure(f"{documents} complete, two processes", min(clocked), " s", at_most=BATCH_GOAL * documents / BATCH),
        Figure("… CPU of each of the two", min(spent) / 2, " s"),
        Figure("… load of the last minute", os.getloadavg()[0]),
    ]


def measure(rounds: int = ROUNDS, documents: int = DOCUMENTS) -> list[Figure]:
    return [
        *compared(rounds),
        *batch(),
        *worker_memory(rendered, documents),
        *worker_memory(complete, documents),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.certificates", description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS, help="for the figure of memory")
    return report(measure(documents=parser.parse_args().documents))


if __name__ == "__main__":
    sys.exit(main())
