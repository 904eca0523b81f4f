"""PAdES signatures: the whole file, one signer, nothing left open.

We check what we issue, so everything that could vary must be as we write it. A signature that any byte of the
file could change without notice would be refused.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509 import load_der_x509_certificate

from app.certificates.proof.issuer import Issuer
from app.certificates.proof.pdf import Pdf
from app.certificates.proof.refusal import Refused

_SUBFILTER: Final = "ETSI.CAdES.detached"
_SHA256: Final = {"algorithm": "sha256", "parameters": None}
_ECDSA: Final = {"algorithm": "sha256_ecdsa", "parameters": None}
_TIMESTAMP: Final = "signature_time_stamp_token"
_HASHES: Final[dict[str, Callable[[], HashAlgorithm]]] = {"sha256": SHA256, "sha384": SHA384, "sha512": SHA512}


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed the file, and when by her own clock or by a timestamp authority's."""

    signer: str
    signed_at: datetime | None
    #: The authority whose timestamp confirms the moment; empty without one.
    timestamp_by: str = ""


def verify_signature(pdf: Pdf, issuer: Issuer) -> Signed:
    """Check the file's one signature. Raises Refused."""
    value = _signature_of(pdf)
    covered, contents = _covered(pdf.data, value)
    content = _content_info(contents)
    signed = content["content"]
    certificate = _signer(signed, issuer)
    info = signed["signer_infos"][0]
    moment = _attributes(info, covered, certificate)
    public = load_der_x509_certificate(certificate).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise Refused("signature_of_other", "not a P-256 key")
    try:
        public.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise Refused("signature_wrong") from None
    subject = load_der_x509_certificate(certificate).subject.rfc4514_string()
    stamp = _timestamp(info)
    return Signed(subject, stamp[0], stamp[1]) if stamp else Signed(subject, moment or _stated(value))


def _stated(value: dict[str, Any]) -> datetime | None:
    """The moment that the file states for its signature."""
    found = re.fullmatch(rb"D:(\d{14})Z", value.get("M", b""))
    return datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC) if found else None


def _signature_of(pdf: Pdf) -> dict[str, Any]:
    fields = pdf.entry(pdf.trailer, "Root", "AcroForm", "Fields") or []
    values = [pdf.entry(one, "V") for one in fields if pdf.entry(one, "FT") == "Sig"]
    if not values:
        raise Refused("not_signed")
    if len(fields) != 1 or not isinstance(values[0], dict):
        raise Refused("signature_malformed", "more than one field")
    if values[0].get("SubFilter") != _SUBFILTER:
        raise Refused("signature_malformed", "not PAdES")
    return values[0]


def _covered(data: bytes, value: dict[str, Any]) -> tuple[bytes, bytes]:
    """The bytes signed, and the DER signature. Together they are the whole file, or Refused."""
    ranges = value.get("ByteRange")
    if not isinstance(ranges, list) or len(ranges) != 4 or not all(isinstance(one, int) for one in ranges):
        raise Refused("signature_malformed", "ByteRange")
    start, first, second, rest = ranges
    if start != 0 or second + rest != len(data) or not 0 < first < second <= len(data):
        raise Refused("not_whole_file")
    hole = data[first:second]
    if not re.fullmatch(rb"<[0-9a-f]+>", hole) or len(hole) % 2:
        raise Refused("signature_malformed", "Contents")
    padded = bytes.fromhex(hole[1:-1].decode())
    return data[:first] + data[second:], padded


def _content_info(padded: bytes) -> Any:
    """The signature, which must be written as DER, and be followed by zeros alone."""
    size = _der_size(padded, 0)
    if size > len(padded) or padded[size:].strip(b"\0"):
        raise Refused("signature_malformed", "after the signature")
    _demand_der(padded[:size], 0)
    try:
        content = cms.ContentInfo.load(padded[:size], strict=True)
        kind = content["content_type"].native
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused("signature_malformed", "CMS") from None
    if kind != "signed_data":
        raise Refused("signature_malformed", "CMS")
    return content


def _der_size(data: bytes, at: int) -> int:
    """Where the element that begins here ends. Raises Refused for a length that DER writes otherwise."""
    if len(data) < at + 2 or data[at] & 0x1F == 0x1F:
        raise Refused("signature_malformed", "DER")
    first = data[at + 1]
    if first < 0x80:
        return at + 2 + first
    count = first & 0x7F
    length = int.from_bytes(data[at + 2 : at + 2 + count], "big")
    if not 1 <= count <= 4 or length < 0x80 or length >> 8 * (count - 1) == 0:
        raise Refused("signature_malformed", "DER")
    return at + 2 + count + length


