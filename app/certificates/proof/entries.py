"""What the log records, byte for byte: canonical JSON with digests and states, and never a word about a person."""

from datetime import datetime

from app.certificates.proof.statuslists import moment
from app.core.digests import canonical


def credential_entry(identity: str, digest: str) -> bytes:
    """A credential was signed: its identifier, and the SHA-256 of the file ``credential.json``."""
    return canonical({"credential": identity, "sha256": digest, "type": "credential"})


def file_entry(identity: str, digest: str) -> bytes:
    """The PDF that carries a credential: the SHA-256 of the whole file."""
    return canonical({"credential": identity, "sha256": digest, "type": "file"})


def status_entry(identity: str, status: str, at: datetime) -> bytes:
    """Something happened to the certificate of a credential."""
    return canonical({"at": moment(at), "credential": identity, "status": status, "type": "status"})
