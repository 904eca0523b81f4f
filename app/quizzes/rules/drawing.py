"""Draw one paper from the pools of a quiz."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

#: Before anything was seen.
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DrawnPool:
    """A pool as drawing needs it."""

    pick: int
    members: Sequence[uuid.UUID]
    section: int = 0


def draw(
    pools: Sequence[DrawnPool],
    seed: int,
    *,
    shuffle: bool,
    seen: Mapping[uuid.UUID, datetime] | None = None,
) -> list[tuple[int, uuid.UUID]]:
    """The questions of one paper with their sections: ``pick`` of each pool, sections in their order.

    What the candidate has not seen comes first, then what she saw longest ago (``seen``: member → when she last
    had it). The same seed and the same past draw the same paper.
    """
    rng = random.Random(seed)  # noqa: S311 - the seed itself comes from the system's generator
    past = seen or {}
    paper: list[tuple[int, uuid.UUID]] = []
    for section in sorted({pool.section for pool in pools}):
        part: list[uuid.UUID] = []
        for pool in pools:
            if pool.section == section:
                part += _pick(pool, rng, past, shuffle=shuffle)
        if shuffle:
            rng.shuffle(part)
        paper += [(section, member) for member in part]
    return paper


def _pick(
    pool: DrawnPool, rng: random.Random, past: Mapping[uuid.UUID, datetime], *, shuffle: bool
) -> list[uuid.UUID]:
    mixed = rng.sample(range(len(pool.members)), len(pool.members))
    mixed.sort(key=lambda place: past.get(pool.members[place], _NEVER))  # stable: equals stay mixed
    drawn = mixed[: pool.pick]
    return [pool.members[place] for place in (drawn if shuffle else sorted(drawn))]
