"""The signature of a file, judged by programs we did not write."""

import io
import subprocess
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import PdfSignatureStatus, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.certificates.rendering import Attachment, Signature, cms, render
from app.certificates.rendering.cms import TimestampFailed
from app.certificates.rendering.signing import signed_part
from tests.certificates.test_document import PRINTED, snapshot
from tests.support.document_signing import NOW, authority, signer, timestamp_authority

pytestmark = [pytest.mark.no_database, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
CREDENTIAL = Attachment("credential.json", "application/json", b'{"a": "\xe4\xb8\xad"}', "Verifiable Credential")
PROOF = Attachment("credential.tlog-proof", "text/plain", b"c2sp.org/tlog-proof@v1\n", "Log proof")


@cache
def signed() -> bytes:
    return render(snapshot(), PRINTED, [PROOF, CREDENTIAL], Signature(signer(), NOW))


def root() -> x509.Certificate:
    return x509.Certificate.load(authority().certificate.public_bytes(Encoding.DER))


def judged(data: bytes) -> PdfSignatureStatus:
    signature = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
    context = ValidationContext(trust_roots=[root()], moment=NOW)
    return validate_pdf_signature(signature, context, ts_validation_context=context)


def test_pyhanko_finds_the_whole_file_certified() -> None:
    reader = PdfFileReader(io.BytesIO(signed()))
    (signature,) = reader.embedded_signatures
    status = judged(signed())
    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.sig_object["/M"].startswith("D:20261123080000")
    names = {str(attribute["type"].native) for attribute in signature.signer_info["signed_attrs"]}
    assert names == {"content_type", "message_digest", "signing_certificate_v2"}


def test_pdfsig_trusts_it_where_the_authority_is_trusted(tmp_path: Path) -> None:
    file, ca = tmp_path / "signed.pdf", tmp_path / "ca.der"
    file.write_bytes(signed())
    ca.write_bytes(authority().certificate.public_bytes(Encoding.DER))
    store = f"sql:{tmp_path}"
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", store, "-n", "ca", "-t", ",CT,", "-i", str(ca)], check=True)
    said = subprocess.run(
        ["pdfsig", "-nssdir", store, str(file)], capture_output=True, text=True, check=True
    ).stdout
    assert "Signature is Valid." in said
    assert "Certificate is Trusted." in said
    assert "Total document signed" in said


def test_a_changed_byte_anywhere_breaks_it(tmp_path: Path) -> None:
    start = signed().index(b"/Contents <") + len(b"/Contents ")
    end = signed().index(b">", start) + 1
    file = tmp_path / "changed.pdf"
    for place in (10, start // 3, start // 2, start - 20, (end + len(signed())) // 2, len(signed()) - 1):
        data = bytearray(signed())
        data[place] ^= 1
        file.write_bytes(data)
        said = subprocess.run(
            ["pdfsig", "-nocert", str(file)], capture_output=True, timeout=30, check=False
        ).stdout
        assert b"Signature is Valid." not in said, place


def test_only_the_signature_differs_from_one_signing_to_the_next() -> None:
    again = render(snapshot(), PRINTED, [CREDENTIAL, PROOF], Signature(signer(), NOW))
    assert signed_part(again)[0] == signed_part(signed())[0]
    assert signed_part(again)[1] != signed_part(signed())[1], "ECDSA signs with a fresh secret number"
    assert render(snapshot(), PRINTED, [CREDENTIAL, PROOF]) == render(snapshot(), PRINTED, [PROOF, CREDENTIAL])


def test_a_time_stamp_authority_attests_when() -> None:
    with timestamp_authority() as running:
        data = render(snapshot(), PRINTED, (), Signature(signer(), NOW, running.url))
        status = judged(data)
        assert status.bottom_line
        assert status.timestamp_validity is not None
        assert status.timestamp_validity.intact
        assert status.timestamp_validity.trusted
        assert running.asked == 1
        with_other = render(snapshot("周同窗"), PRINTED, (), Signature(signer(), NOW, running.url))
        assert with_other != data


@pytest.mark.parametrize(
    "answer",
    [b"\x30\x05\x30\x03\x02\x01\x02", b"<html>", b"", b"\x30\x03\x02\x01\x00"],
    ids=["no", "html", "empty", "odd"],
)
def test_without_a_time_stamp_nothing_is_signed(answer: bytes) -> None:
    with timestamp_authority() as running:
        running.answer = answer or b"\x00"
        with pytest.raises(TimestampFailed, match=running.url):
            render(snapshot(), PRINTED, (), Signature(signer(), NOW, running.url))
    with pytest.raises(TimestampFailed):  # nobody answers any more
        render(snapshot(), PRINTED, (), Signature(signer(), NOW, running.url))


def test_an_old_time_stamp_is_not_taken() -> None:
    with timestamp_authority() as running:
        token = cms.stamped_by(running.url)(b"one signature")
        running.answer = b"\x30" + b"\x82" + (len(token) + 5).to_bytes(2, "big") + b"\x30\x03\x02\x01\x00" + token
        with pytest.raises(TimestampFailed, match="something else"):
            cms.stamped_by(running.url)(b"another signature")
