"""Sign what is issued. Needs no database: what a process that only makes documents has to load."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.certificates.credentials.rules import Places, credential_of
from app.certificates.keys.signers import Signer
from app.certificates.proof import integrity
from app.certificates.proof.issuer import did_of, origin_of
from app.certificates.proof.jsonld import contexts_of
from app.certificates.proof.statuslists import moment
from app.certificates.rules import Snapshot
from app.core.digests import canonical


@dataclass(frozen=True, slots=True)
class Site:
    """Under which address credentials are issued."""

    base: str

    @property
    def did(self) -> str:
        return did_of(self.base)

    @property
    def origin(self) -> str:
        return origin_of(self.base)


def sign_credential(
    snapshot: Snapshot,
    *,
    urn: str,
    places: Places,
    issued_at: datetime,
    page_text: str,
    site: Site,
    signer: Signer,
) -> bytes:
    """The signed credential as the file ``credential.json``; slow work, done outside the write transaction."""
    unsigned = credential_of(
        snapshot, urn=urn, places=places, base=site.base, issued_at=issued_at, page_text=page_text
    )
    unsigned = json.loads(canonical(unsigned))  # lists for tuples: exactly what will be read back
    return canonical(secured(unsigned, issued_at, site, signer))


def secured(unsigned: dict[str, Any], at: datetime, site: Site, signer: Signer) -> dict[str, Any]:
    """A credential or status list with the proof of its issuer."""
    options = integrity.proof_options(f"{site.did}#{signer.name}", moment(at))
    return integrity.secure(unsigned, options, contexts_of(site.base), signer.sign)
