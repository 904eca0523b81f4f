"""What is found in a file, and the words for a damaged one."""

import mmap
from dataclasses import dataclass
from typing import Final

from app.courses.content.pictures import Unsafe

#: A whole file: its bytes, or the file mapped into memory.
Data = bytes | mmap.mmap
#: Boxes or elements of one level; the blocks of a day's recording that say no clusters are some millions.
MAX_PARTS: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Found:
    """A recording or attachment that lessons can show."""

    #: ``video``, ``audio`` or ``file``: the block that places it.
    kind: str
    media_type: str
    #: How long it lasts; None where the file does not say.
    seconds: float | None = None
    width: int | None = None
    height: int | None = None


def damaged(why: str) -> Unsafe:
    """For what breaks off or contradicts itself."""
    return Unsafe(f"the recording is damaged: {why}", "save it anew")


def cannot_play(coding: str, instead: str) -> Unsafe:
    """For a coding that not every browser plays."""
    return Unsafe(f"the recording is coded as {coding}, which not every browser plays", f"save it with {instead}")
