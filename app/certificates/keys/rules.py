"""What keys are for, and how their public halves are named and written."""

import hashlib
from enum import StrEnum
from typing import Final

from app.core import base58

#: Multicodec prefix of an Ed25519 public key, as in did:key and Multikey.
_ED25519: Final = b"\xed\x01"


class Purpose(StrEnum):
    """What a key signs. Each purpose has one active key; retired ones keep verifying what they signed."""

    #: The PDF: ECDSA on P-256, with an X.509 certificate.
    DOCUMENT = "document"
    #: The credential and the status list: Ed25519.
    CREDENTIAL = "credential"
    #: Checkpoints of the log: Ed25519.
    CHECKPOINT = "checkpoint"


class Algorithm(StrEnum):
    """How a key signs."""

    #: ECDSA over SHA-256; public half: the DER SubjectPublicKeyInfo; signatures: DER.
    P256 = "p256"
    #: Public half: 32 bytes; signatures: 64 bytes.
    ED25519 = "ed25519"


ALGORITHMS: Final = {
    Purpose.DOCUMENT: Algorithm.P256,
    Purpose.CREDENTIAL: Algorithm.ED25519,
    Purpose.CHECKPOINT: Algorithm.ED25519,
}


def name_of(purpose: Purpose, public: bytes) -> str:
    """A key's name: its purpose and the beginning of its public half's SHA-256. Stands in DID addresses."""
    return f"{purpose.value}-{hashlib.sha256(public).hexdigest()[:16]}"


def multikey(public: bytes) -> str:
    """An Ed25519 public key as a W3C Multikey (``z6Mk…``)."""
    return "z" + base58.encode(_ED25519 + public)


def public_of_multikey(text: str) -> bytes:
    """The 32 bytes of a Multikey. Raises ValueError for anything but an Ed25519 one."""
    raw = base58.decode(text[1:]) if text.startswith("z") else b""
    if len(raw) != 34 or raw[:2] != _ED25519:
        raise ValueError("not an Ed25519 Multikey")
    return raw[2:]
