"""What signs, as plain values: safe to carry out of the transaction that read them, and into any process."""

from dataclasses import dataclass

from app.certificates.keys.custody import Custody


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one key, whoever holds its private half."""

    name: str
    public: bytes
    handle: str
    custody: Custody

    def sign(self, data: bytes) -> bytes:
        """64 bytes of Ed25519, or a DER ECDSA signature over the SHA-256 of the data (document keys)."""
        return self.custody.sign(self.name, self.handle, data)


@dataclass(frozen=True, slots=True)
class DocumentSigner(Signer):
    """Signs documents: ECDSA on P-256, with its DER certificate and those above it, nearest first."""

    certificate: bytes
    chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Signers:
    """The active key of every purpose."""

    document: DocumentSigner
    credential: Signer
    checkpoint: Signer
