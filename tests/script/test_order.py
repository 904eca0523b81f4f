"""In which order the suite's processes get its tests."""

from types import SimpleNamespace
from typing import Any

from tests.support.order import dealt


def test_each_process_begins_with_its_share_of_the_long_files() -> None:
    long: list[list[Any]] = [[f"{file}{number}" for number in range(2)] for file in "abc"]
    short: Any = [SimpleNamespace(number=number) for number in range(9)]
    ordered: list[Any] = [*dealt(long, short, 2)]
    assert ordered[:4] == ["a0", "a1", "c0", "c1"]
    assert ordered[7:9] == ["b0", "b1"]
    assert [item for item in ordered if not isinstance(item, str)] == short
    assert [*dealt([], short, 2)] == short
    assert [*dealt(long, [], 3)] == [item for file in long for item in file]
