"""Pictures: what they are by their bytes, how large they are, and how they are made safe to show.

A picture that somebody uploads is decoded and encoded anew, so that nothing of the sent file but its drawing
reaches a reader: no place, no camera, no author, no second file behind the first.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from threading import Lock
from typing import Final

from lxml import etree
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

from app.core.messages import N_, Message

#: Bytes of a picture as it is uploaded.
MAX_BYTES: Final = 10 * 1024 * 1024
#: Width in pixels beyond which a photograph or screenshot is scaled down; twice the width of a lesson's column.
MAX_WIDTH: Final = 1600
#: More than any camera of ours makes; such a picture needs some 160 MB while it is decoded.
MAX_PIXELS: Final = 40_000_000
_QUALITY: Final = 85
#: Pillow's switch for truncated pictures is one for the process.
_LOADING: Final = Lock()
#: Media types by the ending of a name.
TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}

_SVG: Final = "{http://www.w3.org/2000/svg}"
_VIEW_BOX: Final = re.compile(rb'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
_PROPERTY: Final = re.compile(
    r"(?:fill|stroke|font|text-anchor|opacity|stop|marker|clip|mask|dominant-baseline|letter-spacing|display|visibility)[a-z-]*"
)


class Unsafe(ValueError):
    """A picture that lessons cannot show; ``wrong`` and ``mend`` are words of the content check."""

    def __init__(self, wrong: Message, mend: Message) -> None:
        super().__init__(f"{wrong}; {mend}")
        self.wrong, self.mend = wrong, mend


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is safe to show; ``suffix`` is the ending that its name must have."""

    data: bytes
    suffix: str


def media_type_of(name: str) -> str:
    """What a figure of this name is served as."""
    return TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")


def suffix_of(data: bytes) -> str | None:
    """``.svg``, ``.png`` or ``.jpg`` by the content; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if data.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    return ".svg" if b"<svg" in data[:2000] else None


def size_of(data: bytes) -> tuple[int | None, int | None]:
    """The natural size in pixels: of PNG and JPEG by the header, of SVG by the viewBox."""
    if suffix_of(data) in (".png", ".jpg"):
        try:
            return _open(data).size
        except Unsafe:
            return None, None
    match = _VIEW_BOX.search(data[:2000])
    return (round(float(match[1])), round(float(match[2]))) if match else (None, None)


def check_raster(data: bytes) -> None:
    """Look at the header of a PNG or JPEG that is taken as it is.

    Raises Unsafe for a damaged one, too many pixels, or data about place and camera.
    """
    if _open(data).getexif():
        raise Unsafe(N_("the picture carries EXIF data, such as place and camera"), N_("save it without them"))


def make_safe(data: bytes) -> Picture:
    """The picture encoded anew, without anything but what it shows. Raises Unsafe."""
    suffix = suffix_of(data)
    if suffix is None:
        raise Unsafe(N_("the picture is neither SVG, PNG nor JPEG"), N_("save it as one of these"))
    if len(data) > MAX_BYTES:
        raise Unsafe(
            N_("the picture has more than %(number)s MB", number=MAX_BYTES // 2**20), N_("save it smaller")
        )
    if suffix == ".svg":
        return Picture(_clean_svg(data), suffix)
    image = _open(data)
    try:
        image.draft("RGB", (MAX_WIDTH, MAX_WIDTH))  # a large JPEG is decoded at a fraction of its size
        with _whole():
            image.load()
        return Picture(_encoded(image, suffix), suffix)
    except (OSError, SyntaxError, ValueError) as error:
        raise Unsafe(N_("the picture is damaged"), N_("save it anew")) from error


def parse_svg(data: bytes) -> etree._Element:
    """The root of an SVG. Raises Unsafe for a DOCTYPE, whose entities a browser would unfold, XMLSyntaxError."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and declared.entities():
        raise Unsafe(N_("the figure declares entities"), N_("remove the DOCTYPE"))
    return root


# --- PNG and JPEG ------------------------------------------------------------------------------------------


@contextmanager
def _whole() -> Iterator[None]:
    """Refuse a truncated picture, also where WeasyPrint is loaded, which makes Pillow fill up what is missing."""
    with _LOADING:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _open(data: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded. Raises Unsafe."""
    try:
        image = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Unsafe(N_("the picture is damaged"), N_("save it anew")) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    return image


def _too_large() -> Unsafe:
    return Unsafe(
        N_("the picture has more than %(number)s million pixels", number=MAX_PIXELS // 1_000_000),
        N_("scale it down"),
    )


def _encoded(image: Image.Image, suffix: str) -> bytes:
    image = _in_plain_colours(ImageOps.exif_transpose(image))
    if image.width > MAX_WIDTH:
        height = max(1, round(image.height * MAX_WIDTH / image.width))
        image = image.resize((MAX_WIDTH, height), Image.Resampling.LANCZOS)
    image.info = {}
    out = BytesIO()
    if suffix == ".png":
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _in_plain_colours(image: Image.Image) -> Image.Image:
    """Grey or sRGB, eight bits; transparency becomes a channel."""
    if image.mode == "I;16":
        return image.point(lambda value: value / 256).convert("L")
    if image.mode == "LA" or "transparency" in image.info:
        return image.convert("RGBA")
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        image = _in_srgb(image, profile)
    return image if image.mode in {"L", "RGB", "RGBA"} else image.convert("L" if image.mode == "1" else "RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The colours that the profile means, so that it can be dropped; a broken profile means nothing."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError):
        return image


# --- SVG ---------------------------------------------------------------------------------------------------


def _clean_svg(data: bytes) -> bytes:
    """What drawing programs add, taken out: comments, instructions, metadata, styles written as properties.

    What remains and is active or foreign is for the content check to refuse. Raises Unsafe.
    """
    try:
        root = parse_svg(data)
    except etree.XMLSyntaxError as error:
        raise Unsafe(N_("not valid XML"), N_("mend the SVG")) from error
    styled = root.find(f".//{_SVG}style") is not None
    for node in list(root.iter()):
        if node is root:
            continue
        foreign = isinstance(node.tag, str) and not node.tag.startswith(_SVG)
        if not isinstance(node.tag, str) or foreign or node.tag == f"{_SVG}metadata":
            _drop(node)
    for element in root.iter(etree.Element):
        for name in [str(name) for name in element.attrib if str(name).startswith("{")]:
            if not name.endswith("}href"):
                del element.attrib[name]
        _unfold_style(element)
        if not styled:
            element.attrib.pop("class", None)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8") + b"\n"


def _drop(node: etree._Element) -> None:
    """Take a node out and leave the text behind it."""
    parent, before = node.getparent(), node.getprevious()
    if parent is None:
        return
    if node.tail and before is not None:
        before.tail = (before.tail or "") + node.tail
    elif node.tail:
        parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _unfold_style(element: etree._Element) -> None:
    """``style="fill:#000"`` becomes ``fill="#000"``: the policy of our pages allows no inline style."""
    for declaration in str(element.attrib.pop("style", "")).split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if value and _PROPERTY.fullmatch(name):
            element.set(name, value.removesuffix("!important").strip())
