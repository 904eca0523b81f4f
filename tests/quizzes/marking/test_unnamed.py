"""What markers download says nothing of its author, and is otherwise what was handed in."""

import io
import time
import zipfile

import openpyxl
import pikepdf
import pytest
from lxml import etree
from openpyxl.comments import Comment
from PIL import Image, PngImagePlugin

from app.quizzes.grading.file_types import kind_of
from app.quizzes.marking.unnamed import stripped, unnamed
from tests.support.author_traces import authored_pdf, traces

pytestmark = pytest.mark.no_database

NAME = "Lin Jianwei"


def picture() -> Image.Image:
    image = Image.new("RGB", (30, 20), "white")
    image.putpixel((3, 4), (200, 10, 10))
    return image


def jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B], exif[0x0132] = 6, NAME, "2026:11:23 09:00:00"
    written = io.BytesIO()
    picture().save(written, "JPEG", exif=exif, comment=NAME.encode(), progressive=True)
    return written.getvalue()


def png() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", NAME)
    said.add_itxt("Author", NAME, zip=False)
    written = io.BytesIO()
    picture().save(written, "PNG", pnginfo=said)
    return written.getvalue()


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = NAME
    sheet = book.worksheets[0]
    sheet["A1"] = "答案"
    sheet["A1"].comment = Comment("请核对", NAME)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def docx() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.comment = NAME.encode()
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("docProps/core.xml", f"<p><dc:creator>{NAME}</dc:creator></p>")
        archive.writestr("docProps/app.xml", "<p><Company>Example University</Company></p>")
        changed = f"<w:document><w:ins w:id='1' w:author=\"{NAME}\" w:initials='LJ'>答案</w:ins></w:document>"
        archive.writestr("word/document.xml", changed)
        archive.writestr("word/media/image1.jpeg", jpeg())
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "data"),
    [("jpeg", jpeg()), ("png", png()), ("pdf", authored_pdf(NAME)), ("xlsx", xlsx()), ("docx", docx())],
    ids=["jpeg", "png", "pdf", "xlsx", "docx"],
)
def test_no_trace_of_the_author_is_left(kind: str, data: bytes) -> None:
    assert traces(data, NAME) != []
    bare = stripped(kind, data)
    assert traces(bare, NAME) == []
    assert kind_of(bare) == kind
    assert stripped(kind, bare) == bare


def test_the_picture_is_the_same_and_the_same_way_up() -> None:
    for kind, data in (("jpeg", jpeg()), ("png", png())):
        with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(stripped(kind, data))) as after:
            assert before.tobytes() == after.tobytes()
            assert dict(after.getexif()) == ({0x0112: 6} if kind == "jpeg" else {})


def test_a_document_does_nothing_by_itself() -> None:
    """Scripts where readers look for them: on opening, by name, at a page, behind a link's, at a field."""

    def script(*, then: str = "/JavaScript") -> pikepdf.Dictionary:
        return pikepdf.Dictionary(S=pikepdf.Name(then), JS="app.alert(1)", F="evil.exe")

    written = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page()
        document.Root.OpenAction = script()
        named = pikepdf.Array([pikepdf.String("a"), document.make_indirect(script())])
        document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=named))
        page.obj.AA = pikepdf.Dictionary(O=script())
        leads = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/", Next=script(then="/Launch"))
        page.obj.Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=leads)])
        field = document.make_indirect(
            pikepdf.Dictionary(T="f", AA=pikepdf.Dictionary(K=script(then="/SubmitForm")))
        )
        document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        document.save(written)
    with pikepdf.open(io.BytesIO(stripped("pdf", written.getvalue()))) as document:
        left = b"".join(each.unparse(resolved=True) for each in document.objects)
    assert not any(word in left for word in (b"alert", b"evil", b"/Launch", b"/SubmitForm", b"/OpenAction"))
    assert b"https://example.org/" in left


