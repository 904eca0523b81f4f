"""Audit the log: entries, tiles and checkpoint are one tree, and it has grown from what it was."""

import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from app.certificates.proof.merkle import EMPTY, TILE, leaf_hash, node_hash, tile_index, tree_hash
from app.certificates.proof.notes import Checkpoint, open_checkpoint
from app.certificates.proof.refusal import Refused

_PATIENCE: Final = 30
_LARGEST: Final = 256 * 65_537


class Source(Protocol):
    """Where the log is read: its public address, or the database behind it."""

    def checkpoint(self) -> str:
        """The newest signed checkpoint."""
        ...

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Hashes of a tile."""
        ...

    def bundle(self, number: int, width: int) -> bytes:
        """Entries, each after its length."""
        ...


@dataclass(frozen=True, slots=True)
class Address:
    """A log at its public address, as C2SP tlog-tiles lays it out."""

    url: str

    def _fetch(self, path: str) -> bytes:
        address = f"{self.url.rstrip('/')}/{path}"
        if not address.startswith(("https://", "http://")):
            raise Refused("note_malformed", "an address begins with https://")
        try:
            with urllib.request.urlopen(address, timeout=_PATIENCE) as answer:  # noqa: S310 - checked above
                data: bytes = answer.read(_LARGEST)
        except OSError as error:
            raise Refused("log_truncated", f"{path}: {error}") from None
        return data

    def checkpoint(self) -> str:
        return self._fetch("checkpoint").decode()

    def tile(self, level: int, number: int, width: int) -> bytes:
        return self._fetch(f"tile/{level}/{tile_index(number)}{_partial(width)}")

    def bundle(self, number: int, width: int) -> bytes:
        return self._fetch(f"tile/entries/{tile_index(number)}{_partial(width)}")


def _partial(width: int) -> str:
    return "" if width == TILE else f".p/{width}"


@dataclass(slots=True)
class Frontier:
    """A growing tree that keeps only the roots of its whole subtrees."""

    size: int = 0
    #: Roots by height, the largest first.
    roots: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, leaf: bytes) -> None:
        height = 0
        while self.roots and self.roots[-1][0] == height:
            leaf = node_hash(self.roots.pop()[1], leaf)
            height += 1
        self.roots.append((height, leaf))
        self.size += 1

    @property
    def root(self) -> bytes:
        """The RFC 6962 root of everything added so far."""
        if not self.roots:
            return EMPTY
        root = self.roots[-1][1]
        for _height, left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found to be in order."""

    checkpoint: Checkpoint
    #: Entries by type.
    entries: Mapping[str, int]
    #: How many earlier checkpoints the log has grown from.
    earlier: int


def audit(source: Source, keys: Sequence[str], earlier: Sequence[str] = ()) -> tuple[Audit, list[bytes]]:
    """Check the whole log against its signed checkpoint and against earlier ones; also its entries, in order.

    Raises Refused with what is wrong first.
    """
    head = open_checkpoint(source.checkpoint(), keys)
    marks = {note.size: note for note in (open_checkpoint(text, keys) for text in earlier)}
    if any(size > head.size for size in marks):
        raise Refused("log_truncated", f"{head.size} entries, {max(marks)} before")
    frontier, entries = Frontier(), list[bytes]()
    level: list[bytes] = []
    for number in range((head.size + TILE - 1) // TILE):
        width = min(TILE, head.size - number * TILE)
        bodies = _split(source.bundle(number, width), width)
        hashes = [leaf_hash(body) for body in bodies]
        _demand_tile(source, 0, number, hashes)
        for leaf in hashes:
            frontier.add(leaf)
            _demand_mark(marks, frontier)
        entries += bodies
        if width == TILE:
            level.append(tree_hash(hashes))
    _demand_levels(source, level)
    if frontier.root != head.root:
        raise Refused("log_forked", "the checkpoint is not the root of the entries")
    return Audit(head, Counter(map(_kind, entries)), len(marks)), entries


def _split(bundle: bytes, width: int) -> list[bytes]:
    found, at = list[bytes](), 0
    while at < len(bundle):
        size = int.from_bytes(bundle[at : at + 2], "big")
        found.append(bundle[at + 2 : at + 2 + size])
        at += 2 + size
    if len(found) != width or at != len(bundle):
        raise Refused("log_truncated", f"a bundle of {len(found)} entries instead of {width}")
    return found


def _demand_mark(marks: Mapping[int, Checkpoint], frontier: Frontier) -> None:
    mark = marks.get(frontier.size)
    if mark is not None and mark.root != frontier.root:
        raise Refused("log_forked", f"the first {mark.size} entries are not those of an earlier checkpoint")


def _demand_tile(source: Source, level: int, number: int, hashes: Sequence[bytes]) -> None:
    if source.tile(level, number, len(hashes)) != b"".join(hashes):
        raise Refused("log_forked", f"tile {level}/{number} is not what the entries give")


def _demand_levels(source: Source, hashes: list[bytes]) -> None:
    """The tiles above the leaves, level by level."""
    level = 1
    while hashes:
        above = []
        for number in range((len(hashes) + TILE - 1) // TILE):
            part = hashes[number * TILE : (number + 1) * TILE]
            _demand_tile(source, level, number, part)
            if len(part) == TILE:
                above.append(tree_hash(part))
        hashes, level = above, level + 1


def _kind(entry: bytes) -> str:
    head, _, rest = entry.rpartition(b'"type":"')
    return rest.removesuffix(b'"}').decode() if head else "other"
