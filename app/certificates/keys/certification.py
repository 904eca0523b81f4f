"""The X.509 certificate of a document key: made by ourselves, or asked of a CA.

The certificate is assembled here and signed through the key's custody, which may be a device that never gives
its private key away.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import algos, core, csr, keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates

#: How long a certificate we make ourselves is valid; rotate before.
VALIDITY: Final = timedelta(days=5 * 365)
#: RFC 9336: signing documents.
DOCUMENT_SIGNING: Final = "1.3.6.1.5.5.7.3.36"

Sign = Callable[[bytes], bytes]


def _name(common: str) -> x509.Name:
    return x509.Name.build({"common_name": common, "organization_name": common})


def _extensions(public: keys.PublicKeyInfo) -> list[dict[str, Any]]:
    return [
        {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": False}},
        {"extn_id": "key_usage", "critical": True, "extn_value": {"digital_signature", "non_repudiation"}},
        {"extn_id": "extended_key_usage", "critical": False, "extn_value": [DOCUMENT_SIGNING]},
        {"extn_id": "key_identifier", "critical": False, "extn_value": core.OctetString(public.sha1)},
    ]


def self_signed(public: bytes, common: str, now: datetime, sign: Sign) -> bytes:
    """A DER certificate for a P-256 key (DER SubjectPublicKeyInfo) in the issuer's name."""
    info = keys.PublicKeyInfo.load(public)
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    start = now.replace(microsecond=0) - timedelta(minutes=5)
    name = _name(common)
    stated = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": secrets.randbits(126) | 1 << 125,
            "signature": algorithm,
            "issuer": name,
            "validity": {"not_before": _moment(start), "not_after": _moment(start + VALIDITY)},
            "subject": name,
            "subject_public_key_info": info,
            "extensions": _extensions(info),
        }
    )
    whole = x509.Certificate(
        {
            "tbs_certificate": stated,
            "signature_algorithm": algorithm,
            "signature_value": sign(stated.dump()),
        }
    )
    data: bytes = whole.dump()
    return data


def _moment(at: datetime) -> x509.Time:
    # RFC 5280: UTCTime until 2049
    return x509.Time({"utc_time": at}) if at.year < 2050 else x509.Time({"general_time": at})


def request_for(public: bytes, common: str, sign: Sign) -> bytes:
    """A DER certification request (PKCS#10) to give to a CA."""
    stated = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": _name(common),
            "subject_pk_info": keys.PublicKeyInfo.load(public),
            "attributes": [],
        }
    )
    whole = csr.CertificationRequest(
        {
            "certification_request_info": stated,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": sign(stated.dump()),
        }
    )
    data: bytes = whole.dump()
    return data


def read_certificates(data: bytes) -> list[Certificate]:
    """The certificates of a PEM or DER file. Raises ValueError."""
    if b"-----BEGIN" in data:
        return load_pem_x509_certificates(data)
    return [load_der_x509_certificate(data)]


def public_of(certificate: Certificate) -> bytes:
    """Its DER SubjectPublicKeyInfo."""
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
