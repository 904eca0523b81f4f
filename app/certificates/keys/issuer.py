"""The public halves of our keys, as verifiers take them."""

from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.certificates.keys import queries
from app.certificates.keys.models import SigningKey
from app.certificates.keys.rules import Purpose, multikey
from app.certificates.proof.issuer import Issuer, did_of, origin_of
from app.certificates.proof.notes import verifier_key


def public_keys(base: str, now: datetime) -> Issuer:
    """Every key that has ever signed, so that what retired ones signed stays verifiable."""
    keys = [key for key in queries.list_keys() if key.activated_at]
    documents = [key for key in keys if key.purpose is Purpose.DOCUMENT]
    return Issuer(
        name=_name_of(documents[-1]) if documents else "",
        url=base,
        documents=tuple(_chain(key) for key in documents),
        credentials={key.name: key.public for key in keys if key.purpose is Purpose.CREDENTIAL},
        log_keys=tuple(
            verifier_key(origin_of(base), key.public) for key in keys if key.purpose is Purpose.CHECKPOINT
        ),
        made_at=now,
    )


def _chain(key: SigningKey) -> tuple[bytes, ...]:
    above = x509.load_pem_x509_certificates(key.chain.encode()) if key.chain else []
    return (key.certificate or b"", *(one.public_bytes(Encoding.DER) for one in above))


def _name_of(key: SigningKey) -> str:
    certificate = x509.load_der_x509_certificate(key.certificate or b"")
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def did_document(base: str) -> dict[str, Any]:
    """The did:web document of this site: the keys of credentials and status lists, retired ones too."""
    did = did_of(base)
    keys = [key for key in queries.list_keys(Purpose.CREDENTIAL) if key.activated_at]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {
                "id": f"{did}#{key.name}",
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": multikey(key.public),
            }
            for key in keys
        ],
        "assertionMethod": [f"{did}#{key.name}" for key in keys],
    }
