"""Argon2id with the configured cost. Slow by design: call it outside any write transaction."""

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from app.config import Settings


class Passwords:
    """Hashes and checks passwords; an unknown account costs as much time as a known one."""

    def __init__(self, memory_kib: int, passes: int) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
        )
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, known: str | None, password: str) -> bool:
        """Is it the password behind the stored hash? Without one the same work is done, for nothing."""
        try:
            self._hasher.verify(known or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return known is not None

    def is_stale(self, known: str) -> bool:
        """Was it made at another cost than the configured one?"""
        return self._hasher.check_needs_rehash(known)


def make_passwords(settings: Settings) -> Passwords:
    return Passwords(settings.argon2_memory_kib, settings.argon2_passes)


def current_passwords() -> Passwords:
    """The application's one hasher."""
    passwords: Passwords = current_app.extensions["academy.passwords"]
    return passwords
