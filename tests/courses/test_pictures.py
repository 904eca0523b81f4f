"""Pictures are what their bytes say, and lose everything but their drawing before anybody sees them."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms, ImageFile

from app.core.messages import N_
from app.courses.content.figure_checks import findings
from app.courses.content.pictures import MAX_BYTES, MAX_WIDTH, Unsafe, make_safe, media_type_of, size_of

pytestmark = pytest.mark.no_database
SECRET = "31.2304N 121.4737E"


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    """Left half dark, right half light."""
    image = Image.new("L", size, 0)
    image.paste(255, (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **more)
    return out.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def huge_png(width: int, height: int) -> bytes:
    """A small file that says it is enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def with_secrets() -> bytes:
    """A photograph lying on its side, with place, comment, colour profile and a second file behind it."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = SECRET, 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = picture("JPEG", exif=exif, comment=SECRET.encode(), icc_profile=profile)
    return sent + b"PK\x03\x04" + SECRET.encode()


def test_a_photograph_keeps_its_picture_and_nothing_else() -> None:
    sent = with_secrets()
    assert findings("a.jpg", sent)[0].wrong == N_("the picture carries EXIF data, such as place and camera")
    safe = make_safe(sent)
    image = decoded(safe.data)
    assert (safe.suffix, image.format, image.size) == (".jpg", "JPEG", (20, 40))  # turned upright
    assert SECRET.encode() not in safe.data
    assert b"PK\x03\x04" not in safe.data
    assert not set(image.info) & {"exif", "comment", "icc_profile"}
    grey = image.convert("L")
    assert grey.getpixel((10, 5)) in range(30)
    assert grey.getpixel((10, 35)) in range(225, 256)
    assert findings("a.jpg", safe.data) == ()
    assert size_of(safe.data) == (20, 40)
    assert make_safe(sent) == safe


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_scaled_and_looks_the_same(mode: str) -> None:
    if mode == "I;16":
        row = struct.pack("<H", 20 * 256) * 1600 + struct.pack("<H", 220 * 256) * 1600
        wide = Image.frombytes("I;16", (3200, 4), row * 4)
        out = io.BytesIO()
        wide.save(out, "PNG")
        sent = out.getvalue()
    else:
        sent = picture("PNG", mode, (3200, 4))
    image = decoded(make_safe(sent).data)
    assert image.size == (MAX_WIDTH, 2)
    grey = image.convert("L")
    assert grey.getpixel((100, 1)) in range(31)
    assert grey.getpixel((1500, 1)) in range(215, 256)


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        (b"MZ\x90\0 no picture", "neither SVG, PNG nor JPEG"),
        (picture("GIF", "L"), "neither SVG, PNG nor JPEG"),
        (huge_png(8000, 8000), "40 million pixels"),
        (huge_png(60_000, 60_000), "40 million pixels"),
        (huge_png(300, 300), "damaged"),
        (picture("PNG")[:60], "damaged"),
        (picture("JPEG")[:300], "damaged"),
        (picture("PNG") + bytes(MAX_BYTES), "10 MB"),
        (b"<svg", "not valid XML"),
        (b'<!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>', "entities"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_reason(
    sent: bytes, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it for the whole process
    with pytest.raises(Unsafe, match=wrong):
        make_safe(sent)


def test_names_that_lie_are_found() -> None:
    assert findings("a.png", picture("JPEG"))[0].wrong == N_(
        "the file is no %(suffix)s by its content", suffix=".png"
    )
    assert findings("a.jpeg", picture("JPEG")) == findings("a.png", picture("PNG")) == ()
    assert findings("a.gif", picture("GIF"))[0].mend == N_("save it as .svg, .png or .jpg")
    assert "40 million" in str(findings("a.png", huge_png(8000, 8000))[0].wrong)
    assert (media_type_of("a.jpeg"), media_type_of("a.exe")) == ("image/jpeg", "application/octet-stream")


def test_a_drawing_loses_what_its_program_added() -> None:
    sent = f"""<?xml version="1.0"?><?xml-stylesheet href="https://evil.example/a.css"?><!-- {SECRET} -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://example.org/ink" i:version="{SECRET}" viewBox="0 0 30 10">
<i:view a="b"/><metadata>{SECRET}</metadata>
<rect class="x" style="fill: #123456; -ink-a:b; stroke:none" width="3"/><text>a<!-- c -->b</text></svg>"""
    assert {one.mend for one in findings("a.svg", sent.encode())} >= {N_("remove it")}
    safe = make_safe(sent.encode())
    text = safe.data.decode()
    assert (safe.suffix, size_of(safe.data), findings("a.svg", safe.data)) == (".svg", (30, 10), ())
    for gone in (SECRET, "stylesheet", "style", "class", "ink", "evil"):
        assert gone not in text
    assert '<rect width="3" fill="#123456" stroke="none"/><text>ab</text>' in text


@pytest.mark.parametrize(
    "active",
    [
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<rect onclick="alert(1)"/>',
        '<rect style="fill:url(https://evil.example/)"/>',
        '<animateTransform attributeName="x"/>',
        '<image href="https://evil.example/a.png"/>',
        "<style>rect{fill:url(https://evil.example)}</style>",
    ],
)
def test_an_active_drawing_is_refused_however_it_is_cleaned(active: str) -> None:
    sent = f'<svg xmlns="http://www.w3.org/2000/svg">{active}</svg>'.encode()
    assert findings("a.svg", make_safe(sent).data)
