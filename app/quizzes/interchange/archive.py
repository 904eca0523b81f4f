"""Open a ZIP file that a stranger sent: nothing outside it, nothing linked, nothing that swells."""

import io
import lzma
import posixpath
import stat
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from app.core.messages import N_
from app.quizzes.interchange.model import CannotTake

MAX_MEMBERS: Final = 5_000
MAX_MEMBER: Final = 20 * 1024 * 1024
MAX_TOTAL: Final = 100 * 1024 * 1024
#: Text compresses about tenfold; beyond this a file was made to swell.
MAX_RATIO: Final = 200
#: What unpacking raises for bytes that nobody packed so.
_UNREADABLE: Final = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, OSError),
)
#: The mark of names in UTF-8.
_UTF8: Final = 0x800
#: How archives begin.
NESTED: Final = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")


def is_archive(data: bytes) -> bool:
    """Does this begin as a ZIP file?"""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_archive(data: bytes, *, nested: bool = False) -> dict[str, bytes]:
    """The files by their path inside; ``nested``: archives inside are files like others, and stay closed.

    Raises CannotTake for the whole archive: a trap is not taken in part.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_MEMBERS:
                raise CannotTake(N_("the archive has more than %(number)s files", number=MAX_MEMBERS))
            return _read_members(archive, members, nested=nested)
    except _UNREADABLE:
        raise CannotTake(N_("the archive is damaged, encrypted or packed in an unknown way")) from None


def _read_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], *, nested: bool) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = 0
    for member in members:
        path = _safe_path(member)
        if member.is_dir() or path.startswith("__MACOSX/"):
            continue
        if path in files:
            raise CannotTake(N_("the archive has two files named %(name)s", name=path))
        with archive.open(member) as stream:
            content = stream.read(MAX_MEMBER + 1)
        total += len(content)
        swollen = len(content) > 100_000 and len(content) > MAX_RATIO * max(member.compress_size, 1)
        if len(content) > MAX_MEMBER or total > MAX_TOTAL or swollen:
            raise CannotTake(N_("the archive unpacks to far more than its size; it is not opened"))
        if not nested and content.startswith(NESTED):
            raise CannotTake(N_("the archive holds another archive: %(name)s", name=path))
        files[path] = content
    return files


def _name_of(member: zipfile.ZipInfo) -> str:
    """The name as it was meant: without the mark for UTF-8 it is in the packer's own encoding, here GB 18030."""
    name = member.orig_filename
    if member.flag_bits & _UTF8 or name.isascii():
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return name


def _safe_path(member: zipfile.ZipInfo) -> str:
    name = _name_of(member).replace("\\", "/")
    outside = name.startswith("/") or ":" in name or "\x00" in name or ".." in name.split("/")
    if outside or not name:
        raise CannotTake(N_("the archive has a file that leads outside it: %(name)s", name=name))
    mode = member.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) and stat.S_IFMT(mode):
        raise CannotTake(N_("the archive has a link or a device in place of a file: %(name)s", name=name))
    return posixpath.normpath(name)


def folder_of(files: Mapping[str, bytes], name: str) -> str | None:
    """The outermost folder with a file of this name (empty: none around it); None where there is no such file."""
    found = [path.removesuffix(name) for path in files if path == name or path.endswith(f"/{name}")]
    return min(found, key=lambda folder: folder.count("/"), default=None)


def inside(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """The files in a folder, by their path from there."""
    return {path.removeprefix(folder): data for path, data in files.items() if path.startswith(folder)}


def write_archive(files: dict[str, bytes]) -> bytes:
    """A ZIP file; the same content gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def beside(path: str, reference: str) -> str:
    """The path of what a file refers to, from the archive's root. Raises CannotTake when it leads outside."""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), reference.split("#", maxsplit=1)[0]))
    if joined.startswith(("../", "/")) or joined == "..":
        raise CannotTake(N_("it refers to a file outside the archive: %(name)s", name=reference))
    return joined
