"""Append to the log, give entries their places, sign tree heads. Runs inside the caller's transaction()."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from app.certificates.keys.signers import Signer
from app.certificates.ledger import queries
from app.certificates.ledger.models import LogCheckpoint, LogEntry, LogTile
from app.certificates.ledger.rules import Entry
from app.certificates.proof.merkle import TILE, inclusion_proof, leaf_hash, range_hash, tree_hash
from app.certificates.proof.notes import Checkpoint, LogProof
from app.core.database import db, serialise


def append(entry: Entry, now: datetime) -> None:
    """Record something in the transaction in which it happens; ``sequence`` gives it its place."""
    db.session.add(LogEntry(at=now, body=entry.body, leaf=leaf_hash(entry.body)))
    db.session.flush()


def sequence(origin: str, signer: Signer, now: datetime) -> Checkpoint:
    """Give every waiting entry its place, one sequencer at a time, and sign the tree head.

    Entries, tiles and checkpoint are committed together: whoever dies in between leaves the log as it was.
    """
    serialise("certificates.log")
    size = queries.size()
    waiting = db.session.execute(
        select(LogEntry.id, LogEntry.leaf).where(LogEntry.position.is_(None)).order_by(LogEntry.id)
    ).all()
    if waiting:
        rows = [{"id": row.id, "position": size + step} for step, row in enumerate(waiting)]
        db.session.execute(update(LogEntry), rows)
        _extend(0, size, [row.leaf for row in waiting])
    size += len(waiting)
    root = range_hash(0, size, queries.tile_hashes())
    known = db.session.get(LogCheckpoint, size)
    checkpoint = Checkpoint(origin, size, root)
    if known is None:
        note = checkpoint.sign(signer.public, signer.sign)
        db.session.add(LogCheckpoint(size=size, root=root, note=note, made_at=now))
        db.session.flush()
    return checkpoint


def _extend(level: int, start: int, hashes: Sequence[bytes]) -> None:
    """Write hashes from an index on into the tiles of a level; full tiles reach the level above."""
    end, above = start + len(hashes), []
    for number in range(start // TILE, (end - 1) // TILE + 1):
        first = max(start, number * TILE)
        added = b"".join(hashes[first - start : (number + 1) * TILE - start])
        tile = db.session.get(LogTile, (level, number))
        if tile is None:
            tile = LogTile(level=level, number=number, hashes=added)
            db.session.add(tile)
        else:
            tile.hashes += added
        if len(tile.hashes) == TILE * 32:
            above.append(tree_hash([tile.hashes[at : at + 32] for at in range(0, TILE * 32, 32)]))
    db.session.flush()
    if above:
        _extend(level + 1, start // TILE, above)


def proof_of(entry: Entry) -> LogProof:
    """The proof that an entry stands in the log, under the newest checkpoint. Raises LookupError."""
    position, head = queries.position_of(entry.body), queries.latest_checkpoint()
    if position is None or head is None or position >= head.size:
        raise LookupError("the entry has no place in the log yet")
    path = inclusion_proof(position, head.size, queries.tile_hashes())
    return LogProof(position, tuple(path), head.note)
