"""One canonical form of authored data, and its SHA-256: the same content has the same digest everywhere."""

import hashlib
import json
from typing import Any, Final

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(data: Any) -> bytes:
    """JSON with sorted keys, no spaces and plain UTF-8; lists keep their order."""
    return _ENCODER.encode(data).encode()


def digest_of(data: Any) -> str:
    """The SHA-256 in hex of the canonical form."""
    return hashlib.sha256(canonical(data)).hexdigest()
