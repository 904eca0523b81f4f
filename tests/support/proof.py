"""A document issued with every proof, without a database: keys in memory, a log of a few entries."""

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

import pikepdf

from app.certificates.credentials.rules import Places, list_path, page_text
from app.certificates.credentials.securing import Site, sign_credential
from app.certificates.keys import certification
from app.certificates.keys.custody import SealedKeys
from app.certificates.keys.rules import Purpose, name_of
from app.certificates.keys.sealing import Vault
from app.certificates.keys.signers import DocumentSigner, Signer, Signers
from app.certificates.numbers import make_number
from app.certificates.proof import integrity, statuslists
from app.certificates.proof.entries import credential_entry
from app.certificates.proof.issuer import Issuer
from app.certificates.proof.jsonld import contexts_of
from app.certificates.proof.merkle import inclusion_proof, leaf_hash, tree_hash
from app.certificates.proof.notes import Checkpoint, LogProof, verifier_key
from app.certificates.proof.verdicts import CREDENTIAL, LOG_PROOF, Knowledge
from app.certificates.rendering import Attachment, Printed, Signature, markup, render
from app.certificates.rules import Names, Snapshot
from app.core.digests import canonical
from tests.support.certificates import completion_draft

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
BASE = "https://academy.example"
SITE = Site(BASE)
PLACES = Places(0, 70_001, 12)
PRINTED = Printed("8NYM-JM2A-48AM-CEDX", BASE)


@dataclass(frozen=True)
class Office:
    """An issuer: its signers, its public keys, and a log in which others stand too."""

    signers: Signers
    issuer: Issuer
    others: Sequence[bytes] = field(default=(b"one", b"two", b"three", b"four", b"five"))

    def checkpoint(self, entries: Sequence[bytes]) -> str:
        root = tree_hash([leaf_hash(entry) for entry in entries])
        signer = self.signers.checkpoint
        return Checkpoint(SITE.origin, len(entries), root).sign(signer.public, signer.sign)

    def log_proof(self, entry: bytes) -> str:
        """The entry stands fourth of six."""
        entries = [*self.others[:3], entry, *self.others[3:]]
        hashes = [leaf_hash(one) for one in entries]
        path = inclusion_proof(3, len(hashes), lambda _level, index: hashes[index])
        return LogProof(3, tuple(path), self.checkpoint(entries)).text()

    def status_list(
        self, purpose: str, positions: Sequence[int] = (), at: datetime = NOW, number: int = PLACES.number
    ) -> bytes:
        unsigned = statuslists.unsigned_list(
            BASE + list_path(purpose, number),
            purpose,
            SITE.did,
            positions,
            made_at=at,
            until=at + timedelta(days=1),
        )
        options = integrity.proof_options(f"{SITE.did}#{self.signers.credential.name}", statuslists.moment(at))
        return canonical(integrity.secure(unsigned, options, contexts_of(BASE), self.signers.credential.sign))

    def lists(
        self, *, revoked: Sequence[int] = (), suspended: Sequence[int] = (), at: datetime = NOW
    ) -> list[bytes]:
        return [self.status_list("revocation", revoked, at), self.status_list("suspension", suspended, at)]

    def credential(self, snapshot: Snapshot, identity: int = 1) -> bytes:
        return sign_credential(
            snapshot,
            urn=f"urn:uuid:{uuid.UUID(int=identity)}",
            places=PLACES,
            issued_at=NOW,
            page_text=page_text(markup(snapshot, PRINTED)),
            site=SITE,
            signer=self.signers.credential,
        )

    def attachments(self, credential: bytes, identity: int = 1) -> dict[str, bytes]:
        entry = credential_entry(f"urn:uuid:{uuid.UUID(int=identity)}", sha256(credential).hexdigest())
        return {CREDENTIAL: credential, LOG_PROOF: self.log_proof(entry).encode()}

    def draw(self, snapshot: Snapshot, attached: dict[str, bytes]) -> bytes:
        """A page with these files inside, signed."""
        files = [Attachment(name, "text/plain", data, name) for name, data in attached.items()]
        return render(snapshot, PRINTED, files, Signature(self.signers.document, NOW))


@cache
def office(name: str = "Example issuer") -> Office:
    """An issuer with keys of its own; the same one for the same name."""
    custody = SealedKeys(Vault(["test"]))
    made = {purpose: custody.make(purpose) for purpose in Purpose}
    plain = {
        purpose: Signer(name_of(purpose, one.public), one.public, one.handle, custody)
        for purpose, one in made.items()
    }
    document = plain[Purpose.DOCUMENT]
    certificate = certification.self_signed(document.public, name, NOW, document.sign)
    signers = Signers(
        document=DocumentSigner(document.name, document.public, document.handle, custody, certificate, ()),
        credential=plain[Purpose.CREDENTIAL],
        checkpoint=plain[Purpose.CHECKPOINT],
    )
    issuer = Issuer(
        name=name,
        url=BASE,
        documents=((certificate,),),
        credentials={signers.credential.name: signers.credential.public},
        log_keys=(verifier_key(SITE.origin, signers.checkpoint.public),),
        made_at=NOW,
    )
    return Office(signers, issuer)


def stated(name: str = "林见微", latin: str = "LIN JIANWEI", serial: int = 123, **claims: object) -> Snapshot:
    """What a document states."""
    return Snapshot(
        number=make_number("OIPA", 2026, serial),
        issued_on="2026-11-23",
        holder=Names(name, latin),
        document=completion_draft(**claims),  # type: ignore[arg-type]
    )


@cache
def issued() -> bytes:
    """The file of the usual document."""
    credential = office().credential(stated())
    return office().draw(stated(), office().attachments(credential))


@cache
def knowledge() -> Knowledge:
    """What a verifier knows who fetched the lists just now."""
    return Knowledge(NOW + timedelta(hours=1), office().lists())


def knowing(**values: object) -> Knowledge:
    """The same, but for what is named."""
    return replace(knowledge(), **values)  # type: ignore[arg-type]


def rebuilt(data: bytes, attached: dict[str, bytes]) -> bytes:
    """The file with other attachments, as an editor would save it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for name, content in attached.items():
            pdf.attachments[name].obj.EF.F.write(content)
        return saved(pdf)


def saved(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, static_id=True, compress_streams=True)
    return buffer.getvalue()
