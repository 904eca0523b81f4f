"""Read the log."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.certificates.ledger.models import LogCheckpoint, LogEntry, LogTile
from app.certificates.ledger.rules import width_at
from app.certificates.proof.merkle import TILE, TileHash, leaf_hash
from app.core.database import db
from app.core.errors import NotFound


def size() -> int:
    """Entries that have their place."""
    last = db.session.scalar(select(func.max(LogEntry.position)))
    return 0 if last is None else last + 1


def waiting() -> int:
    """Entries that wait for their place."""
    return db.session.scalar(select(func.count()).select_from(LogEntry).where(LogEntry.position.is_(None))) or 0


def tile_hashes() -> TileHash:
    """Look up hashes of the tree, reading each tile once."""
    known: dict[tuple[int, int], bytes] = {}

    def find(level: int, index: int) -> bytes:
        number, place = divmod(index, TILE)
        if (level, number) not in known:
            statement = select(LogTile.hashes).where(LogTile.level == level, LogTile.number == number)
            known[(level, number)] = db.session.scalar(statement) or b""
        found = known[(level, number)][place * 32 : place * 32 + 32]
        if len(found) != 32:
            raise LookupError(f"the log has no hash {index} on level {level}")
        return found

    return find


def latest_checkpoint() -> LogCheckpoint | None:
    """The newest tree head that was signed."""
    return db.session.scalar(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1))


def list_checkpoints() -> Sequence[LogCheckpoint]:
    """Every signed tree head, the smallest first."""
    return db.session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)).all()


def position_of(body: bytes) -> int | None:
    """Where an entry stands; None when it is not in the log or waits for its place."""
    return db.session.scalar(select(func.min(LogEntry.position)).where(LogEntry.leaf == leaf_hash(body)))


def tile(level: int, number: int, width: int) -> bytes:
    """The first hashes of a tile. Raises NotFound beyond the newest checkpoint, which is all that is public."""
    _demand_public(level, number, width)
    hashes = db.session.scalar(select(LogTile.hashes).where(LogTile.level == level, LogTile.number == number))
    return (hashes or b"")[: width * 32]


def bundle(number: int, width: int) -> bytes:
    """Entries of a level-0 tile, each after its length as two bytes. Raises NotFound beyond the checkpoint."""
    _demand_public(0, number, width)
    start = number * TILE
    bodies = db.session.scalars(
        select(LogEntry.body)
        .where(LogEntry.position >= start, LogEntry.position < start + width)
        .order_by(LogEntry.position)
    )
    return b"".join(len(body).to_bytes(2, "big") + body for body in bodies)


def _demand_public(level: int, number: int, width: int) -> None:
    head = latest_checkpoint()
    if head is None or not 0 < width <= width_at(head.size, level, number):
        raise NotFound


def waiting_bodies() -> Sequence[bytes]:
    """Entries that wait for their place."""
    return db.session.scalars(select(LogEntry.body).where(LogEntry.position.is_(None))).all()
