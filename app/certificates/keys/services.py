"""Make, activate, rotate and re-encrypt signing keys. Everything here runs inside the caller's transaction()."""

from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from app.audit import services as audit
from app.certificates.keys import certification, queries
from app.certificates.keys.custody import SEALED, Holders
from app.certificates.keys.models import SigningKey
from app.certificates.keys.rules import Purpose, name_of
from app.certificates.keys.signing import signer_of
from app.core.database import db
from app.core.errors import Conflict


def create_key(
    holders: Holders, purpose: Purpose, issuer: str, now: datetime, *, activate: bool = True
) -> SigningKey:
    """A new key; a document key gets a certificate that we sign ourselves in the issuer's name.

    Raises Conflict when it should be active and another one is.
    """
    if activate and any(key.state == "active" for key in queries.list_keys(purpose)):
        raise Conflict(f"there is an active {purpose.value} key; rotate it", code="key_active")
    made = holders.named(holders.maker).make(purpose)
    key = SigningKey(
        name=name_of(purpose, made.public),
        purpose=purpose,
        public=made.public,
        custody=holders.maker,
        handle=made.handle,
        activated_at=now if activate else None,
    )
    if purpose is Purpose.DOCUMENT:
        key.certificate = certification.self_signed(key.public, issuer, now, signer_of(key, holders).sign)
    db.session.add(key)
    db.session.flush()
    audit.record(None, "certificates.keys.create", key, purpose=purpose.value, custody=key.custody)
    return key


def create_missing(holders: Holders, issuer: str, now: datetime) -> list[SigningKey]:
    """A key for every purpose that has no active one."""
    active = {key.purpose for key in queries.list_keys() if key.state == "active"}
    return [create_key(holders, purpose, issuer, now) for purpose in Purpose if purpose not in active]


def activate_key(name: str, now: datetime) -> SigningKey:
    """From now on this prepared key signs; the one before is retired. Raises NotFound, Conflict."""
    key = queries.get_key(name)
    if key.state != "prepared":
        raise Conflict(f"{name} is {key.state}; only a prepared key can be activated")
    for earlier in queries.list_keys(key.purpose):
        if earlier.state == "active":
            earlier.retired_at = now
            audit.record(None, "certificates.keys.retire", earlier)
    db.session.flush()
    key.activated_at = now
    db.session.flush()
    audit.record(None, "certificates.keys.activate", key)
    return key


def rotate(holders: Holders, purpose: Purpose, issuer: str, now: datetime) -> SigningKey:
    """A new key takes over at once; what the old one signed keeps verifying."""
    return activate_key(create_key(holders, purpose, issuer, now, activate=False).name, now)


def import_certificate(name: str, data: bytes) -> SigningKey:
    """Give a prepared document key the certificate a CA made for it, followed by those above.

    Raises NotFound; Conflict when the certificate is for another key or the key has already signed.
    """
    key = queries.get_key(name)
    if key.purpose is not Purpose.DOCUMENT or key.state != "prepared":
        raise Conflict(f"{name} is not a prepared document key")
    own, *above = certification.read_certificates(data)
    if certification.public_of(own) != key.public:
        raise Conflict(f"the certificate is not for {name}")
    key.certificate = own.public_bytes(Encoding.DER)
    key.chain = "".join(one.public_bytes(Encoding.PEM).decode() for one in above)
    db.session.flush()
    audit.record(None, "certificates.keys.import", key, holder=own.subject.rfc4514_string())
    return key


def reencrypt(holders: Holders) -> int:
    """Seal every key of ours under the present secret; how many. Raises ``sealing.Unopenable``."""
    ours = [key for key in queries.list_keys() if key.custody == SEALED]
    for key in ours:
        key.handle = holders.sealed.reseal(key.name, key.handle)
    db.session.flush()
    return len(ours)
