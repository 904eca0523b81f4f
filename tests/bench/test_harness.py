"""The benchmarks' own measure."""

import pytest

from bench.harness import Figure, Load, report


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (Figure("rate", 1200.0, "/s"), "rate: 1200/s"),
        (Figure("ratio", 0.61, at_least=0.5), "ratio: 0.61 (goal ≥ 0.5) ok"),
        (Figure("ratio", 0.41, at_least=0.5), "ratio: 0.41 (goal ≥ 0.5) short"),
        (Figure("p99", 151, " ms", at_most=150), "p99: 151 ms (goal ≤ 150) short"),
        (Figure("share", 3, at_least=1, at_most=4), "share: 3 (goal ≥ 1 and ≤ 4) ok"),
    ],
)
def test_a_figure_says_whether_it_reached_its_goal(figure: Figure, line: str) -> None:
    assert str(figure) == line


def test_one_short_figure_fails_the_run() -> None:
    good, bad = Figure("a", 1, at_most=2), Figure("b", 3, at_most=2)
    assert report([good]) == 0
    assert report([good, bad]) == 1


def test_percentiles_and_rate() -> None:
    load = Load(seconds=2, latencies=[number / 1000 for number in range(1, 101)])
    assert load.rate == 50
    assert load.percentile(0.99) == 100
    assert load.percentile(0.5) == 51
    assert Load().percentile(0.99) == 0
