"""Receipts: proof that the server took an answer, which nobody without the key can make.

A receipt is an HMAC-SHA256 over the attempt, the ordinal, the question, a salted digest of the answer, the
moment and what became of it. Without the salt (erasure empties it) the digest says nothing about the answer,
and the receipt still verifies.

The MAC is kept with the event when it is taken and never made again: the server vouches for what it received, not
for what somebody has since written into its database.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from app.core.digests import canonical

VERSION: Final = "academy-receipt-1"
_INFO: Final = b"quizzes/receipts/1"


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key; ``id`` names it without giving it away."""

    id: str
    secret: bytes

    @classmethod
    def derive(cls, master: str) -> "Key":
        """HKDF-SHA256 (RFC 5869) of an application secret, for receipts alone."""
        extracted = hmac.digest(b"\0" * 32, master.encode(), "sha256")
        secret = hmac.digest(extracted, _INFO + b"\x01", "sha256")
        return cls(hashlib.sha256(secret).hexdigest()[:12], secret)


class Keyring:
    """Signs with the first key; verifies with any, so that receipts outlive a rotation of the secret."""

    def __init__(self, masters: Sequence[str]) -> None:
        keys = [Key.derive(master) for master in masters]
        self.current = keys[0]
        self._keys = {key.id: key for key in keys}

    def seal(self, receipt: "Receipt") -> "Receipt":
        """The receipt with its MAC. Only for an event that is being taken."""
        return replace(receipt, mac=self._mac(receipt))

    def knows(self, key_id: str) -> bool:
        """Is this one of our keys, present or retired?"""
        return key_id in self._keys

    def verify(self, receipt: "Receipt") -> bool:
        """Did we sign exactly this?"""
        if not receipt.mac.isascii():
            return False
        return hmac.compare_digest(self._mac(receipt), receipt.mac) and bool(receipt.mac)

    def _mac(self, receipt: "Receipt") -> str:
        """Empty when the receipt's key has been thrown away."""
        key = self._keys.get(receipt.key_id)
        return hmac.digest(key.secret, receipt.statement(), "sha256").hex() if key else ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the server says about one event."""

    attempt_id: uuid.UUID
    ordinal: int
    item_id: uuid.UUID
    kind: str
    digest: str
    received_at: datetime
    #: ``counted``, ``superseded`` or ``late``; only the first can earn marks.
    status: str
    key_id: str
    #: Empty until sealed, and for an event whose key was thrown away before MACs were kept.
    mac: str = ""

    def statement(self) -> bytes:
        """What is signed."""
        lines = (
            VERSION,
            str(self.attempt_id),
            str(self.ordinal),
            str(self.item_id),
            self.kind,
            self.digest,
            timestamp(self.received_at),
            self.status,
        )
        return "\n".join(lines).encode()

    def as_json(self) -> dict[str, Any]:
        return {
            "attempt": str(self.attempt_id),
            "ordinal": self.ordinal,
            "item": str(self.item_id),
            "kind": self.kind,
            "digest": self.digest,
            "received_at": timestamp(self.received_at),
            "status": self.status,
            "key": self.key_id,
            "mac": self.mac,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Receipt":
        """Raises KeyError or ValueError for anything that is not a receipt."""
        return cls(
            attempt_id=uuid.UUID(values["attempt"]),
            ordinal=int(values["ordinal"]),
            item_id=uuid.UUID(values["item"]),
            kind=str(values["kind"]),
            digest=str(values["digest"]),
            received_at=datetime.fromisoformat(values["received_at"]),
            status=str(values["status"]),
            key_id=str(values["key"]),
            mac=str(values["mac"]),
        )


def timestamp(moment: datetime) -> str:
    """A moment to the microsecond, in UTC, always of the same length."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_salt() -> str:
    return secrets.token_hex(16)


def body_digest(salt: str, body: dict[str, Any]) -> str:
    """SHA-256 of salt and canonical body."""
    return hashlib.sha256(salt.encode() + b"\n" + canonical(body)).hexdigest()


def status_of(*, late: bool, superseded: bool) -> str:
    """What became of an event, in the receipt's words."""
    if late:
        return "late"
    return "superseded" if superseded else "counted"
