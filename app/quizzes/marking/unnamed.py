"""Files as markers get them: without what programs write into them about their author.

Words and pictures stay as they were handed in; what a candidate says of herself in them stays, too. What a file
would do by itself goes, for it could tell who opened it and when: a PDF runs scripts, starts programs and sends
forms; an Office file fetches pictures and templates from elsewhere.

A file is taken apart by a process of its own, this file as a program: two kilobytes can ask a parser for gigabytes
or for hours, and the server must be able to refuse both.
"""

import io
import re
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from typing import Final
from xml.etree import ElementTree

import pikepdf
import structlog
from PIL import Image

#: What taking a file apart may cost; beyond it the file stays as it was handed in.
MAX_MEMORY: Final = 1024 * 2**20
MAX_SECONDS: Final = 20
#: An archive that unpacks to more is left as it was handed in.
MAX_UNPACKED: Final = 256 * 2**20
_ORIENTATION: Final = 0x0112
#: A marker of a JPEG after the coded picture: neither a stuffed byte, nor a restart, nor filling.
_AFTER_SCAN: Final = re.compile(rb"\xff(?![\x00\xff\xd0-\xd7])")
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP bKGD pHYs sBIT hIST sPLT acTL fcTL fdAT cICP".split()
)
_EMPTY: Final = {
    "docProps/core.xml": b"<cp:coreProperties"
    b' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b"<Properties"
    b' xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b"<Properties"
    b' xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}


def _attributes(*names: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"(\s(?:\w+:)?(?:" + b"|".join(names) + rb""")\s*=\s*)(?:"[^"]*"|'[^']*')""")


#: Where Office programs name people: members of the archive, what to look for, what to put there.
_PEOPLE: Final = (
    (re.compile(r"word/.*\.xml"), _attributes(b"author", b"initials", b"userId"), rb'\1""'),
    (re.compile(r"xl/persons/.*\.xml"), _attributes(b"displayName", b"userId"), rb'\1""'),
    (re.compile(r"xl/comments.*\.xml"), re.compile(rb"(<(?:\w+:)?author>)[^<]*"), rb"\1"),
    (re.compile(r"xl/workbook\.xml"), _attributes(b"userName"), rb'\1""'),
    (
        re.compile(r"xl/workbook\.xml"),
        re.compile(rb"(<x15ac:absPath\b[^<>]*\burl=)(?:\"[^\"]*\"|'[^']*')"),
        rb'\1""',
    ),
    (re.compile(r"ppt/(commentAuthors|authors)\.xml"), _attributes(b"name", b"initials", b"userId"), rb'\1""'),
)

#: The relations of an Office file's parts (ECMA-376, part 2), and those that wait for a click.
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_ON_CLICK: Final = "/hyperlink"
#: Where a relation leads that led elsewhere: Office shows an empty frame.
_NOWHERE: Final = "NULL"

#: What an action of a PDF does beyond showing and leading somewhere.
_ACTIONS: Final = (b"/JavaScript", b"/Launch", b"/SubmitForm", b"/ImportData")

_PICTURES: Final = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png"}

log = structlog.get_logger()


def unnamed(kind: str, data: bytes) -> bytes:
    """The file without its author's traces; as it is where it has none, or cannot be taken apart within bounds."""
    if kind not in _STRIPPERS:
        return data
    command = [sys.executable, "-I", __file__, kind, str(MAX_MEMORY), str(MAX_SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and none of the server's secrets in its environment
            command, input=data, capture_output=True, check=True, timeout=3 * MAX_SECONDS, env={}
        )
    except (subprocess.SubprocessError, OSError) as error:
        log.warning("marking.file_left_as_it_is", kind=kind, error=type(error).__name__)
        return data
    return done.stdout


def stripped(kind: str, data: bytes) -> bytes:
    """The same in this process, without bounds. Raises whatever a parser does."""
    return _STRIPPERS[kind](data)


def _jpeg(data: bytes) -> bytes:
    """Comments and application segments go; colours stay, and which way up it is."""
    with Image.open(io.BytesIO(data)) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1)
    found, at = bytearray(data[:2]), 2
    if turned != 1:
        exif = Image.Exif()
        exif[_ORIENTATION] = turned
        written = exif.tobytes()
        found += b"\xff\xe1" + struct.pack(">H", len(written) + 2) + written
    while data[at : at + 2] != b"\xff\xd9":
        lead, marker, size = struct.unpack_from(">BBH", data, at)
        if lead != 0xFF:
            raise ValueError("no marker where one belongs")
        end = at + 2 + size
        if marker == 0xDA:  # the coded picture follows its header
            after = _AFTER_SCAN.search(data, end)
            if after is None:
                raise ValueError("a picture without an end")
            end = after.start()
        segment = data[at:end]
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE) or segment[4:].startswith((b"ICC_PROFILE", b"Adobe")):
            found += segment
        at = end
    return bytes(found + b"\xff\xd9")


