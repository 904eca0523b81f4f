"""What makes a name, a password and a pace of signing in acceptable. Pure functions."""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, Protocol

_LATIN_NAME: Final = re.compile(r"[A-Z]+(?:[ '-][A-Z]+)*")
_PASSWORD_LENGTH: Final = (10, 200)
#: The most guessed passwords of at least ten characters, without case and separators.
_COMMON: Final = frozenset(
    (
        "1234567890", "0123456789", "0987654321", "12345678910", "123456789a", "1q2w3e4r5t", "qwertyuiop",
        "1qaz2wsx3edc", "password12", "password123", "password1234", "administrator", "iloveyou12", "letmein123",
        "welcome123", "admin12345", "abcd123456", "abc1234567", "woaini1314", "woaini5201314", "wangyut2qq",
        "zxcvbnm123", "asdfghjkl123", "qwerty1234", "qwer123456", "a123456789", "aa123456789", "qq123456789",
    )
)  # fmt: skip


def tidy_name(text: str) -> str:
    """A name as typed, with single spaces."""
    return " ".join(text.split())


def is_name(text: str) -> bool:
    """A person's name in any script: letters, spaces, ``·``, ``'``, ``.`` and hyphens; 1 to 60 characters."""
    return 1 <= len(text) <= 60 and all(
        unicodedata.category(sign)[0] in {"L", "M"} or sign in " ·•・'’.-" for sign in text
    ) and any(unicodedata.category(sign)[0] == "L" for sign in text)  # fmt: skip


def tidy_latin_name(text: str) -> str:
    """A name in Latin letters in the form of a passport: capitals, single spaces, straight apostrophes."""
    return tidy_name(text).upper().replace("’", "'").replace("‐", "-")


def is_latin_name(text: str) -> bool:
    """Capital letters A to Z; between them single spaces, hyphens or apostrophes; at most 80 characters."""
    return len(text) <= 80 and _LATIN_NAME.fullmatch(text) is not None


def same_name(first: str, second: str) -> bool:
    """The same name but for width, case, spaces and middle dots?"""

    def key(text: str) -> str:
        return re.sub(r"[\s·•・]", "", unicodedata.normalize("NFKC", text).casefold())

    return key(first) == key(second)


def tidy_email(text: str) -> str:
    """An address as it is stored and compared."""
    return text.strip().casefold()


class PasswordFault(StrEnum):
    """Why a password will not do."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


def password_fault(password: str, personal: Iterable[str] = ()) -> PasswordFault | None:
    """The first reason against a password: length, being among the first guesses, or holding one's own data."""
    shortest, longest = _PASSWORD_LENGTH
    if len(password) < shortest:
        return PasswordFault.SHORT
    if len(password) > longest:
        return PasswordFault.LONG
    plain = re.sub(r"[\s_.@!-]", "", password.casefold())
    if plain in _COMMON or len(set(password)) < 4:
        return PasswordFault.COMMON
    if any(len(word) >= 5 and word.casefold() in password.casefold() for word in personal):
        return PasswordFault.PERSONAL
    return None


class Named(Protocol):
    """What matters of an account when somebody else names its number or address."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def organisation_id(self) -> uuid.UUID | None: ...
    @property
    def student_number(self) -> str | None: ...


def clash_of(
    by_number: Named | None,
    by_email: Named | None,
    *,
    organisation_id: uuid.UUID,
    name: str,
    student_number: str | None,
) -> Literal["student_number", "email"] | None:
    """Which of number and address belongs to somebody else; None when the accounts found are this person's.

    ``by_number`` has the number at the organisation, ``by_email`` the address; both must be one account under the
    same name, and its own number at the organisation may not be another one.
    """
    if by_number and by_email and by_number.id != by_email.id:
        return "email"
    if by_number and not same_name(by_number.name, name):
        return "student_number"
    if by_email and not same_name(by_email.name, name):
        return "email"
    found = by_number or by_email
    has_other_number = (
        found is not None
        and student_number is not None
        and found.organisation_id == organisation_id
        and found.student_number not in {None, student_number}
    )
    return "student_number" if has_other_number else None


@dataclass(frozen=True, slots=True)
class Pace:
    """At most ``tries`` unsuccessful sign-ins in a ``window``."""

    tries: int
    window: timedelta

    def opens_at(self, failures: Sequence[datetime], now: datetime) -> datetime | None:
        """When the next try is allowed; None: at once. ``failures`` in any order."""
        recent = sorted((moment for moment in failures if moment > now - self.window), reverse=True)
        return recent[self.tries - 1] + self.window if len(recent) >= self.tries else None


#: One account: a person who mistypes waits little, a guesser gets 480 tries a day.
ACCOUNT_PACE: Final = Pace(5, timedelta(minutes=15))
#: One address: far higher, because a campus or a firm shares one.
ADDRESS_PACE: Final = Pace(300, timedelta(minutes=15))

#: A one-time link's life.
INVITATION_LIFE: Final = timedelta(days=14)
RESET_LIFE: Final = timedelta(hours=1)
#: A signed-in browser without further use: on her own device, and on one she shares.
KEPT_SESSION_LIFE: Final = timedelta(days=30)
SESSION_LIFE: Final = timedelta(hours=12)
#: How often the last use of a session is written down.
SEEN_EVERY: Final = timedelta(minutes=5)

_BROWSERS: Final = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def describe_agent(user_agent: str) -> str:
    """“Firefox · Windows” from a user-agent header; the header's beginning when it names nothing known."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part) or user_agent[:40]
