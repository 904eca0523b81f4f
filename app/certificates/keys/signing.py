"""Sign with the active keys: plain values, safe to carry out of the transaction that read them."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.certificates.keys import queries
from app.certificates.keys.custody import Custody, Holders
from app.certificates.keys.models import SigningKey
from app.certificates.keys.rules import Purpose


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


def signer_of(key: SigningKey, holders: Holders) -> Signer:
    """Sign with this key. Raises LookupError when its holder is not configured."""
    return Signer(key.name, key.public, key.handle, holders.named(key.custody))


def active_signers(holders: Holders) -> Signers:
    """Raises ``queries.NoKey`` when a purpose has no active key, LookupError when its holder is not configured."""
    document = queries.active_key(Purpose.DOCUMENT)
    assert document.certificate is not None  # noqa: S101 - an active document key has one (check constraint)
    above = x509.load_pem_x509_certificates(document.chain.encode()) if document.chain else []
    return Signers(
        document=DocumentSigner(
            document.name,
            document.public,
            document.handle,
            holders.named(document.custody),
            document.certificate,
            tuple(one.public_bytes(Encoding.DER) for one in above),
        ),
        credential=signer_of(queries.active_key(Purpose.CREDENTIAL), holders),
        checkpoint=signer_of(queries.active_key(Purpose.CHECKPOINT), holders),
    )