def _png(data: bytes) -> bytes:
    found, at = bytearray(data[:8]), 8
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        if name in _PNG_KEPT:
            found += data[at : at + size + 12]
        at += size + 12
        if name == b"IEND":
            break
    return bytes(found)


def _office(data: bytes) -> bytes:
    """Properties, authors of comments and changes, and the times of an Office file's parts."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bare:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MAX_UNPACKED:
            return data
        for member in members:
            bare.writestr(zipfile.ZipInfo(member.filename), _member(member.filename, archive.read(member)))
    return written.getvalue()


def _member(name: str, content: bytes) -> bytes:
    if name in _EMPTY:
        return _EMPTY[name]
    if name.endswith(".rels"):
        return _relations(content)
    picture = _PICTURES.get(name[name.rfind(".") :].lower()) if "/media/" in name else None
    if picture is not None:
        try:
            return stripped(picture, content)
        except Exception:  # noqa: BLE001 - what a damaged picture does to a parser is anybody's guess
            return content
    for where, people, instead in _PEOPLE:
        if where.fullmatch(name):
            content = people.sub(instead, content)
    return content


def _relations(content: bytes) -> bytes:
    """Nothing is fetched from elsewhere when the file is opened; links wait for a click, and stay."""
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 - in a process with bounds
    except ElementTree.ParseError:
        return content  # Office does not read it either
    fetched = [
        each
        for each in root
        if each.get("TargetMode", "").lower() == "external" and not each.get("Type", "").endswith(_ON_CLICK)
    ]
    for each in fetched:
        each.set("Target", _NOWHERE)
    if not fetched:
        return content
    ElementTree.register_namespace("", _RELATIONS)  # without a prefix, as Office writes it
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _pdf(data: bytes) -> bytes:
    """Properties, the authors of notes on its pages, and what it would do by itself."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for holder, name in (
            (document.trailer, "/Info"),
            (document.Root, "/Metadata"),
            (document.Root, "/PieceInfo"),
            (document.Root, "/OpenAction"),
        ):
            if name in holder:
                del holder[name]
        for page in document.pages:
            for name in ("/PieceInfo", "/Metadata"):
                if name in page.obj:
                    del page.obj[name]
            for note in page.obj.get("/Annots", ()):
                if isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") != "/Widget" and "/T" in note:
                    del note["/T"]
        for each in document.objects:
            written_out = each.unparse(resolved=True)
            if any(action in written_out for action in _ACTIONS):  # few have one, and looking closer takes long
                _stop_actions(each)
        document.save(written, deterministic_id=True)
    return written.getvalue()


def _stop_actions(found: pikepdf.Object) -> None:
    """Have this object of a PDF, and what stands in it itself, do nothing."""
    if isinstance(found, pikepdf.Array):
        inner = list(found)
    elif isinstance(found, pikepdf.Dictionary):
        inner = [value for _name, value in found.items()]
        kind = found.get("/S")
        if isinstance(kind, pikepdf.Name) and str(kind).encode() in _ACTIONS:
            found["/S"], inner = pikepdf.Name.Nothing, []
            for name in ("/JS", "/F", "/Win", "/Next"):
                if name in found:
                    del found[name]
    else:
        return
    for each in inner:
        if isinstance(each, pikepdf.Object) and not each.is_indirect:
            _stop_actions(each)


_STRIPPERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "jpeg": _jpeg,
    "png": _png,
    "docx": _office,
    "xlsx": _office,
    "pptx": _office,
    "pdf": _pdf,
}


def _main(kind: str, memory: int, seconds: int) -> None:
    """Take the file on standard input apart, within bounds."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    sys.stdout.buffer.write(stripped(kind, sys.stdin.buffer.read()))


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
