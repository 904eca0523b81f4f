"""One way to write JSON, so that equal values have equal digests on every machine."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """Keys sorted, no spaces, UTF-8. Raises ValueError for NaN, infinities and lone surrogates."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value)).hexdigest()
