"""Signers and a time stamp authority of a test's own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certify(
    common: str,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
    above: "Authority | None",
    usage: x509.ObjectIdentifier | None,
) -> x509.Certificate:
    authority = usage is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(common))
        .issuer_name(above.certificate.subject if above else _name(common))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=3_650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
    own = key if isinstance(key, ec.EllipticCurvePrivateKey) else None
    signs = above.key if above else own
    assert signs is not None
    return builder.sign(signs, SHA256())


@dataclass(frozen=True)
class Authority:
    """A certificate authority made for a test."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass(frozen=True)
class TestSigner:
    """What ``rendering.Signature`` wants, with a key in memory."""

    __test__ = False
    key: ec.EllipticCurvePrivateKey
    certificate: bytes
    chain: tuple[bytes, ...]

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, ec.ECDSA(SHA256()))


@cache
def authority() -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    return Authority(key, _certify("Example CA", key, None, None))


@cache
def signer() -> TestSigner:
    """Certified by ``authority()``, as a national CA would certify the academy's key."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certify("示例签发机构", key, authority(), ExtendedKeyUsageOID.EMAIL_PROTECTION)
    above = authority().certificate.public_bytes(Encoding.DER)
    return TestSigner(key, certificate.public_bytes(Encoding.DER), (above,))


@dataclass
class TimestampAuthority:
    """A running one; ``answer`` changes what it says next."""

    url: str
    certificate: x509.Certificate
    asked: int = 0
    answer: bytes | None = None


@contextmanager
def timestamp_authority() -> Iterator[TimestampAuthority]:
    """pyHanko's own stamper behind HTTP on the loopback address."""
    key = rsa.generate_private_key(65537, 2048)  # all that pyHanko's stamper knows
    certificate = _certify("Example time", key, authority(), ExtendedKeyUsageOID.TIME_STAMPING)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamper = DummyTimeStamper(
        asn1.Certificate.load(certificate.public_bytes(Encoding.DER)), keys.PrivateKeyInfo.load(private)
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            running.asked += 1
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = running.answer or stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        running = TimestampAuthority(f"http://127.0.0.1:{server.server_port}/", certificate)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        server.shutdown()
        thread.join()
