"""What strangers pack: each trap is refused whole, with its reason, before anything is read: pure."""

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from hashlib import sha256

import pytest

from app.courses.packages.archives import open_package
from app.courses.packages.reading import read_package
from app.quizzes.interchange.archive import MAX_MEMBERS
from app.quizzes.interchange.model import CannotTake
from tests.support.olx import olx
from tests.support.packages import WISH, tarred, zipped

pytestmark = pytest.mark.no_database


def member(
    name: str, kind: bytes = tarfile.REGTYPE, target: str = "", pax: dict[str, str] | None = None
) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname, found.pax_headers = kind, target, pax or {}
    return found


def linked_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("course/static/a.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def with_header(edit: Callable[[bytearray], None]) -> bytes:
    """A tar of two files; the second one's header is edited, and its checksum made right again."""
    raw = bytearray(gzip.decompress(tarred({"course/a.xml": "x", "course/b.xml": "y"})))
    header = raw[1024:1536]
    edit(header)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    raw[1024:1536] = header
    return gzip.compress(bytes(raw))


def negative(header: bytearray) -> None:
    header[124:136] = b"\xff" * 12


def enormous(header: bytearray) -> None:
    header[124:136] = b"77777777777\0"


def extension(header: bytearray) -> None:
    header[156:157] = tarfile.GNUTYPE_LONGNAME
    header[124:136] = b"00000777777\0"


def sparse(header: bytearray) -> None:
    header[156:157] = tarfile.GNUTYPE_SPARSE


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (tarred({"../outside.xml": "x"}), "leads outside"),
        (tarred({"course/../../outside.xml": "x"}), "leads outside"),
        (tarred({"/etc/course.xml": "x"}), "leads outside"),
        (tarred({"C:\\course.xml": "x"}), "leads outside"),
        (tarred({}, member("course/a.xml", pax={"path": "/etc/passwd"})), "leads outside"),
        (tarred({}, member("course/a", tarfile.SYMTYPE, "/etc/passwd")), "a link or a device"),
        (tarred({}, member("course/a", tarfile.LNKTYPE, "course/b")), "a link or a device"),
        (tarred({}, member("course/a", tarfile.CHRTYPE)), "a link or a device"),
        (tarred({}, member("course/a", tarfile.BLKTYPE)), "a link or a device"),
        (tarred({}, member("course/a", tarfile.FIFOTYPE)), "a link or a device"),
        (with_header(sparse), "a link or a device"),
        (with_header(negative), "damaged"),
        (with_header(extension), "damaged"),
        (with_header(enormous), "far more than its size"),
        (tarred({}, member("course/a.xml", pax={"GNU.sparse.size": "9", "GNU.sparse.map": "0,9"})), "damaged"),
        (tarred({"course/a.xml": bytes(30_000_000)}), "far more than its size"),
        (tarred(dict.fromkeys(map(str, range(MAX_MEMBERS + 1)), "")), "more than 5000 files"),
        (tarred({"course/a.xml": "x", "course/./a.xml": "y"}), "two files named"),
        (tarred(olx())[:-200], "damaged"),
        (tarred({"course/a.xml": "x"}) + b"more", "damaged"),
        (gzip.compress(b"no tar at all" * 100), "damaged"),
        (b"\x1f\x8bno gzip", "damaged"),
        (linked_zip(), "a link or a device"),
        (zipped({"../course.xml": "x"}), "leads outside"),
        (zipped({"course/course.xml": bytes(5_000_000)}), "far more than its size"),
    ],
)
def test_a_trap_is_refused_whole(data: bytes, why: str) -> None:
    with pytest.raises(CannotTake, match=why):
        open_package(data)


def test_damage_in_any_way_of_packing_is_named() -> None:
    for packing in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2, zipfile.ZIP_DEFLATED):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", packing) as archive:
            archive.writestr("course/course.yaml", b"".join(sha256(bytes([n])).digest() for n in range(90)))
        data = bytearray(stream.getvalue())
        data[200:204] = b"\xff\xff\xff\xff"
        with pytest.raises(CannotTake, match="damaged"):
            open_package(bytes(data))


def test_what_follows_a_header_that_cannot_be_read_is_not_left_out_in_silence() -> None:
    raw = bytearray(gzip.decompress(tarred({"course/a.xml": "x", "course/b.xml": "y"})))
    raw[1024:1034] = b"!" * 10
    with pytest.raises(CannotTake, match="damaged"):
        open_package(gzip.compress(bytes(raw)))


def test_archives_inside_stay_closed_and_are_named() -> None:
    inner = {"course/static/more.zip": zipped({"a": "b"}), "course/static/more.tar.gz": tarred({"../a": "b"})}
    plan = read_package(tarred(olx() | inner), "course.tar.gz", WISH)
    assert "course.yaml" in plan.files
    assert {one.where for one in plan.left} >= set(inner)


@pytest.mark.parametrize(
    ("course", "why"),
    [
        ('<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><course display_name="&b;"/>', "document type"),
        ('<!DOCTYPE c SYSTEM "file:///etc/passwd"><course/>', "document type"),
        ("<course>" + "<chapter>" * 120 + "</chapter>" * 120 + "</course>", "nested too deeply"),
        ("<course", "XML cannot be read"),
        ("<problem/>", "no Open edX course"),
        ('<course url_name="../../../etc/passwd"/>', "outside the archive"),
        ('<course><chapter url_name="../../../etc/passwd"/></course>', "outside the archive"),
    ],
)
def test_a_course_file_that_is_a_trap_is_refused_whole(course: str, why: str) -> None:
    plan = read_package(tarred({"course/course.xml": course}), "course.tar.gz", WISH)
    assert plan.files == {}
    assert [why in str(one.why) for one in plan.left] == [True]
