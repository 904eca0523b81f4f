"""What the log's entries say: digests and states, and never who."""

from dataclasses import dataclass
from datetime import datetime

from app.certificates.proof.entries import credential_entry, file_entry, status_entry
from app.certificates.rules import StatusKind


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry before it has its place."""

    body: bytes


def credential(identity: str, digest: str) -> Entry:
    """A credential with this SHA-256 was signed."""
    return Entry(credential_entry(identity, digest))


def file(identity: str, digest: str) -> Entry:
    """The file with this SHA-256 is the one that carries the credential."""
    return Entry(file_entry(identity, digest))


def status(identity: str, kind: StatusKind, at: datetime) -> Entry:
    """Something happened to the certificate of this credential."""
    return Entry(status_entry(identity, kind.value, at))


def width_at(size: int, level: int, number: int) -> int:
    """How many hashes the tile of this level and number has in a tree of this size; 0: there is none."""
    whole: int = size >> 8 * level
    return max(0, min(256, whole - number * 256))
