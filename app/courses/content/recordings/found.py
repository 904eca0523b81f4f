"""What is found in a file, and the words for a damaged one."""

import mmap
from dataclasses import dataclass
from typing import Final

from app.core.messages import N_, Message
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


def damaged(wrong: Message) -> Unsafe:
    """For what breaks off or contradicts itself."""
    return Unsafe(wrong, N_("save it anew"))


def cannot_play(coding: str | Message, mend: Message) -> Unsafe:
    """For a coding that not every browser plays."""
    return Unsafe(N_("the recording is coded as %(coding)s, which not every browser plays", coding=coding), mend)
