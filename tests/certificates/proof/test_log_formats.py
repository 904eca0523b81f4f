"""Trees, notes and lists: against the definitions, every size and index of small trees."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.certificates.proof import integrity, statuslists
from app.certificates.proof.issuer import Issuer, did_of, origin_of
from app.certificates.proof.jsonld import contexts_of
from app.certificates.proof.merkle import (
    EMPTY,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    range_hash,
    root_from_inclusion,
    tile_index,
    verify_consistency,
)
from app.certificates.proof.notes import Checkpoint, LogProof, open_checkpoint, read_verifier_key, verifier_key
from app.certificates.proof.refusal import Refused

pytestmark = pytest.mark.no_database

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes_raw()
ORIGIN = "academy.example/log"
VKEY = verifier_key(ORIGIN, PUBLIC)
LEAVES = [leaf_hash(bytes([number % 251, number // 251])) for number in range(600)]


def defined_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def tile_hash(level: int, index: int) -> bytes:
    unit = 256**level
    return defined_root(LEAVES[index * unit : (index + 1) * unit])


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 33, 255, 256, 257, 512, 600])
def test_every_leaf_is_proven_to_be_in_the_tree_and_nothing_else_is(size: int) -> None:
    root = range_hash(0, size, tile_hash)
    assert root == defined_root(LEAVES[:size])
    for index in {0, 1, size // 2, size - 1} & set(range(size)):
        path = inclusion_proof(index, size, tile_hash)
        assert root_from_inclusion(LEAVES[index], index, size, path) == root
        assert root_from_inclusion(leaf_hash(b"another"), index, size, path) != root
        with pytest.raises(Refused):
            root_from_inclusion(LEAVES[index], index, size, [*path, root])
        if path:
            with pytest.raises(Refused):
                root_from_inclusion(LEAVES[index], index, size, path[:-1])
        with pytest.raises(Refused):
            root_from_inclusion(LEAVES[index], size, size, path)


def test_every_small_tree_is_proven_to_begin_with_every_smaller_one() -> None:
    roots = {size: defined_root(LEAVES[:size]) for size in (*range(1, 20), 256, 300, 600)}
    for size, root in roots.items():
        for old, old_root in roots.items():
            if old > size:
                with pytest.raises(Refused):
                    verify_consistency(old, old_root, size, root, [root])
                continue
            path = consistency_proof(old, size, tile_hash)
            verify_consistency(old, old_root, size, root, path)
            with pytest.raises(Refused):
                verify_consistency(old, EMPTY, size, root, path)
            with pytest.raises(Refused):
                verify_consistency(old, old_root, size, root, [*path, root])


def test_tiles_are_named_as_the_specification_names_them() -> None:
    assert [tile_index(number) for number in (0, 67, 1000, 1_234_067)] == [
        "000",
        "067",
        "x001/000",
        "x001/x234/067",
    ]


def test_a_signed_checkpoint_is_believed_only_from_its_log() -> None:
    checkpoint = Checkpoint(ORIGIN, 7, defined_root(LEAVES[:7]))
    note = checkpoint.sign(PUBLIC, KEY.sign)
    assert open_checkpoint(note, [VKEY]) == checkpoint
    assert read_verifier_key(VKEY) == (ORIGIN, PUBLIC)
    other = Ed25519PrivateKey.generate()
    with pytest.raises(Refused, match="checkpoint_of_other"):
        open_checkpoint(note, [verifier_key(ORIGIN, other.public_key().public_bytes_raw())])
    with pytest.raises(Refused, match="checkpoint_wrong"):
        open_checkpoint(note.replace("\n7\n", "\n8\n"), [VKEY])
    for broken in (note.replace("\n7\n", "\n07\n"), note[:-1], note + "x", note.replace("—", "-"), "", "a\n\nb"):
        with pytest.raises(Refused):
            open_checkpoint(broken, [VKEY])


def test_a_proof_of_the_log_is_read_as_it_is_written() -> None:
    entries = [b"a", b"b", b"c"]
    root = defined_root([leaf_hash(entry) for entry in entries])
    note = Checkpoint(ORIGIN, 3, root).sign(PUBLIC, KEY.sign)
    proof = LogProof(2, (defined_root([leaf_hash(b"a"), leaf_hash(b"b")]),), note)
    assert proof.text().startswith("c2sp.org/tlog-proof@v1\nindex 2\n")
    assert LogProof.read(proof.text()) == proof
    assert proof.verify(b"c", [VKEY]).size == 3
    with pytest.raises(Refused, match="not_in_log"):
        proof.verify(b"d", [VKEY])
    for broken in ("", proof.text().replace("@v1", "@v2"), proof.text().replace("index 2", "index 02")):
        with pytest.raises(Refused, match="log_proof_malformed"):
            LogProof.read(broken)


def test_status_lists_hold_the_bits_they_were_given() -> None:
    positions = {0, 7, 8, 65_535, statuslists.LENGTH - 1}
    text = statuslists.encode(positions)
    assert text == statuslists.encode(positions), "the same list is written alike"
    bits = statuslists.decode(text)
    assert {at for at in range(statuslists.LENGTH) if statuslists.is_set(bits, at)} == positions
    for broken in ("", "u", text[1:], text[:-9], text + "AAAA", "u" + "A" * 40):
        with pytest.raises(Refused, match="status_malformed"):
            statuslists.decode(broken)


@pytest.mark.parametrize(
    ("url", "did", "origin"),
    [
        ("https://academy.example", "did:web:academy.example", "academy.example/log"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000", "127.0.0.1:8000/log"),
        ("https://example.org/academy", "did:web:example.org:academy", "example.org/academy/log"),
    ],
)
def test_names_follow_from_the_address(url: str, did: str, origin: str) -> None:
    assert (did_of(url), origin_of(url)) == (did, origin)


def test_an_issuers_file_is_read_back_and_anything_else_refused() -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    issuer = Issuer("Academy", "https://academy.example", ((b"der", b"above"),), {"k": PUBLIC}, (VKEY,), at)
    assert Issuer.from_json(issuer.to_json()) == issuer
    assert issuer.find_key("did:web:academy.example#k") == PUBLIC
    for method in ("did:web:academy.example#other", "did:web:elsewhere.example#k", "k"):
        with pytest.raises(Refused, match="key_of_other"):
            issuer.find_key(method)
    for broken in (b"", b"[]", b"{}", b'{"format":"academy-issuer-1"}', b"[" * 100_000):
        with pytest.raises(Refused, match="issuer_malformed"):
            Issuer.read(broken)


def test_a_status_list_is_believed_only_from_its_issuer() -> None:

    at = datetime(2026, 11, 23, tzinfo=UTC)
    url = "https://academy.example"
    issuer = Issuer("Academy", url, (), {"k": PUBLIC}, (), at)
    address = f"{url}/credentials/status/revocation/0"
    unsigned = statuslists.unsigned_list(
        address, "revocation", issuer.did, [5], made_at=at, until=at + timedelta(days=1)
    )
    options = integrity.proof_options(f"{issuer.did}#k", statuslists.moment(at))
    signed = integrity.secure(unsigned, options, contexts_of(url), KEY.sign)
    found = statuslists.open_list(signed, issuer)
    assert (found.address, found.purpose, found.made_at) == (address, "revocation", at)
    assert statuslists.is_set(found.bits, 5)
    with pytest.raises(Refused, match="proof_wrong"):
        statuslists.open_list({**signed, "validUntil": "2030-01-01T00:00:00Z"}, issuer)
