"""Benchmarks: each prints ``figure: value (goal …) ok|short`` and exits 1 where one falls short."""
