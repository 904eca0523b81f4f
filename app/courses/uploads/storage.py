"""The pieces of uploads on the disk, and the whole file that they make."""

import hashlib
import mmap
import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.core.identifiers import new_id
from app.files.services import sync_folder

_BLOCK: Final = 64 * 1024
#: Room that uploads leave for the database and everything else.
RESERVE: Final = 512 * 1024 * 1024


def _folder(root: Path, upload_id: uuid.UUID) -> Path:
    return root / "uploads" / str(upload_id)


def has_room(root: Path, size: int) -> bool:
    """Is there room for the pieces and, for a moment, the whole beside them?"""
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free > 2 * size + RESERVE


@dataclass(frozen=True, slots=True)
class Arrived:
    """A piece that is on the disk."""

    file: str
    size: int


def keep_piece(root: Path, upload_id: uuid.UUID, read: Callable[[int], bytes], most: int) -> Arrived:
    """Write what ``read`` gives, up to ``most`` bytes, to a file of its own, durably.

    When the line breaks, what came until then is kept: ``read`` then raises OSError, or gives nothing more.
    When the disk cannot take it, nothing is. Raises OSError; FileNotFoundError for an upload discarded meanwhile.
    """
    folder = _folder(root, upload_id)
    folder.mkdir(parents=True, exist_ok=True)
    name, size = str(new_id()), 0
    try:
        with (folder / name).open("xb") as stream:
            while size < most and (block := _block(read, min(_BLOCK, most - size))):
                stream.write(block)
                size += len(block)
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(folder)
    except OSError:  # part of a block may stand in the file, which then is longer than what we counted
        drop_piece(root, upload_id, name)
        raise
    return Arrived(name, size)


def _block(read: Callable[[int], bytes], most: int) -> bytes:
    """The next bytes; none when the line broke: the sender asks how far we came, and goes on there."""
    try:
        return read(most)
    except OSError:
        return b""


def drop_piece(root: Path, upload_id: uuid.UUID, file: str) -> None:
    """Remove a piece that nothing names."""
    (_folder(root, upload_id) / file).unlink(missing_ok=True)


def drop_all(root: Path, upload_id: uuid.UUID) -> None:
    """Remove everything of an upload. Safe to repeat."""
    shutil.rmtree(_folder(root, upload_id), ignore_errors=True)


def folders(root: Path) -> Iterator[uuid.UUID]:
    """The uploads of which anything lies on the disk."""
    for path in (root / "uploads").glob("*"):
        yield uuid.UUID(path.name)


@dataclass(frozen=True, slots=True)
class Whole:
    """All pieces in one file."""

    path: Path
    digest: str

    @contextmanager
    def bytes(self) -> Iterator[mmap.mmap]:
        """The file mapped into memory."""
        with self.path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data


@contextmanager
def assembled(root: Path, upload_id: uuid.UUID, pieces: Iterable[str]) -> Iterator[Whole]:
    """The pieces in order as one file, on the disk; whoever keeps it moves it away, else it is gone afterwards.

    Raises FileNotFoundError when somebody else was quicker and the pieces are gone.
    """
    folder = _folder(root, upload_id)
    path = folder / f"whole-{new_id()}"
    whole = hashlib.sha256()
    try:
        with path.open("xb") as out:
            for piece in pieces:
                with (folder / piece).open("rb") as stream:
                    while block := stream.read(1024 * 1024):
                        out.write(block)
                        whole.update(block)
            out.flush()
            os.fsync(out.fileno())
        yield Whole(path, whole.hexdigest())
    finally:
        path.unlink(missing_ok=True)
