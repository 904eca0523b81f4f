"""What markers download says nothing of its author, and is otherwise what was handed in."""

import io
import zipfile

import openpyxl
import pytest
from openpyxl.comments import Comment
from PIL import Image, PngImagePlugin

from app.quizzes.grading.file_types import kind_of
from app.quizzes.marking.unnamed import unnamed
from tests.support.author_traces import authored_pdf, traces

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
    bare = unnamed(kind, data)
    assert traces(bare, NAME) == []
    assert kind_of(bare) == kind
    assert unnamed(kind, bare) == bare


def test_the_picture_is_the_same_and_the_same_way_up() -> None:
    for kind, data in (("jpeg", jpeg()), ("png", png())):
        with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(unnamed(kind, data))) as after:
            assert before.tobytes() == after.tobytes()
            assert dict(after.getexif()) == ({0x0112: 6} if kind == "jpeg" else {})


def test_what_was_written_stays() -> None:
    book = openpyxl.load_workbook(io.BytesIO(unnamed("xlsx", xlsx())))
    cell = book.worksheets[0]["A1"]
    assert (cell.value, cell.comment.text) == ("答案", "请核对")
    with zipfile.ZipFile(io.BytesIO(unnamed("docx", docx()))) as archive:
        assert archive.read("word/document.xml").decode() == (
            '<w:document><w:ins w:id=\'1\' w:author="" w:initials="">答案</w:ins></w:document>'
        )


@pytest.mark.parametrize("kind", ["jpeg", "pdf", "docx", "text"])
def test_what_cannot_be_taken_apart_is_given_as_it_was_handed_in(kind: str) -> None:
    for data in (
        b"",
        b"%PDF-1.7\nfor tests\n%%EOF\n",
        b"\xff\xd8\xff\xe0\xff\xff\xff\xd9",
        b"PK\x03\x04",
        jpeg()[:60],
    ):
        assert unnamed(kind, data) == data


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
