"""Certificate numbers with check digits, and verification codes.

A number looks like ``OIPA-2026-000123-05``: series, year, serial, check digits. The check digits are those of
ISO/IEC 7064 MOD 97-10 (as in an IBAN), letters counting A = 10 … Z = 35. MOD 97-10 finds every wrong character
and every pair of neighbours that changed places; the one-digit system MOD 11,10 of the same standard misses
about one transposition in forty-five, so two digits are worth their place.
"""

import hmac
import re
import secrets
import unicodedata
from typing import Final

#: 30 letters and digits that cannot be mistaken for each other when read out (no I, L, O, U, 0, 1).
CODE_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 16 characters of it: 78 bits.
CODE_LENGTH: Final = 16

_NUMBER = re.compile(r"([A-Z]{2,6})(\d{4})(\d{6,9})(\d{2})")
_DASHES = re.compile(r"[\s\-‐‑‒–—―−－_.·]")


def check_digits(text: str) -> str:
    """The two ISO/IEC 7064 MOD 97-10 check digits of a string of letters A-Z and digits."""
    return f"{98 - _value(text + '00') % 97:02d}"


def _value(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text))


def make_number(series: str, year: int, serial: int) -> str:
    """The printed number of a serial; serials above 999999 take more digits."""
    body = f"{series}{year:04d}{serial:06d}"
    return f"{series}-{year:04d}-{serial:06d}-{check_digits(body)}"


def parse_number(typed: str) -> str | None:
    """The number in its printed form, from whatever somebody typed; None when it cannot be one.

    Case, spaces, kinds of hyphen and full-width characters do not matter; wrong check digits do.
    """
    plain = _DASHES.sub("", unicodedata.normalize("NFKC", typed)).upper()
    match = _NUMBER.fullmatch(plain)
    if match is None or _value(plain) % 97 != 1:
        return None
    series, year, serial, check = match.groups()
    return f"{series}-{year}-{serial}-{check}"


def new_code() -> str:
    """A random verification code in groups of four."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def plain_code(typed: str) -> str:
    """A code as typed, without case, spaces, hyphens and width."""
    return _DASHES.sub("", unicodedata.normalize("NFKC", typed)).upper()


def same_code(typed: str, code: str) -> bool:
    """Is it the code? Takes the same time wherever the first difference stands."""
    return hmac.compare_digest(plain_code(typed).encode(), plain_code(code).encode())
