"""A whole certificate as the product makes it, but for the database: credential, page, files inside, signature."""

import base64
import hashlib
import secrets
import uuid
from datetime import UTC, datetime
from functools import cache

from app.certificates.credentials.rules import Places, page_text
from app.certificates.credentials.securing import Site, sign_credential
from app.certificates.keys.certification import self_signed
from app.certificates.keys.custody import SealedKeys
from app.certificates.keys.rules import Purpose, name_of
from app.certificates.keys.sealing import Vault
from app.certificates.keys.signers import DocumentSigner, Signer
from app.certificates.numbers import new_code
from app.certificates.rendering import Attachment, Printed, Signature, render
from app.certificates.rendering.pipeline import markup
from bench.reference import snapshot

#: As long as a proof from a log of a million entries: twenty hashes, a checkpoint, a signature.
LOG_PROOF = b"".join(base64.b64encode(secrets.token_bytes(32)) + b"\n" for _ in range(26))


@cache
def signers() -> tuple[DocumentSigner, Signer]:
    """Keys as the product makes them, opened by the product's custody."""
    custody = SealedKeys(Vault(["bench"]))
    made = {purpose: custody.make(purpose) for purpose in (Purpose.DOCUMENT, Purpose.CREDENTIAL)}
    document, credential = (
        Signer(name_of(purpose, one.public), one.public, one.handle, custody) for purpose, one in made.items()
    )
    certificate = self_signed(document.public, "academy.example", datetime.now(UTC), document.sign)
    return DocumentSigner(document.name, document.public, document.handle, custody, certificate, ()), credential


def complete(number: int) -> bytes:
    """A whole certificate."""
    document, printed, now = snapshot(number), Printed(new_code(), "https://academy.example"), datetime.now(UTC)
    signer, credential_signer = signers()
    credential = sign_credential(
        document,
        urn=uuid.uuid4().urn,
        places=Places(1, secrets.randbelow(100_000), secrets.randbelow(100_000)),
        issued_at=now,
        page_text=page_text(markup(document, printed)),
        site=Site(printed.public_url),
        signer=credential_signer,
    )
    attachments = [
        Attachment("credential.json", "application/json", credential, "Verifiable Credential"),
        Attachment("credential.tlog-proof", "text/plain", LOG_PROOF, "Log proof"),
    ]
    data = render(document, printed, attachments, Signature(signer, now))
    hashlib.sha256(data).hexdigest()
    return data
