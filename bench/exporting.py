"""(d): a cohort's records as a workbook, against one bare statement over a table of the same values, and
against the writer alone, fed from memory."""

import json
import subprocess
import sys
from dataclasses import dataclass
from statistics import median

from bench.harness import ROOT, Figure
from bench.stage import Stage


@dataclass(frozen=True)
class Run:
    """What one process measured: seconds by the clock and of CPU, its memory at the peak and what was added."""

    seconds: float
    cpu: float
    peak_mib: float
    added_mib: float


def run(stage: Stage, side: str) -> Run:
    """One side in a process of its own."""
    command = [sys.executable, "-m", "bench.export_run", side, str(stage.site.folder), str(stage.cohort_id)]
    answer = subprocess.run(command, cwd=ROOT, env=stage.site.environment, check=True, stdout=subprocess.PIPE)
    return Run(**json.loads(answer.stdout))


def measure(stage: Stage, rows: int, rounds: int) -> list[Figure]:
    """A cohort of so many; the sides in turns."""
    stage.add_trainees(rows)
    stage.complete_everything()
    run(stage, "ready")
    runs: dict[str, list[Run]] = {"writer": [], "bare": [], "ours": []}
    for number in range(rounds):
        for side in tuple(runs)[:: 1 if number % 2 else -1]:
            runs[side].append(run(stage, side))

    def times(other: str) -> float:
        """The median round's ratio by the clock."""
        pairs = zip(runs["ours"], runs[other], strict=True)
        return median(own.seconds / its.seconds for own, its in pairs)

    return [
        Figure(f"export of {rows} rows, times the bare export", times("bare"), at_most=1.5),
        Figure("export, times the writer fed from memory", times("writer")),
        Figure("export, memory at its peak", max(one.added_mib for one in runs["ours"]), " MiB", at_most=100),
        Figure("the process with all it imports", max(one.peak_mib for one in runs["ours"]), " MiB"),
        *(
            Figure(
                f"{side}, CPU",
                median(one.cpu for one in measured),
                f" s (clock {median(one.seconds for one in measured):.3f} s)",
            )
            for side, measured in runs.items()
        ),
    ]
