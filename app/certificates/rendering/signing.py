"""A PAdES signature in the file itself: a place kept for it while the file is written, filled in afterwards.

Signing a finished file the usual way appends a second revision to it: half as slow as drawing the page, and three
kilobytes more. Here the file has one revision, and the signature covers all of it.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pydyf

from app.certificates.rendering import cms
from app.certificates.rendering.attaching import pdf_date

#: Bytes of a signature beside its certificates, and of a time stamp with the authority's.
SIGNATURE_ROOM: Final = 600
TIMESTAMP_ROOM: Final = 6_000
_RANGE: Final = b"/ByteRange [0 0000000000 0000000000 0000000000]"
#: What readers say of the field, also aloud.
_LABEL: Final = "电子签名 Digital signature"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs a file, when, and who attests the time (an RFC 3161 authority's address, or nobody)."""

    signer: cms.DocumentSigner
    at: datetime
    timestamp_url: str = ""

    @property
    def room(self) -> int:
        """Bytes to keep for it in the file."""
        certificates = sum(map(len, (self.signer.certificate, *self.signer.chain)))
        return SIGNATURE_ROOM + certificates + (TIMESTAMP_ROOM if self.timestamp_url else 0)


class _Plain(pydyf.Dictionary):  # type: ignore[misc] # no types
    """A dictionary that stands in the file as it is, not packed with others: its place has to be known."""

    compressible = False


def keep_place(pdf: Any, signature: Signature) -> None:
    """Add an invisible signature field that certifies the file: nothing in it may change any more."""
    page: Any = next(thing for thing in pdf.objects if isinstance(thing, dict) and thing.get("Type") == "/Page")
    certifies = pydyf.Dictionary(
        {
            "Type": "/SigRef",
            "TransformMethod": "/DocMDP",
            "TransformParams": pydyf.Dictionary({"Type": "/TransformParams", "V": "/1.2", "P": 1}),
        }
    )
    value = _Plain(
        {
            "Type": "/Sig",
            "Filter": "/Adobe.PPKLite",
            "SubFilter": "/ETSI.CAdES.detached",
            "M": pydyf.String(pdf_date(signature.at.astimezone(UTC))),
            "Reference": pydyf.Array([certifies]),
            "ByteRange": _RANGE.partition(b" ")[2],
            "Contents": _empty(signature.room),
        }
    )
    pdf.add_object(value)
    field = pydyf.Dictionary(
        {
            "Type": "/Annot",
            "Subtype": "/Widget",
            "FT": "/Sig",
            "T": pydyf.String("Signature"),
            "TU": pydyf.String(_LABEL),
            "V": value.reference,
            "P": page.reference,
            "Rect": pydyf.Array([0, 0, 0, 0]),
            "F": 132,  # to be printed, locked
        }
    )
    pdf.add_object(field)
    page["Annots"] = pydyf.Array([field.reference])
    page["Tabs"] = "/S"
    pdf.catalog["AcroForm"] = pydyf.Dictionary({"Fields": pydyf.Array([field.reference]), "SigFlags": 3})
    pdf.catalog["Perms"] = pydyf.Dictionary({"DocMDP": value.reference})


def _empty(room: int) -> bytes:
    return b"<" + b"0" * (2 * room) + b">"


def fill_in(data: bytes, signature: Signature) -> bytes:
    """Sign a file that has a place for it. Raises ``cms.TimestampFailed``, and whatever the signer raises."""
    empty = _empty(signature.room)
    start = data.index(b"/Contents " + empty) + len(b"/Contents ")
    end = start + len(empty)
    numbers = f"[0 {start} {end} {len(data) - end}]".encode()
    filled = data.replace(_RANGE, b"/ByteRange " + numbers.ljust(len(_RANGE) - len(b"/ByteRange ")), 1)
    digest = hashlib.sha256(filled[:start] + filled[end:]).digest()
    stamp = cms.stamped_by(signature.timestamp_url) if signature.timestamp_url else None
    made = cms.signed_data(digest, signature.signer, stamp)
    if len(made) > signature.room:
        raise ValueError(f"a signature of {len(made)} bytes where {signature.room} are kept")
    return filled[: start + 1] + made.hex().encode().ljust(len(empty) - 2, b"0") + filled[end - 1 :]


def signed_part(data: bytes) -> tuple[bytes, bytes]:
    """What the only signature of a file covers, and the signature (DER). Raises ValueError without one."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", data)
    if found is None:
        raise ValueError("the file has no signature")
    start, end, rest = (int(number) for number in found.groups())
    return data[:start] + data[end : end + rest], bytes.fromhex(data[start + 1 : end - 1].decode())
