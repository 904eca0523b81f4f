"""Pictures that come with questions: recognised by their bytes, named by their SHA-256."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.core.messages import N_
from app.quizzes.interchange.model import CannotTake, Media, Raw, walk_texts
from app.quizzes.interchange.safe_xml import local_name, parse_xml

MAX_PICTURE: Final = 5 * 1024 * 1024
TYPES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
}
REFERENCE: Final = re.compile(r"media:([0-9a-f]{64})\.(png|jpg|gif|webp|svg)")
#: The pictures onto which labels are dragged, by their type.
SUFFIXES: Final = {media_type: suffix for suffix, media_type in TYPES.items()}
_DATA_URL: Final = re.compile(r"data:image/[a-z+.-]+;base64,([A-Za-z0-9+/=\s]+)")

_SVG_TAGS: Final = frozenset(
    (
        *("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"),
        *("title", "desc", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "marker"),
        *("pattern", "symbol", "mask"),
    )
)
_SVG_FORBIDDEN_VALUE: Final = re.compile(r"(?i)javascript:|data:|https?:|url\(\s*['\"]?(?!#)|expression\(")


def suffix_of(data: bytes) -> str:
    """The kind of picture by its first bytes. Raises CannotTake."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if b"<svg" in data[:2000]:
        _check_svg(data)
        return "svg"
    raise CannotTake(N_("it needs a file that is not a picture (PNG, JPEG, GIF, WebP or plain SVG)"))


def _check_svg(data: bytes) -> None:
    for element in parse_xml(data).iter(etree.Element):
        for name, value in element.attrib.items():
            plain = local_name(str(name)).lower()
            if plain.startswith("on") or plain == "style" or _SVG_FORBIDDEN_VALUE.search(str(value)):
                # A namespace declaration is no attribute, so every address found here leads elsewhere.
                raise CannotTake(N_("it has an SVG picture with script, styles or foreign addresses"))
        if local_name(str(element.tag)) not in _SVG_TAGS:
            raise CannotTake(N_("it has an SVG picture with script, styles or foreign addresses"))


class MediaBox:
    """Collects the pictures of a file while it is read; ``files`` are those that came along, by path."""

    def __init__(self, files: dict[str, bytes] | None = None) -> None:
        self.files = files or {}
        self.kept: dict[str, Media] = {}

    def keep(self, data: bytes) -> str:
        """Keep a picture and return the address texts use for it. Raises CannotTake."""
        if len(data) > MAX_PICTURE:
            raise CannotTake(N_("it has a picture of more than 5 MB"))
        suffix = suffix_of(data)
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = Media(data, suffix)
        return f"media:{digest}.{suffix}"

    def keep_file(self, path: str) -> str:
        """Keep a picture that came with the file. Raises CannotTake when there is none of that name."""
        if path not in self.files:
            raise CannotTake(N_("its picture “%(name)s” is not in the file", name=path))
        return self.keep(self.files[path])

    def keep_data_url(self, address: str) -> str:
        """Keep a picture that is written into the text itself. Raises CannotTake."""
        found = _DATA_URL.fullmatch(address.strip())
        if found is None:
            raise CannotTake(N_("it needs a file that is not a picture (PNG, JPEG, GIF, WebP or plain SVG)"))
        return self.keep(decode_base64(found.group(1)))

    def used(self, raws: list[Raw]) -> dict[str, Media]:
        """The pictures to which these questions refer."""
        return {digest: self.kept[digest] for digest in references(raws) if digest in self.kept}


def decode_base64(text: str) -> bytes:
    """Bytes of base64 text. Raises CannotTake."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise CannotTake(N_("a file inside it is damaged (not base64)")) from None


def references(raws: list[Raw]) -> list[str]:
    """The digests of all pictures in the texts of these questions, and of those that take labels, each once."""
    found = [
        digest
        for raw in raws
        for _path, texts in walk_texts(raw)
        for text in texts.values()
        for digest, _suffix in REFERENCE.findall(str(text))
    ]
    found += [str(image["digest"]) for raw in raws for image in images_of(raw) if image.get("digest")]
    return list(dict.fromkeys(found))


def images_of(raw: Raw) -> Iterator[Raw]:
    """The pictures that take labels, in a question and in its parts."""
    parts = raw.get("parts")
    for each in (raw, *(parts if isinstance(parts, list) else ())):
        if isinstance(each, dict) and each.get("type") == "drag_image" and isinstance(each.get("image"), dict):
            yield each["image"]
