"""One file that holds everything: the database and the stored files, with their checksums.

The database is copied first, as of one moment and while the site runs; files are written before the rows that
name them and are never changed, so those copied afterwards hold all that the database names.
"""

import hashlib
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import pysqlite3
from sqlalchemy import make_url

from app.config import Settings
from app.core import clock

MANIFEST = "manifest.json"
DATABASE = "database"
FORMAT = 1


class BackupError(RuntimeError):
    """A backup cannot be made or put back; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands at the end of a backup: how it was made, and the SHA-256 of every member."""

    format: int
    made_at: str
    kind: str
    revision: str
    members: dict[str, str]


class _Hashed(io.RawIOBase):
    """Passes bytes through and keeps their digest."""

    def __init__(self, source: IO[bytes]) -> None:
        super().__init__()
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        return data


def kind_of(settings: Settings) -> str:
    """``sqlite`` or ``postgresql``."""
    return make_url(settings.sqlalchemy_url).get_backend_name()


def _sqlite_path(settings: Settings) -> str:
    return make_url(settings.sqlalchemy_url).database or ""


def _libpq_url(settings: Settings) -> str:
    return settings.sqlalchemy_url.replace("postgresql+psycopg://", "postgresql://", 1)


def _tool(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    except FileNotFoundError:
        raise BackupError(f"{command[0]} is missing; install PostgreSQL's client programs") from None
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupError(f"{command[0]} failed: {reason}") from None


def _copy_database(settings: Settings, target: Path) -> None:
    if kind_of(settings) == "sqlite":
        with closing(pysqlite3.connect(_sqlite_path(settings), timeout=30)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
        return
    _tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", _libpq_url(settings))


def write_backup(settings: Settings, target: Path, revision: str) -> Manifest:
    """Write everything to ``target`` (.tar or .tar.gz), which appears only when it is whole.

    Raises BackupError when the file exists already or the database cannot be copied.
    """
    if target.exists():
        raise BackupError(f"{target} exists; choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        _copy_database(settings, copy)
        members: dict[str, str] = {}
        part = Path(folder) / "part"
        with tarfile.open(part, "w:gz" if target.suffix in {".gz", ".tgz"} else "w") as tar:
            sources = [(DATABASE, copy), *_stored_files(settings)]
            for name, path in sources:
                members[name] = _add(tar, name, path)
            manifest = Manifest(FORMAT, clock.now().isoformat(), kind_of(settings), revision, members)
            data = json.dumps(asdict(manifest), indent=1).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
        part.chmod(0o600)
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.rename(target)
    return manifest


def _stored_files(settings: Settings) -> Iterator[tuple[str, Path]]:
    root = settings.data_dir / "files"
    for path in sorted(root.glob("??/*")):
        if len(path.name) == 64:  # not a file that is just being written
            yield f"files/{path.parent.name}/{path.name}", path


def _add(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as stream:
        entry = tar.gettarinfo(arcname=name, fileobj=stream)
        hashed = _Hashed(stream)
        tar.addfile(entry, hashed)
    return hashed.digest.hexdigest()


def check_backup(source: Path) -> Manifest:
    """Read a whole backup and compare every checksum. Raises BackupError when anything is missing or damaged."""
    found: dict[str, str] = {}
    manifest: Manifest | None = None
    try:
        with tarfile.open(source) as tar:
            for entry in tar:
                stream = tar.extractfile(entry)
                if stream is None:
                    raise BackupError(f"{source}: {entry.name} is no file")
                if entry.name == MANIFEST:
                    manifest = Manifest(**json.load(stream))
                    continue
                found[entry.name] = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    except (OSError, EOFError, tarfile.TarError, TypeError, ValueError) as error:
        raise BackupError(f"{source} is no whole backup: {error}") from None
    if manifest is None or manifest.format != FORMAT:
        raise BackupError(f"{source} is no whole backup: it has no manifest of format {FORMAT}")
    if found != manifest.members:
        wrong = sorted(set(found.items()) ^ set(manifest.members.items()))[0][0]
        raise BackupError(f"{source} is damaged: {wrong} does not match its checksum")
    return manifest


@contextmanager
def _extracted(source: Path, settings: Settings) -> Iterator[Path]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data_dir, prefix=".restore-") as folder:
        with tarfile.open(source) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder)


def restore_backup(
    settings: Settings, source: Path, *, knows_revision: Callable[[str], bool], is_empty: bool, force: bool
) -> Manifest:
    """Put a backup in place of the present database, all or nothing, and its files beside those present.

    Raises BackupError, with nothing changed, when the backup is damaged, of another kind of database or of a newer
    version, or when the database is not empty and ``force`` is not given.
    """
    manifest = check_backup(source)
    if manifest.kind != kind_of(settings):
        raise BackupError(f"the backup is of {manifest.kind}, the configured database is {kind_of(settings)}")
    if not knows_revision(manifest.revision):
        raise BackupError(f"the backup was made by a newer version (database revision {manifest.revision})")
    if not is_empty and not force:
        raise BackupError("the database is not empty; --force replaces everything in it")
    with _extracted(source, settings) as folder:
        for path in (folder / "files").glob("??/*"):
            target = settings.data_dir / "files" / path.parent.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        _replace_database(settings, folder / DATABASE)
    return manifest


def _replace_database(settings: Settings, copy: Path) -> None:
    if kind_of(settings) == "sqlite":
        Path(_sqlite_path(settings)).parent.mkdir(parents=True, exist_ok=True)
        with (
            closing(pysqlite3.connect(str(copy))) as source,
            closing(pysqlite3.connect(_sqlite_path(settings), timeout=30)) as target,
        ):
            target.execute("PRAGMA journal_mode=WAL")
            target.execute("PRAGMA synchronous=FULL")
            source.backup(target)  # one transaction of the target, whoever reads it meanwhile
        return
    script = copy.with_name("restore.sql")
    _tool("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(copy))
    in_one = ("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    emptied = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    _tool(*in_one, f"--dbname={_libpq_url(settings)}", f"--command={emptied}", f"--file={script}")
