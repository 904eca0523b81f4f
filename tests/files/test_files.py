"""Content-addressed files."""

import hashlib
import threading
from pathlib import Path

import pytest

from app.core.errors import NotFound
from app.files import services as files


def test_what_is_stored_is_read_back_under_its_digest(tmp_path: Path) -> None:
    digest = files.store(tmp_path, "证书".encode())
    assert digest == hashlib.sha256("证书".encode()).hexdigest()
    assert files.read(tmp_path, digest).decode() == "证书"
    assert files.store(tmp_path, "证书".encode()) == digest


def test_a_missing_or_damaged_file_is_not_found(tmp_path: Path) -> None:
    digest = files.store(tmp_path, b"whole")
    (path,) = (tmp_path / "files").rglob(digest)
    path.write_bytes(b"half")
    with pytest.raises(NotFound):
        files.read(tmp_path, digest)
    with pytest.raises(NotFound):
        files.read(tmp_path, "0" * 64)


def test_many_writers_of_one_file_leave_one_file(tmp_path: Path) -> None:
    data = b"x" * 1_000_000
    threads = [threading.Thread(target=files.store, args=(tmp_path, data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [
        hashlib.sha256(data).hexdigest()
    ]
