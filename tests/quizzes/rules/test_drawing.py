"""Drawing: sections in order, nothing seen while something else remains, the same seed the same paper."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quizzes.rules import DrawnPool, draw

pytestmark = pytest.mark.no_database

MEMBERS = [uuid.UUID(int=number) for number in range(1, 31)]
THEN = datetime(2026, 11, 1, tzinfo=UTC)


@given(
    seed=st.integers(0, 2**62),
    seen=st.dictionaries(st.sampled_from(MEMBERS[:20]), st.integers(0, 9)),
    picks=st.tuples(st.integers(1, 10), st.integers(1, 10), st.integers(1, 10)),
    shuffle=st.booleans(),
)
def test_a_paper_takes_what_was_not_seen_first(
    seed: int, seen: dict[uuid.UUID, int], picks: tuple[int, int, int], shuffle: bool
) -> None:
    pools = [
        DrawnPool(picks[0], MEMBERS[:10], 0),
        DrawnPool(picks[1], MEMBERS[10:20], 1),
        DrawnPool(picks[2], MEMBERS[20:], 0),
    ]
    past = {member: THEN + timedelta(days=day) for member, day in seen.items()}
    paper = draw(pools, seed, shuffle=shuffle, seen=past)
    assert paper == draw(pools, seed, shuffle=shuffle, seen=past)
    assert [section for section, _member in paper] == [0] * (picks[0] + picks[2]) + [1] * picks[1]
    drawn = [member for _section, member in paper]
    assert len(set(drawn)) == len(drawn) == sum(picks)
    for pool in pools:
        never = datetime.min.replace(tzinfo=UTC)
        taken = [past.get(member, never) for member in pool.members if member in drawn]
        left = [past.get(member, never) for member in pool.members if member not in drawn]
        assert not left or max(taken) <= min(left)


def test_without_shuffling_the_author_s_order_stands() -> None:
    paper = draw([DrawnPool(5, MEMBERS[:10]), DrawnPool(3, MEMBERS[10:20])], 7, shuffle=False)
    assert [member for _section, member in paper] == sorted((member for _section, member in paper), key=int)


def test_shuffling_mixes_the_questions_of_all_pools_of_a_section() -> None:
    pools = [DrawnPool(5, MEMBERS[:5], 0), DrawnPool(5, MEMBERS[5:10], 0), DrawnPool(5, MEMBERS[10:15], 1)]
    papers = [[member for _section, member in draw(pools, seed, shuffle=True)] for seed in range(20)]
    assert all(set(paper[:10]) == set(MEMBERS[:10]) for paper in papers)
    assert sum(set(paper[:5]) == set(MEMBERS[:5]) for paper in papers) < 3  # 1 in 252 by chance
    assert len({tuple(paper[10:]) for paper in papers}) > 10
    alone = [[member for _section, member in draw([pools[2]], seed, shuffle=True)] for seed in range(20)]
    assert any(paper != MEMBERS[10:15] for paper in alone)
