"""Checkpoints and proofs of the log, as C2SP writes them (signed-note, tlog-checkpoint, tlog-proof)."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.certificates.proof.merkle import leaf_hash, root_from_inclusion
from app.certificates.proof.refusal import Refused

_ED25519: Final = b"\x01"
_PROOF: Final = "c2sp.org/tlog-proof@v1"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _data(text: str) -> bytes:
    """Raises Refused for anything but the one way to write it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("note_malformed", "not base64") from None
    if _text(data) != text:
        raise Refused("note_malformed", "not canonical base64")
    return data


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes by which a note names an Ed25519 key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """``name+id+key``: how logs publish their keys."""
    return f"{name}+{key_id(name, public).hex()}+{_text(_ED25519 + public)}"


def read_verifier_key(text: str) -> tuple[str, bytes]:
    """Name and public key. Raises Refused."""
    name, _, rest = text.partition("+")
    identity, _, key = rest.partition("+")
    raw = _data(key)
    if raw[:1] != _ED25519 or len(raw) != 33 or key_id(name, raw[1:]).hex() != identity:
        raise Refused("note_malformed", "not an Ed25519 verifier key")
    return name, raw[1:]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head of the log."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_text(self.root)}\n"

    def sign(self, public: bytes, sign: Callable[[bytes], bytes]) -> str:
        """The checkpoint as a note signed by the log's key, whose name is the origin."""
        text = self.text()
        signature = key_id(self.origin, public) + sign(text.encode())
        return f"{text}\n— {self.origin} {_text(signature)}\n"


def open_checkpoint(note: str, keys: Sequence[str]) -> Checkpoint:
    """The checkpoint of a note that one of these verifier keys signed. Raises Refused."""
    text, separator, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 3 or not signatures.endswith("\n"):
        raise Refused("note_malformed")
    origin, size, root = lines
    if not size.isascii() or not size.isdigit() or str(int(size)) != size or len(size) > 18:
        raise Refused("note_malformed", "size")
    checkpoint = Checkpoint(origin, int(size), _data(root))
    if len(checkpoint.root) != 32:
        raise Refused("note_malformed", "root")
    known = {key_id(name, public): public for name, public in map(read_verifier_key, keys) if name == origin}
    for line in signatures[:-1].split("\n"):
        mark, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = _data(encoded)
        if mark != "—" or len(raw) < 5:
            raise Refused("note_malformed", "signature line")
        if name != origin or raw[:4] not in known:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(known[raw[:4]]).verify(raw[4:], checkpoint.text().encode())
        except InvalidSignature:
            raise Refused("checkpoint_wrong") from None
        return checkpoint
    raise Refused("checkpoint_of_other", origin)


@dataclass(frozen=True, slots=True)
class LogProof:
    """That an entry stands in the log: its index, the path to the root, and the signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    note: str

    def text(self) -> str:
        return "\n".join([_PROOF, f"index {self.index}", *map(_text, self.path), "", self.note])

    @classmethod
    def read(cls, text: str) -> "LogProof":
        """Raises Refused."""
        head, separator, note = text.partition("\n\n")
        first, *lines = head.split("\n")
        if first != _PROOF or not separator or not lines or not lines[0].startswith("index "):
            raise Refused("log_proof_malformed")
        index = lines[0].removeprefix("index ")
        if not index.isascii() or not index.isdigit() or str(int(index)) != index or len(index) > 18:
            raise Refused("log_proof_malformed", "index")
        path = tuple(_data(line) for line in lines[1:])
        if any(len(one) != 32 for one in path):
            raise Refused("log_proof_malformed", "path")
        return cls(int(index), path, note)

    def verify(self, entry: bytes, keys: Sequence[str]) -> Checkpoint:
        """The checkpoint under which the entry stands. Raises Refused."""
        checkpoint = open_checkpoint(self.note, keys)
        root = root_from_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.path)
        if root != checkpoint.root:
            raise Refused("not_in_log")
        return checkpoint
