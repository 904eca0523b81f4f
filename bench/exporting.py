"""(d): a cohort's records as a workbook, against the writer alone fed with the same ready-made values."""

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from bench.harness import ROOT, Figure
from bench.stage import Stage


@dataclass(frozen=True)
class Run:
    """What one process measured: seconds by the clock and of CPU, and the peak of its memory with its imports."""

    seconds: float
    cpu: float
    peak_mib: float


def run(stage: Stage, side: str) -> Run:
    """One side in a process of its own."""
    command = [sys.executable, "-m", "bench.export_run", side, str(stage.site.folder), str(stage.cohort_id)]
    answer = subprocess.run(command, cwd=ROOT, env=stage.site.environment, check=True, capture_output=True)
    return Run(**json.loads(answer.stdout))


def measure(stage: Stage, rows: int, rounds: int) -> list[Figure]:
    """A cohort of so many; the sides in turns."""
    stage.add_trainees(rows)
    stage.complete_everything()
    run(stage, "ready")
    ours: list[Run] = []
    bare: list[Run] = []
    for number in range(rounds):
        for side, runs in (("bare", bare), ("ours", ours))[:: 1 if number % 2 else -1]:
            runs.append(run(stage, side))
    ratio = median(own.seconds / other.seconds for own, other in zip(ours, bare, strict=True))
    return [
        Figure(f"export of {rows} rows, times the bare writer's", ratio, at_most=1.5),
        Figure("export, peak memory", max(one.peak_mib for one in ours), " MiB", at_most=100),
        Figure("export", median(one.seconds for one in ours), " s"),
        Figure("bare writer", median(one.seconds for one in bare), " s"),
        Figure("export, CPU", median(one.cpu for one in ours), " s"),
        Figure("bare writer, CPU", median(one.cpu for one in bare), " s"),
    ]
