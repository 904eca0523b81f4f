"""W3C Bitstring Status Lists: made by the issuer, read by verifiers."""

import base64
import binascii
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.certificates.proof import integrity
from app.certificates.proof.issuer import Issuer
from app.certificates.proof.jsonld import CREDENTIALS, contexts_of
from app.certificates.proof.refusal import Refused

#: Entries of a list: what the recommendation asks for at least, so that a lookup hides among many.
LENGTH: Final = 131_072
#: ``revocation`` is for good; ``suspension`` may end.
PURPOSES: Final = ("revocation", "suspension")


def encode(positions: Iterable[int]) -> str:
    """The multibase, compressed bit string with these bits set; the first entry is the leftmost bit."""
    bits = bytearray(LENGTH // 8)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)  # 31: gzip, whose header zlib writes without a moment
    data = packer.compress(bytes(bits)) + packer.flush()
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bits. Raises Refused for anything but a whole list of the usual length."""
    try:
        raw = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        unpacker = zlib.decompressobj(31)
        bits = unpacker.decompress(raw, LENGTH // 8 + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise Refused("status_malformed") from None
    if not text.startswith("u") or len(bits) != LENGTH // 8 or not unpacker.eof or unpacker.unused_data:
        raise Refused("status_malformed")
    return bits


def is_set(bits: bytes, position: int) -> bool:
    return bool(bits[position // 8] & 0x80 >> position % 8)


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list that the issuer signed."""

    address: str
    purpose: str
    bits: bytes
    made_at: datetime
    valid_until: datetime


def unsigned_list(
    address: str, purpose: str, issuer_did: str, positions: Iterable[int], *, made_at: datetime, until: datetime
) -> dict[str, Any]:
    """A status list before its proof."""
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_did,
        "validFrom": moment(made_at),
        "validUntil": moment(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encode(positions),
        },
    }


def moment(at: datetime) -> str:
    """A moment as credentials write it: 2026-11-23T01:02:03Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: object) -> datetime:
    """Raises Refused."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise Refused("credential_malformed", "a moment") from None
    if found.tzinfo is None:
        raise Refused("credential_malformed", "a moment without a zone")
    return found


def open_list(document: Mapping[str, Any], issuer: Issuer) -> StatusList:
    """A status list with its proof checked; its dates are the caller's to judge. Raises Refused."""
    integrity.verify(document, contexts_of(issuer.url), issuer.find_key)
    subject = document.get("credentialSubject")
    if (
        not isinstance(subject, dict)
        or document.get("issuer") != issuer.did
        or "BitstringStatusListCredential" not in document.get("type", [])
        or subject.get("type") != "BitstringStatusList"
    ):
        raise Refused("status_malformed")
    return StatusList(
        address=str(document.get("id")),
        purpose=str(subject.get("statusPurpose")),
        bits=decode(str(subject.get("encodedList"))),
        made_at=read_moment(document.get("validFrom")),
        valid_until=read_moment(document.get("validUntil")),
    )
