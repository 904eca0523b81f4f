"""W3C Data Integrity proofs, cryptosuite eddsa-rdfc-2022."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.certificates.proof.jsonld import Contexts, Statements, demand_compacted, statements_of
from app.certificates.proof.refusal import Refused
from app.core import base58

CRYPTOSUITE: Final = "eddsa-rdfc-2022"
_MEMBERS: Final = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}


def proof_options(method: str, created: str) -> dict[str, str]:
    """A proof before it has its value."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }


def signed_bytes(stated: Statements, options: Mapping[str, Any]) -> bytes:
    """What the key signs: the hash of the proof's options, then the hash of the document."""
    whole = {**options, "@context": stated.document["@context"]}
    parts = (statements_of(whole, stated.contexts), stated)
    return b"".join(hashlib.sha256(part.canonical.encode()).digest() for part in parts)


def secure(
    unsecured: Mapping[str, Any],
    options: Mapping[str, Any],
    contexts: Contexts,
    sign: Callable[[bytes], bytes],
) -> dict[str, Any]:
    """The document with its proof.

    Raises Refused when a member would stay unsigned, or is written otherwise than its contexts write it.
    """
    stated = statements_of(unsecured, contexts)
    demand_compacted(stated)
    value = "z" + base58.encode(sign(signed_bytes(stated, options)))
    return {**unsecured, "proof": {**options, "proofValue": value}}


def verify(secured: Mapping[str, Any], contexts: Contexts, find_key: Callable[[str], bytes]) -> None:
    """Check a document's one proof. ``find_key`` gives the public key of a verification method.

    Raises Refused.
    """
    proof = secured.get("proof")
    if not isinstance(proof, dict) or set(proof) != _MEMBERS:
        raise Refused("no_proof")
    if any(not isinstance(value, str) for value in proof.values()):
        raise Refused("no_proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if options != proof_options(proof["verificationMethod"], proof["created"]):
        raise Refused("other_proof", json.dumps(options))
    public = find_key(proof["verificationMethod"])
    unsecured = {name: value for name, value in secured.items() if name != "proof"}
    try:
        signature = base58.decode(proof["proofValue"][1:]) if proof["proofValue"].startswith("z") else b""
        stated = statements_of(unsecured, contexts)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed_bytes(stated, options))
    except (InvalidSignature, ValueError):
        raise Refused("proof_wrong") from None
    demand_compacted(stated)
