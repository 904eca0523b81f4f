"""RFC 6962 trees: hashes, inclusion and consistency."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from app.certificates.proof.refusal import Refused

#: Hashes in a full tile (C2SP tlog-tiles): a subtree of height 8.
TILE: Final = 256
EMPTY: Final = hashlib.sha256(b"").digest()

#: The hash of ``D[index * 256**level : (index + 1) * 256**level]``, as tiles hold it.
TileHash = Callable[[int, int], bytes]


def tile_index(number: int) -> str:
    """A tile's number in path elements of three digits, all but the last with an x."""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts)


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(hashes: Sequence[bytes]) -> bytes:
    """The root over these subtrees of equal height (leaf hashes, or those of a tile)."""
    if not hashes:
        return EMPTY
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return node_hash(tree_hash(hashes[:split]), tree_hash(hashes[split:]))


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def range_hash(start: int, end: int, tile_hash: TileHash) -> bytes:
    """The hash over the entries from ``start`` to before ``end``, a range that the tree's splits make."""
    size, level = end - start, 0
    if size == 0:
        return EMPTY
    while TILE ** (level + 1) <= size:
        level += 1
    unit = TILE**level
    if size == unit and start % unit == 0:
        return tile_hash(level, start // unit)
    split = _split(size)
    return node_hash(range_hash(start, start + split, tile_hash), range_hash(start + split, end, tile_hash))


def inclusion_proof(index: int, size: int, tile_hash: TileHash) -> list[bytes]:
    """RFC 6962 2.1.1: the siblings from the leaf up to the root of the tree of this size."""
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, tile_hash))
            end = middle
        else:
            path.append(range_hash(start, middle, tile_hash))
            start = middle
    return path[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """RFC 9162 2.1.3.2: the root that the proof leads to. Raises Refused for a proof of another length."""
    if not 0 <= index < size:
        raise Refused("log_proof_malformed", "the index is beyond the tree")
    found, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Refused("log_proof_malformed", "the proof is too long")
        if found & 1 or found == last:
            root = node_hash(sibling, root)
            while not found & 1 and found:
                found, last = found >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        found, last = found >> 1, last >> 1
    if last != 0:
        raise Refused("log_proof_malformed", "the proof is too short")
    return root


def consistency_proof(old: int, size: int, tile_hash: TileHash) -> list[bytes]:
    """RFC 6962 2.1.2: that the tree of ``size`` begins with the tree of ``old`` (0 < old <= size)."""

    def proof(first: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if first == end - start:
            return [] if whole else [range_hash(start, end, tile_hash)]
        split = _split(end - start)
        if first <= split:
            below = proof(first, start, start + split, whole=whole)
            return [*below, range_hash(start + split, end, tile_hash)]
        below = proof(first - split, start + split, end, whole=False)
        return [*below, range_hash(start, start + split, tile_hash)]

    return proof(old, 0, size, whole=True)


def verify_consistency(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """RFC 9162 2.1.4.2. Raises Refused when the larger tree does not begin with the smaller one."""
    if old == size:
        if path or old_root != root:
            raise Refused("log_forked")
        return
    if not 0 < old < size or not path:
        raise Refused("log_forked", "the sizes do not fit")
    rest = list(path)
    if old & (old - 1) == 0:  # a power of two: the old root is a node of the new tree
        rest.insert(0, old_root)
    first, second = _climb(old - 1, size - 1, rest)
    if first != old_root or second != root:
        raise Refused("log_forked")


def _climb(found: int, last: int, rest: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the smaller and of the larger tree that a consistency proof leads to. Raises Refused."""
    while found & 1:
        found, last = found >> 1, last >> 1
    first = second = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            raise Refused("log_forked", "the proof is too long")
        if found & 1 or found == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not found & 1 and found:
                found, last = found >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        found, last = found >> 1, last >> 1
    if last != 0:
        raise Refused("log_forked", "the proof is too short")
    return first, second
