"""Who holds private keys and signs with them: this database, or whatever KEY_CUSTODY names.

A module for a hardware security module (PKCS#11), a cloud service or a national CA offers a function that
takes the settings and returns a ``Custody``. Rows of signing keys remember who holds each, so that a platform
can move from one custody to another by rotating its keys, and old signatures keep verifying.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, cast

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from app.certificates.keys.rules import ALGORITHMS, Algorithm, Purpose, name_of
from app.certificates.keys.sealing import Vault

#: The custody that keeps sealed private keys in the database.
SEALED: Final = "sealed"

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Made:
    """A new key: its public half, and what its holder needs to find (or open) the private one."""

    public: bytes
    handle: str


class Custody(Protocol):
    """Makes keys and signs with them. May raise anything when it cannot; the job is then tried again."""

    def make(self, purpose: Purpose) -> Made:
        """A new key of the purpose's algorithm."""
        ...

    def sign(self, name: str, handle: str, data: bytes) -> bytes:
        """A signature over the data: 64 bytes of Ed25519, or a DER ECDSA one over its SHA-256."""
        ...


class SealedKeys:
    """Private keys encrypted in the database, opened in memory for signing."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._opened: dict[tuple[str, str], PrivateKey] = {}

    def make(self, purpose: Purpose) -> Made:
        private: PrivateKey
        if ALGORITHMS[purpose] is Algorithm.ED25519:
            private = Ed25519PrivateKey.generate()
            public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        else:
            private = ec.generate_private_key(ec.SECP256R1())
            public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        data = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return Made(public, self.vault.seal(name_of(purpose, public), data))

    def sign(self, name: str, handle: str, data: bytes) -> bytes:
        """Raises ``sealing.Unopenable``."""
        private = self._opened.get((name, handle))
        if private is None:
            private = cast("PrivateKey", load_der_private_key(self.vault.open(name, handle), None))
            self._opened[(name, handle)] = private
        if isinstance(private, Ed25519PrivateKey):
            return private.sign(data)
        return private.sign(data, ec.ECDSA(SHA256()))

    def reseal(self, name: str, handle: str) -> str:
        """The same private key under the present secret. Raises ``sealing.Unopenable``."""
        return self.vault.seal(name, self.vault.open(name, handle))


@dataclass(frozen=True, slots=True)
class Holders:
    """Every custody that holds a key of ours, and the one that makes new ones."""

    sealed: SealedKeys
    others: Mapping[str, Custody] = field(default_factory=dict)

    @property
    def maker(self) -> str:
        """The name of the custody in which new keys are made."""
        return next(iter(self.others), SEALED)

    def named(self, name: str) -> Custody:
        """Raises LookupError when KEY_CUSTODY no longer names the holder of a key."""
        if name == SEALED:
            return self.sealed
        if name not in self.others:
            raise LookupError(f"a key is held by {name}, which KEY_CUSTODY does not name")
        return self.others[name]
