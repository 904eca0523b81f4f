"""Access codes: what is said aloud in the room is kept as a salted hash.

The salt comes from the examination's key, so that publishing the same rules again changes nothing. A code is short
and lives for a day: the hash keeps it out of whatever shows, exports or copies a published examination; it is not
meant to stand against somebody who takes the whole database home and tries words for hours.
"""

import hashlib
import hmac
import re
import unicodedata
from typing import Final

#: A few milliseconds for each start.
ROUNDS: Final = 5_000
_SEALED: Final = re.compile(r"pbkdf2\$([1-9][0-9]{0,6})\$([0-9a-f]{32})\$[0-9a-f]{64}")


def is_sealed(code: str) -> bool:
    """Is it kept as a hash?"""
    return _SEALED.fullmatch(code) is not None


def seal(code: str, examination: str) -> str:
    """The code of the examination with this key as it is kept; one that is sealed stays as it is."""
    if not code or is_sealed(code):
        return code
    salt = hashlib.sha256(f"access-code:{examination}".encode()).digest()[:16]
    return _hash(code, ROUNDS, salt)


def opens(kept: str, said: str) -> bool:
    """Is this the code? Compared in constant time."""
    sealed = _SEALED.fullmatch(kept)
    if sealed is None:
        return hmac.compare_digest(_folded(kept), _folded(said))
    return hmac.compare_digest(kept, _hash(said, int(sealed[1]), bytes.fromhex(sealed[2])))


def _hash(code: str, rounds: int, salt: bytes) -> str:
    made = hashlib.pbkdf2_hmac("sha256", _folded(code), salt, rounds)
    return f"pbkdf2${rounds}${salt.hex()}${made.hex()}"


def _folded(code: str) -> bytes:
    """Width, case and surrounding space do not matter in what is said aloud."""
    return unicodedata.normalize("NFKC", code).strip().casefold().encode()
