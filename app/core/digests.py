"""One canonical form of records, and its SHA-256: the same content has the same digest everywhere.

It is that of RFC 8785 (JCS) for records of text, whole numbers below 2**53, booleans, null, lists and objects
whose keys are ASCII: everything that is signed, logged or printed is such a record. A fraction, which only
authored content may hold, is written as Python writes it: digests of such content never change with a library.
"""

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
