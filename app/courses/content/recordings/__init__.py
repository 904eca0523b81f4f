"""Recordings and attachments: what they are by their bytes, and whether browsers can play them.

They are kept byte for byte. So what a reader should not get, or could not play, is refused and not taken out.
"""

from typing import Final

from app.core.messages import N_
from app.courses.content.pictures import Unsafe
from app.courses.content.recordings import mp3, mp4, ogg, pdf, webm
from app.courses.content.recordings.found import Data, Found

#: The ending that the name of a file must have, by what it is.
_SUFFIXES: Final = {
    "video/mp4": ".mp4",
    "audio/mp4": ".m4a",
    "video/webm": ".webm",
    "audio/webm": ".webm",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "application/pdf": ".pdf",
}
SUFFIXES: Final = tuple(dict.fromkeys(_SUFFIXES.values()))
#: Bytes of an attachment: it is sent whole.
MAX_ATTACHMENT: Final = 20 * 1024 * 1024


def examine(data: Data) -> Found:
    """What the bytes are. Raises Unsafe, with words of the content check, for what lessons cannot show."""
    head = bytes(data[:1024])
    if head[4:8] == b"ftyp":
        return mp4.examine(data)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return webm.examine(data)
    if head.startswith(b"OggS"):
        return ogg.examine(data)
    if head.startswith(b"ID3") or mp3.is_frame(head):
        return mp3.examine(data)
    if b"%PDF-" in head:
        if len(data) > MAX_ATTACHMENT:
            raise Unsafe(
                N_("the attachment has more than %(number)s MB", number=MAX_ATTACHMENT // 2**20),
                N_("save it smaller"),
            )
        return pdf.examine(bytes(data))
    raise Unsafe(N_("the file is neither MP4, WebM, MP3, M4A, Ogg nor PDF"), N_("save it as one of these"))


def suffix_for(media_type: str) -> str:
    """The ending that the name of such a file must have."""
    return _SUFFIXES.get(media_type, "")
