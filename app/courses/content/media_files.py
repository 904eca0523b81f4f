"""Recordings, attachments, captions and transcripts under a course's ``media/``, as they are read."""

import hashlib
from typing import Final

from app.courses.content.files import FilePath, Finding, KeptFile, KeptMedia, in_order
from app.courses.content.pictures import Unsafe
from app.courses.content.recordings import examine
from app.courses.content.recordings.found import Data
from app.courses.content.tree import MediaFolder

#: Captions and transcripts.
TEXTS: Final = frozenset({".vtt", ".txt"})
#: Seconds.
_LONGEST: Final = 14 * 86_400


def describe(digest: str, data: Data) -> KeptMedia:
    """What is known of a file whose SHA-256 this is; what lessons cannot show has a finding."""
    try:
        found = examine(data)
    except Unsafe as fault:
        refused = (Finding(1, 1, fault.wrong, fault.mend),)
        return KeptMedia(digest, "application/octet-stream", None, None, refused, len(data))
    width, height = _side(found.width), _side(found.height)
    return KeptMedia(digest, found.media_type, width, height, (), len(data), _milliseconds(found.seconds))


def _side(pixels: int | None) -> int | None:
    """None for what no picture has."""
    return pixels if pixels is not None and 0 < pixels < 2**31 else None


def _milliseconds(seconds: float | None) -> int | None:
    """None for what cannot be true: recorders write the greatest number there is for a length they do not know."""
    return round(seconds * 1000) if seconds is not None and 0 <= seconds <= _LONGEST else None


def load_media(folder: FilePath) -> MediaFolder:
    """Everything in the folder, if there is one."""
    found = MediaFolder()
    for path in in_order(folder.glob("*")):
        if not path.is_file():
            continue
        found.paths[path.name] = path
        kept = path.media() if isinstance(path, KeptFile) else None
        if path.suffix in TEXTS and kept is None:
            found.texts[path.name] = path.read_bytes().decode(errors="replace")
        else:
            found.files[path.name] = kept or _read(path)
    return found


def _read(path: FilePath) -> KeptMedia:
    data = path.read_bytes()
    return describe(hashlib.sha256(data).hexdigest(), data)
