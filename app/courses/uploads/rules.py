"""What an upload may be, and the words of tus 1.0 (https://tus.io/protocols/resumable-upload). Pure."""

import binascii
import re
from base64 import b64decode
from datetime import timedelta
from enum import StrEnum
from pathlib import PurePath
from typing import Final

#: The version of the protocol that we speak, and the extensions of it.
TUS_VERSION: Final = "1.0.0"
TUS_EXTENSIONS: Final = "creation,expiration,termination"
#: An upload without another piece for so long is swept away.
PATIENCE: Final = timedelta(days=3)
#: Uploads that one person may have under way.
MAX_OPEN: Final = 10
_PLAIN: Final = re.compile(r"[^a-z0-9._-]+")


class UploadState(StrEnum):
    OPEN = "open"
    DONE = "done"
    #: Given up, refused or swept away: its pieces are gone.
    GONE = "gone"


def read_metadata(header: str) -> dict[str, str]:
    """``Upload-Metadata``: keys with values in base64. What cannot be read is left out."""
    found: dict[str, str] = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        try:
            found[key] = b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def media_name(given: str, suffix: str, taken: set[str]) -> str:
    """A plain name for a recording, whose stem no other has: captions are found by it."""
    stem = _PLAIN.sub("-", PurePath(given).stem.lower()).strip("-.")[:60] or "recording"
    stems = {PurePath(name).stem for name in taken}
    name, number = stem, 1
    while name in stems:
        number += 1
        name = f"{stem}-{number}"
    return f"{name}{suffix}"
