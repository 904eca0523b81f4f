"""Open a ZIP file or gzipped tar that a stranger sent: nothing outside it, nothing linked, nothing that swells."""

import io
import posixpath
import tarfile
import zlib
from typing import Final, Self

from app.core.messages import N_
from app.quizzes.interchange.archive import (
    MAX_MEMBER,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_TOTAL,
    is_archive,
    read_archive,
)
from app.quizzes.interchange.model import CannotTake

_GZIP: Final = b"\x1f\x8b"
#: What the headers of a tar with the most members take, beside the files.
_MAX_HEADERS: Final = MAX_MEMBERS * 2048
#: Long names and their like; a header beyond this is a trap for whoever parses it.
_MAX_EXTENSION: Final = 16 * 1024
_PLAIN: Final = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE})
_EXTENSIONS: Final = frozenset({tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE})
_DAMAGED: Final = N_("the archive is damaged, encrypted or packed in an unknown way")
_SWOLLEN: Final = N_("the archive unpacks to far more than its size; it is not opened")


def open_package(data: bytes) -> dict[str, bytes]:
    """The files by their path inside. Raises CannotTake for the whole: a trap is not taken in part."""
    if is_archive(data):
        return read_archive(data, nested=True)
    if data.startswith(_GZIP):
        return _read_tar(_unzipped(data))
    raise CannotTake(N_("the file is neither a ZIP archive nor a gzipped tar archive (.tar.gz)"))


def _unzipped(data: bytes) -> bytes:
    """What is in a gzip file, and never more than we are willing to hold."""
    most = min(MAX_TOTAL + _MAX_HEADERS, max(MAX_RATIO * len(data), 100_000))
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        found = unpacker.decompress(data, most)
    except zlib.error:
        raise CannotTake(_DAMAGED) from None
    if unpacker.unconsumed_tail:
        raise CannotTake(_SWOLLEN)
    if not unpacker.eof or unpacker.unused_data.strip(b"\0"):
        raise CannotTake(_DAMAGED)
    return found


class _Header(tarfile.TarInfo):
    """A tar header that is refused before anything acts on it: tarfile trusts the sizes that it reads."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        found = super().frombuf(buf, encoding, errors)
        if found.type not in _PLAIN | _EXTENSIONS:
            raise CannotTake(
                N_("the archive has a link or a device in place of a file: %(name)s", name=found.name)
            )
        if found.size < 0 or (found.type in _EXTENSIONS and found.size > _MAX_EXTENSION):
            raise CannotTake(_DAMAGED)
        return found


def _read_tar(data: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", tarinfo=_Header) as archive:
            for number, member in enumerate(archive, 1):
                if number > MAX_MEMBERS:
                    raise CannotTake(N_("the archive has more than %(number)s files", number=MAX_MEMBERS))
                path = _safe_path(member)
                if member.isdir():
                    continue
                total += member.size
                if member.size > MAX_MEMBER or total > MAX_TOTAL:
                    raise CannotTake(_SWOLLEN)
                if path in files:
                    raise CannotTake(N_("the archive has two files named %(name)s", name=path))
                files[path] = _content(archive, member)
            if data[archive.offset :].strip(b"\0"):  # tarfile ends in silence at a header that it cannot read
                raise CannotTake(_DAMAGED)
    except (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, RecursionError):
        raise CannotTake(_DAMAGED) from None
    return files


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    found = stream.read() if stream is not None else b""
    if len(found) != member.size:
        raise CannotTake(_DAMAGED)
    return found


def _safe_path(member: tarfile.TarInfo) -> str:
    """Where the file lies inside. An extended header may have given another name and size than the plain one."""
    name = member.name.replace("\\", "/")
    if member.size < 0 or member.issparse() or not (member.isreg() or member.isdir()):
        raise CannotTake(_DAMAGED)
    if not name or name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
        raise CannotTake(N_("the archive has a file that leads outside it: %(name)s", name=name))
    return posixpath.normpath(name)