def _demand_der(data: bytes, depth: int) -> None:
    """Every element of a run of them, down to the innermost, ends where it says."""
    at = 0
    while at < len(data):
        end = _der_size(data, at)
        if end > len(data) or depth > 24:
            raise Refused("signature_malformed", "DER")
        if data[at] & 0x20:  # made of others
            start = at + 2 + (data[at + 1] & 0x7F if data[at + 1] & 0x80 else 0)
            _demand_der(data[start:end], depth + 1)
        at = end


def _signer(signed: Any, issuer: Issuer) -> bytes:
    """The DER certificate of the one signer, which is one of the issuer's. Raises Refused."""
    try:
        certificates = [one.chosen.dump() for one in signed["certificates"]]
        shape = (
            signed["version"].native,
            [one.native for one in signed["digest_algorithms"]],
            signed["encap_content_info"]["content_type"].native,
            signed["encap_content_info"]["content"].native,
            signed["crls"].native,
            len(signed["signer_infos"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refused("signature_malformed", "CMS") from None
    if shape != ("v1", [_SHA256], "data", None, None, 1):
        raise Refused("signature_malformed", "CMS")
    for chain in issuer.documents:
        if sorted(certificates) == sorted(chain):
            return chain[0]
    raise Refused("signature_of_other")


def _attributes(info: Any, covered: bytes, certificate: bytes) -> datetime | None:
    """Check what the signer states about the file and herself; the moment she states. Raises Refused."""
    own = load_der_x509_certificate(certificate)
    try:
        sid = info["sid"].chosen
        stated = {one["type"].native: one["values"] for one in info["signed_attrs"]}
        unsigned = [one["type"].native for one in info["unsigned_attrs"] or []]
        reference = stated["signing_certificate_v2"][0]["certs"][0]["cert_hash"].native
        shape = (
            info["version"].native,
            sid["serial_number"].native,
            sid["issuer"].dump(),
            info["digest_algorithm"].native,
            info["signature_algorithm"].native,
            stated["content_type"][0].native,
        )
        digest = stated["message_digest"][0].native
        moment = stated["signing_time"][0].native if "signing_time" in stated else None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise Refused("signature_malformed", "attributes") from None
    expected = ("v1", own.serial_number, own.issuer.public_bytes(), _SHA256, _ECDSA, "data")
    if shape != expected or reference != hashlib.sha256(certificate).digest():
        raise Refused("signature_malformed", "attributes")
    if unsigned not in ([], [_TIMESTAMP]):
        raise Refused("signature_malformed", "unsigned attributes")
    if digest != hashlib.sha256(covered).digest():
        raise Refused("file_altered")
    return moment


def _timestamp(info: Any) -> tuple[datetime, str] | None:
    """Moment and name of a timestamp over the signature, if there is one. Raises Refused for a wrong one.

    The token must be signed by the certificate that it carries; whether to trust that authority is not ours
    to say, so its name is shown.
    """
    for attribute in info["unsigned_attrs"] or []:
        try:
            token = attribute["values"][0]["content"]
            stamp = tsp.TSTInfo.load(token["encap_content_info"]["content"].contents)
            _check_token(token, stamp, info["signature"].native)
            own = _authority(token)
            return stamp["gen_time"].native, own.subject.rfc4514_string()
        except (ValueError, TypeError, KeyError, AttributeError, InvalidSignature):
            raise Refused("timestamp_wrong") from None
    return None


def _authority(token: Any) -> x509.Certificate:
    serial = token["signer_infos"][0]["sid"].chosen["serial_number"].native
    found = [one.chosen.dump() for one in token["certificates"] if one.chosen.serial_number == serial]
    return load_der_x509_certificate(found[0])


def _check_token(token: Any, stamp: Any, signature: bytes) -> None:
    imprint, signer = stamp["message_imprint"], token["signer_infos"][0]
    name = imprint["hash_algorithm"]["algorithm"].native
    if hashlib.new(name, signature).digest() != imprint["hashed_message"].native:
        raise Refused("timestamp_wrong")
    inner = signer["digest_algorithm"]["algorithm"].native
    stated = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
    content = token["encap_content_info"]["content"].contents
    if hashlib.new(inner, content).digest() != stated["message_digest"].native:
        raise Refused("timestamp_wrong")
    public, data = _authority(token).public_key(), signer["signed_attrs"].untag().dump()
    algorithm = _HASHES[inner]()
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signer["signature"].native, data, padding.PKCS1v15(), algorithm)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(signer["signature"].native, data, ec.ECDSA(algorithm))
    else:
        raise Refused("timestamp_wrong")
