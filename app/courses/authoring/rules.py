"""What a course in work is made of: paths, trees of files and the states of a draft. Pure."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from app.core.digests import digest_of

#: Path → SHA-256 of the file.
Manifest = Mapping[str, str]

#: A lesson of 500 pages would fit; more is a mistake.
MAX_TEXT: Final = 1_000_000
MAX_FILES: Final = 2_000
TEXT_SUFFIXES: Final = frozenset({".yaml", ".md", ".vtt", ".txt"})
_STEP: Final = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$")


class DraftState(StrEnum):
    OPEN = "open"
    IN_REVIEW = "in_review"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    PUBLISHED = "published"
    ABANDONED = "abandoned"

    @property
    def is_over(self) -> bool:
        return self in (DraftState.PUBLISHED, DraftState.ABANDONED)


class Decision(StrEnum):
    """What a reviewer says of a draft."""

    APPROVE = "approve"
    SEND_BACK = "send_back"


class Moving(StrEnum):
    """What becomes of trainees under way when a course is published."""

    #: They finish the revision they started.
    KEEP = "keep"
    #: They go on in the new revision; what they have done in sections that are still there stays done.
    MOVE = "move"


class Origin(StrEnum):
    BROWSER = "browser"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class FileHead:
    """The present state of a file in a draft. Version 0 is the published file that the draft began with."""

    path: str
    version: int
    #: None: the file is deleted.
    digest: str | None

    @property
    def is_deleted(self) -> bool:
        return self.digest is None


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer to a save. With ``conflict_id`` nothing was overwritten: ``version`` and ``text`` are the head's,
    and what was sent is kept whole in that conflict."""

    path: str
    version: int
    digest: str | None
    #: The text as it is now; None for a deleted file.
    text: str | None
    #: Somebody else had saved in between and both changes are in the text.
    merged: bool = False
    conflict_id: uuid.UUID | None = None


def digest_of_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of_text(text: str) -> str:
    """The SHA-256 of the file with this text."""
    return digest_of_bytes(text.encode())


def digest_of_tree(files: Manifest) -> str:
    return digest_of(dict(files))


def figures_in(files: Manifest) -> dict[str, str]:
    """The digests of a course's figures by file name."""
    return {path.removeprefix("figures/"): digest for path, digest in files.items() if path.startswith("figures/")}


def is_path(path: str) -> bool:
    """A relative path of at most three plain steps, which no system misreads and no reader of content/ skips."""
    steps = path.split("/")
    return len(steps) <= 3 and all(_STEP.match(step) and not step.endswith(".") for step in steps)


def is_text(path: str) -> bool:
    """Is the file edited as text? Everything else (figures, audio) is kept whole."""
    return PurePosixPath(path).suffix in TEXT_SUFFIXES


def as_text(path: str, data: bytes) -> str | None:
    """The file's text, or None where it can only be kept as bytes."""
    if not is_text(path) or b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


_KEY: Final = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def is_course_key(key: str) -> bool:
    """Can the key be the name of a course's folder?"""
    return len(key) <= 60 and _KEY.match(key) is not None
