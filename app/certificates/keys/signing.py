"""The active keys as signers."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.certificates.keys import queries
from app.certificates.keys.custody import Holders
from app.certificates.keys.models import SigningKey
from app.certificates.keys.rules import Purpose
from app.certificates.keys.signers import DocumentSigner, Signer, Signers


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
