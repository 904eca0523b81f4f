"""What a process keeps."""

import threading

import pytest

from app.core.kept import Kept

pytestmark = pytest.mark.no_database


def test_what_was_not_asked_for_longest_leaves_first() -> None:
    kept: Kept[str, int] = Kept(2)
    made: list[str] = []

    def make(name: str) -> int:
        made.append(name)
        return len(name)

    for name in ("a", "bb", "a", "ccc", "a", "bb"):
        assert kept.get(name, lambda name=name: make(name)) == len(name)  # type: ignore[misc]
    assert made == ["a", "bb", "ccc", "bb"]
    assert kept.find("ccc") is None


def test_threads_that_push_each_other_out_still_get_what_they_asked_for() -> None:
    kept: Kept[int, int] = Kept(3)
    wrong: list[tuple[int, int]] = []
    start = threading.Barrier(4)

    def ask(step: int) -> None:
        start.wait(60)
        for turn in range(3_000):
            key = turn * step % 7
            found = kept.get(key, lambda key=key: key * 10)  # type: ignore[misc]
            if found != key * 10:
                wrong.append((key, found))

    threads = [threading.Thread(target=ask, args=(step,)) for step in (1, 2, 3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []
