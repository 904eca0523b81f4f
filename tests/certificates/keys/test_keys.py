"""Keys: made once a purpose, sealed, rotated without losing what they signed, held elsewhere if wished."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import csr
from click.testing import Result
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.certificates import queries as certificates
from app.certificates.keys import queries, services
from app.certificates.keys.context import holders, open_custody
from app.certificates.keys.custody import Holders, Made, SealedKeys
from app.certificates.keys.models import SigningKey
from app.certificates.keys.rules import Purpose, multikey, public_of_multikey
from app.certificates.keys.sealing import Unopenable, Vault
from app.certificates.keys.signing import active_signers
from app.certificates.rules import CertificateState, StatusKind
from app.config import Settings, load_settings
from app.core import clock
from app.core.database import db, release, transaction
from app.core.errors import Conflict
from tests.support.cast import Cast
from tests.support.certificates import make_certificate
from tests.support.pages import Visitors

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def command(app: Flask, *words: str) -> Result:
    release()
    return app.test_cli_runner().invoke(args=["certificates", "keys", *words])


@pytest.fixture
def no_keys() -> None:
    """A platform on which nobody has made keys yet."""
    with transaction() as session:
        session.execute(update(SigningKey).values(retired_at=clock.now()))


def test_every_purpose_signs_with_its_key() -> None:
    signers = active_signers(holders())
    public = load_der_public_key(signers.document.public)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signers.document.sign(b"a"), b"a", ec.ECDSA(SHA256()))
    for signer in (signers.credential, signers.checkpoint):
        Ed25519PublicKey.from_public_bytes(signer.public).verify(signer.sign(b"a"), b"a")
        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(signer.public).verify(signer.sign(b"a"), b"b")
    assert public_of_multikey(multikey(signers.credential.public)) == signers.credential.public


def test_the_document_key_has_a_certificate_made_for_signing_documents() -> None:
    certificate = x509.load_der_x509_certificate(active_signers(holders()).document.certificate)
    certificate.verify_directly_issued_by(certificate)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.content_commitment, usage.key_cert_sign) == (True, True, False)
    extended = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert [use.dotted_string for use in extended] == ["1.3.6.1.5.5.7.3.36"]
    assert certificate.subject.rfc4514_string() == "CN=Example issuer,O=Example issuer"


def test_a_rotated_key_goes_on_verifying_what_it_signed() -> None:
    before = active_signers(holders()).credential
    signature = before.sign(b"credential")
    release()
    with transaction():
        new = services.rotate(holders(), Purpose.CREDENTIAL, "x", clock.now())
    assert active_signers(holders()).credential.name == new.name != before.name
    kept = queries.get_key(before.name)
    assert kept.state == "retired"
    Ed25519PublicKey.from_public_bytes(kept.public).verify(signature, b"credential")


def test_one_key_of_a_purpose_is_active() -> None:
    with pytest.raises(Conflict), transaction():
        services.create_key(holders(), Purpose.CHECKPOINT, "x", NOW)
    with transaction():
        spare = services.create_key(holders(), Purpose.CHECKPOINT, "x", NOW, activate=False)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(update(SigningKey).where(SigningKey.id == spare.id).values(activated_at=NOW))


def test_private_halves_are_sealed_to_their_names_and_secret() -> None:
    old = Vault(["a" * 32])
    sealed = old.seal("credential-1", b"private")
    assert b"private" not in sealed.encode()
    assert old.open("credential-1", sealed) == b"private"
    with pytest.raises(Unopenable, match="SECRET_KEY"):
        old.open("credential-2", sealed)
    with pytest.raises(Unopenable):
        Vault(["b" * 32]).open("credential-1", sealed)
    assert Vault(["b" * 32, "a" * 32]).open("credential-1", sealed) == b"private", "a retired secret still opens"
    chosen = Vault(["a" * 32], ["a passphrase"])
    assert chosen.open("credential-1", sealed) == b"private"
    resealed = chosen.seal("credential-1", b"private")
    with pytest.raises(Unopenable, match="KEY_PASSPHRASE"):
        old.open("credential-1", resealed)


def test_reencrypting_lets_the_old_secret_go(app: Flask) -> None:
    before = active_signers(holders()).credential
    release()
    moved = Holders(SealedKeys(Vault(["n" * 32, app.config["SECRET_KEY"]])))
    with transaction():
        assert services.reencrypt(moved) == len(queries.list_keys())
    after = active_signers(Holders(SealedKeys(Vault(["n" * 32])))).credential
    assert after.public == before.public
    assert after.sign(b"a") == before.sign(b"a")
    with pytest.raises(Unopenable):
        active_signers(Holders(SealedKeys(Vault([app.config["SECRET_KEY"]])))).credential.sign(b"a")


class Device:
    """A security module of the test: it never gives a private key away."""

    def __init__(self) -> None:
        self.inside = SealedKeys(Vault(["device"]))
        self.handles: dict[str, str] = {}

    def make(self, purpose: Purpose) -> Made:
        made = self.inside.make(purpose)
        self.handles[f"slot-{len(self.handles)}"] = made.handle
        return Made(made.public, f"slot-{len(self.handles) - 1}")

    def sign(self, name: str, handle: str, data: bytes) -> bytes:
        return self.inside.sign(name, self.handles[handle], data)


def device(_settings: Settings) -> Device:
    return Device()


def test_a_security_module_takes_over_by_rotation(app: Flask) -> None:
    settings = load_settings(app_env="test", key_custody=f"{__name__}:device")
    both = open_custody(settings, [app.config["SECRET_KEY"]])
    with transaction():
        for purpose in Purpose:
            services.rotate(both, purpose, "Device", clock.now())
    signers = active_signers(both)
    Ed25519PublicKey.from_public_bytes(signers.checkpoint.public).verify(signers.checkpoint.sign(b"a"), b"a")
    certificate = x509.load_der_x509_certificate(signers.document.certificate)
    certificate.verify_directly_issued_by(certificate)
    assert signers.document.handle.startswith("slot-")
    with pytest.raises(LookupError, match="KEY_CUSTODY"):
        active_signers(holders())


def test_a_certificate_of_a_ca_is_taken_in(app: Flask, tmp_path: Path) -> None:
    made = command(app, "create", "--prepare", "document")
    name = made.output.split()[0]
    file = tmp_path / "request.der"
    assert command(app, "request", name, str(file), "--issuer", "Academy").exit_code == 0
    asked = csr.CertificationRequest.load(file.read_bytes())
    public = asked["certification_request_info"]["subject_pk_info"].dump()

    authority = ec.generate_private_key(ec.SECP256R1())
    root = x509.Name.from_rfc4514_string("CN=National CA")
    builder = (
        x509.CertificateBuilder().issuer_name(root).not_valid_before(NOW).not_valid_after(NOW.replace(year=2030))
    )
    own = builder.subject_name(x509.Name.from_rfc4514_string("CN=Academy")).serial_number(7)
    top = builder.subject_name(root).serial_number(1).public_key(authority.public_key())
    issued = [
        own.public_key(load_der_public_key(public)).sign(authority, SHA256()),  # type: ignore[arg-type]
        top.sign(authority, SHA256()),
    ]
    chain = tmp_path / "chain.pem"
    chain.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in issued))
    other = active_signers(holders()).document.name
    assert "not a prepared document key" in command(app, "import-certificate", other, str(chain)).output
    assert command(app, "import-certificate", name, str(chain)).exit_code == 0
    assert command(app, "activate", name).exit_code == 0
    signer = active_signers(holders()).document
    assert (signer.name, signer.certificate) == (name, issued[0].public_bytes(Encoding.DER))
    assert signer.chain == (issued[1].public_bytes(Encoding.DER),)
    chain.write_bytes(issued[1].public_bytes(Encoding.PEM))
    spare = command(app, "create", "--prepare", "document").output.split()[0]
    assert "not for" in command(app, "import-certificate", spare, str(chain)).output


def test_without_keys_nothing_is_issued_until_an_operator_makes_them(
    app: Flask, cast: Cast, visit: Visitors, no_keys: None
) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)
    assert (certificate.state, certificate.number) == (CertificateState.BLOCKED, None)
    events = certificates.history(certificate.id)
    assert (events[-1].kind, events[-1].reason_class) == (StatusKind.BLOCKED, "no_keys")
    release()
    page = visit(cast.certifier).get(f"/certificates/{certificate.id}").get_data(as_text=True)
    assert "flask certificates keys create" in page

    result = command(app, "create")
    assert "1 documents that waited for keys are issued" in result.output
    db.session.expire_all()
    assert certificate.state is CertificateState.VALID
    release()
    assert "every purpose has an active key" in command(app, "create").output
    listed = command(app, "list").output.splitlines()
    assert [line.split()[1] for line in listed].count("active") == 3


def test_commands_rotate_and_reencrypt(app: Flask) -> None:
    before = active_signers(holders()).checkpoint.name
    assert before not in command(app, "rotate", "checkpoint").output
    assert "keys are sealed" in command(app, "reencrypt").output
    assert json.loads(queries.get_key(before).handle)["kdf"] == "hkdf-sha256"
