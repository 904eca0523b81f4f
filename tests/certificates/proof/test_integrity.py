"""Data Integrity proofs: the W3C's own vectors, and nothing unsigned."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyld import jsonld

from app.certificates.keys.rules import multikey, public_of_multikey
from app.certificates.proof import integrity
from app.certificates.proof.jsonld import (
    CREDENTIALS,
    PINNED,
    Contexts,
    bundled,
    contexts_of,
    demand_compacted,
    statements_of,
)
from app.certificates.proof.refusal import Refused
from app.core import base58
from app.core.digests import canonical
from tests.support.proof import BASE, office, stated

pytestmark = pytest.mark.no_database

VECTORS = Path(__file__).parents[2] / "data" / "eddsa-rdfc-2022"
#: The context that the vectors use for examples; the W3C defines it as nothing but this vocabulary.
EXAMPLES = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
CONTEXTS = Contexts(
    {**contexts_of("https://academy.example").documents, "https://www.w3.org/ns/credentials/examples/v2": EXAMPLES}
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
METHOD = "did:web:academy.example#key"


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / name).read_text())
    return found


def secured(**members: Any) -> dict[str, Any]:
    document = {
        "@context": [CREDENTIALS],
        "id": "urn:uuid:0c25e195-f5de-4a91-8baf-35e11f0bab54",
        "type": "VerifiableCredential",
        "issuer": "did:web:academy.example",
        "credentialSubject": {"id": "did:example:a"},
        **members,
    }
    return integrity.secure(document, integrity.proof_options(METHOD, "2026-11-23T00:00:00Z"), CONTEXTS, KEY.sign)


def verify(document: dict[str, Any]) -> None:
    integrity.verify(document, CONTEXTS, lambda _method: KEY.public_key().public_bytes_raw())


def test_the_w3c_vectors_give_the_same_bytes() -> None:
    pair, config = vector("keyPair.json"), vector("proofConfigDataInt.json")
    private = Ed25519PrivateKey.from_private_bytes(base58.decode(pair["privateKeyMultibase"][1:])[2:])
    public = public_of_multikey(pair["publicKeyMultibase"])
    assert private.public_key().public_bytes_raw() == public
    assert multikey(public) == pair["publicKeyMultibase"]

    unsigned = vector("unsigned.json")
    stated = statements_of(unsigned, CONTEXTS)
    assert stated.canonical == (VECTORS / "canonDocDataInt.txt").read_text()
    options = {name: value for name, value in config.items() if name != "@context"}
    hashed = integrity.signed_bytes(stated, options)
    assert hashed.hex() == (VECTORS / "combinedHashDataInt.txt").read_text().strip()
    made = integrity.secure(unsigned, options, CONTEXTS, private.sign)
    assert made == vector("signedDataInt.json")
    integrity.verify(made, CONTEXTS, lambda _method: public)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issuer": "did:web:other.example"}, "proof_wrong"),
        ({"added": "never signed"}, "unsigned_member"),
        ({"https://www.w3.org/2018/credentials#validUntil": "2030-01-01T00:00:00Z"}, "proof_wrong"),
        ({"@context": [CREDENTIALS, "https://elsewhere.example/context"]}, "unknown_context"),
        ({"proof": {"type": "DataIntegrityProof"}}, "no_proof"),
        ({"proof": None}, "no_proof"),
    ],
)
def test_what_was_changed_or_added_is_refused(change: dict[str, Any], code: str) -> None:
    verify(secured())
    with pytest.raises(Refused, match=code):
        verify({**secured(), **change})


@pytest.mark.parametrize(
    "change",
    [
        {"cryptosuite": "eddsa-jcs-2022"},
        {"proofPurpose": "authentication"},
        {"created": "2027-01-01T00:00:00Z"},
        {"proofValue": "z" + base58.encode(bytes(64))},
        {"proofValue": "u" + "A" * 86},
        {"expires": "2030-01-01T00:00:00Z"},
    ],
)
def test_a_changed_proof_is_refused(change: dict[str, str]) -> None:
    document = secured()
    with pytest.raises(Refused, match=r"proof_wrong|other_proof|no_proof"):
        verify({**document, "proof": {**document["proof"], **change}})


def test_the_same_statements_written_otherwise_are_refused() -> None:
    document = secured(name="A")
    verify(document)
    moved = {name: value for name, value in document.items() if name != "name"}
    with pytest.raises(Refused, match="not_compacted"):
        verify({**moved, "https://schema.org/name": "A"})


def test_nothing_can_be_signed_that_no_context_defines() -> None:
    with pytest.raises(Refused, match="unsigned_member"):
        secured(undefined="x")


def test_contexts_are_the_pinned_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(bundled(name) for name in PINNED)
    bundled.cache_clear()
    monkeypatch.setitem(PINNED, "certificate-v1.json", "0" * 64)
    with pytest.raises(Refused, match="context_altered"):
        bundled("certificate-v1.json")


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    record: Any = {
        "z": [1, True, None, {"b": 'é\u2028\x07\\"/', "a": "林𬭎"}],
        "a": {},
        "B": "\n",
        "e": [],
        "n": -17,
    }
    assert canonical(record) == rfc8785.dumps(record)


def test_what_is_kept_between_documents_changes_none_of_them() -> None:
    """Each document states what the library by itself says that it states, whichever came before it."""
    loaded = {url: {"document": document} for url, document in contexts_of(BASE).documents.items()}

    def load(url: str, _options: object) -> dict[str, Any]:
        found = {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url}
        return copy.deepcopy({**found, **loaded[url]})

    plain = {"documentLoader": load, "processingMode": "json-ld-1.1"}
    wanted = {**plain, "algorithm": "URDNA2015", "format": "application/n-quads"}
    documents = [
        office().credential(stated()),
        office().status_list("revocation", [3, 70_001]),
        office().credential(stated("周同窗", "", 124, result_percent=None), 2),
        office().credential(stated(), 3),
    ]
    for raw in documents:
        document = {name: value for name, value in json.loads(raw).items() if name != "proof"}
        found = statements_of(document, contexts_of(BASE))
        assert found.canonical == jsonld.normalize(document, wanted)
        assert found.expanded == jsonld.expand(document, plain)
        demand_compacted(found)
        assert jsonld.compact(document, document["@context"], plain).keys() == document.keys()


@pytest.mark.parametrize("url", contexts_of(BASE).documents)
def test_a_document_cannot_change_the_contexts_that_we_ship(url: str) -> None:
    """A context inside a document that imports a shipped one would be written into it, for good."""
    before = copy.deepcopy(contexts_of(BASE).documents)
    own = {"@context": {"@import": url, "more": "https://example.org/more"}, "id": "did:example:a", "more": "x"}
    document = {
        "@context": [CREDENTIALS],
        "type": "VerifiableCredential",
        "issuer": "did:web:academy.example",
        "credentialSubject": own,
    }
    with pytest.raises(Refused, match="unknown_context"):
        statements_of(document, contexts_of(BASE))
    assert contexts_of(BASE).documents == before
