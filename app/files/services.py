"""Store and read content-addressed files."""

import hashlib
import os
import tempfile
from pathlib import Path

from app.core.errors import NotFound


def _path(root: Path, digest: str) -> Path:
    return root / "files" / digest[:2] / digest


def store(root: Path, data: bytes) -> str:
    """Keep the bytes under ``root`` durably and return their SHA-256 in hex.

    Safe to repeat and under crashes: a temporary file is synced and renamed, so no name holds half a file.
    """
    digest = hashlib.sha256(data).hexdigest()
    target = _path(root, digest)
    if target.exists():
        return digest
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    Path(name).replace(target)
    sync_folder(target.parent)
    return digest


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(root: Path, digest: str) -> bytes:
    """The bytes, checked against their name. Raises NotFound when missing or damaged."""
    path = _path(root, digest)
    data = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(data).hexdigest() != digest:
        raise NotFound
    return data


def locate(root: Path, digest: str) -> Path:
    """Where a file lies that is too long to be read whole; its bytes are not checked. Raises NotFound."""
    path = _path(root, digest)
    if not path.is_file():
        raise NotFound
    return path


def adopt(root: Path, source: Path, digest: str) -> None:
    """Take a file that lies synced on the same disk under its SHA-256, which the caller has computed; it moves."""
    target = _path(root, digest)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    sync_folder(target.parent)