LINKED = """<?xml version="1.0" encoding="UTF-8"?>
<r:Relationships xmlns:r="http://schemas.openxmlformats.org/package/2006/relationships">
<r:Relationship TargetMode='Ext&#101;rnal' Target="https://example.org/pixel.png" Id="p" Type="urn:made-up/image"/>
<r:Relationship Id="t" Type="urn:made-up/attachedTemplate" Target="//example.org/t.dotx" TargetMode="External"/>
<r:Relationship Id="l" Type="urn:made-up/hyperlink" Target="https://example.org/law" TargetMode="External"/>
<r:Relationship Id="s" Type="urn:made-up/styles" Target="styles.xml"/>
</r:Relationships>"""


def test_an_office_file_fetches_nothing_when_it_is_opened() -> None:
    """Pictures and templates from elsewhere would tell the candidate who marks, and when; links are kept."""
    written = io.BytesIO(docx())
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("word/_rels/document.xml.rels", LINKED)
        archive.writestr("word/_rels/damaged.xml.rels", "<Relationships")
    with zipfile.ZipFile(io.BytesIO(stripped("docx", written.getvalue()))) as archive:
        found = etree.fromstring(archive.read("word/_rels/document.xml.rels"))
        assert archive.read("word/_rels/damaged.xml.rels") == b"<Relationships"
    assert {each.get("Id"): each.get("Target") for each in found} == {
        "p": "NULL",
        "t": "NULL",
        "l": "https://example.org/law",
        "s": "styles.xml",
    }


def test_what_was_written_stays() -> None:
    book = openpyxl.load_workbook(io.BytesIO(stripped("xlsx", xlsx())))
    cell = book.worksheets[0]["A1"]
    assert (cell.value, cell.comment.text) == ("答案", "请核对")
    with zipfile.ZipFile(io.BytesIO(stripped("docx", docx()))) as archive:
        assert archive.read("word/document.xml").decode() == (
            '<w:document><w:ins w:id=\'1\' w:author="" w:initials="">答案</w:ins></w:document>'
        )


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("jpeg", jpeg()[:60]),
        ("jpeg", b"\xff\xd8\xff\xe0\xff\xff\xff\xd9"),
        ("pdf", b"%PDF-1.7\nfor tests\n%%EOF\n"),
        ("docx", b"PK\x03\x04"),
        ("text", "答案".encode()),
    ],
)
def test_what_cannot_be_taken_apart_is_given_as_it_was_handed_in(kind: str, data: bytes) -> None:
    assert unnamed(kind, data) == data


def test_nothing_is_taken_apart_beyond_the_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two kilobytes of PDF can ask for a gigabyte, and more. This one asks for as much as it is long: a small one
    may find room in what the process has already."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(authored_pdf(NAME))) as long:
        long.pages[0].Contents = pikepdf.Stream(long, bytes(16 * 2**20))
        long.save(written, compress_streams=False)
    document = written.getvalue()
    assert traces(unnamed("pdf", document), NAME) == []
    monkeypatch.setattr("app.quizzes.marking.unnamed.MAX_MEMORY", 16 * 2**20)
    as_it_was = unnamed("pdf", document) == document
    assert as_it_was  # no report of how sixteen megabytes differ


def test_no_search_for_a_path_runs_away() -> None:
    """An unclosed tag 100,000 times, in a file of two kilobytes: each was searched to the end."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x15ac:absPath " * 100_000 + b"url='C:\\Users\\Lin Jianwei'/>")
    assert len(written.getvalue()) < 10_000
    started = time.process_time()
    assert traces(stripped("xlsx", written.getvalue()), NAME) == []
    assert time.process_time() - started < 30  # it took an hour


def test_no_damaged_or_hostile_file_keeps_a_marker_from_reading() -> None:
    """Each brings a parser to fail in another way: its decoder, its check for bombs, its want of a password."""
    written, picture = docx(), jpeg()
    name = b"word/document.xml"
    at = written.index(name) + len(name)
    listed = written.index(b"PK\x01\x02")
    size = picture.index(b"\xff\xc2") + 5  # of a progressive picture
    for kind, data in (
        ("docx", written[:at] + b"\xff" * 10 + written[at + 10 :]),
        ("docx", written[: listed + 8] + b"\x01" + written[listed + 9 :]),
        ("jpeg", picture[:size] + b"\xea\x60\xea\x60" + picture[size + 4 :]),
    ):
        assert unnamed(kind, data) == data
