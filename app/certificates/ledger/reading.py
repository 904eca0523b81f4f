"""The log behind its public address: for audits and for the public page."""

from collections.abc import Sequence

from app.certificates.ledger import queries
from app.certificates.proof.merkle import consistency_proof
from app.certificates.proof.refusal import Refused
from app.core.errors import NotFound


class OwnLog:
    """The log in the database, as ``proof.audit.Source`` and ``proof.verdicts.LogView`` read it."""

    def checkpoint(self) -> str:
        """Raises Refused when nothing was ever logged."""
        head = queries.latest_checkpoint()
        if head is None:
            raise Refused("log_truncated", "the log is empty")
        return head.note

    def head(self) -> str:
        return self.checkpoint()

    def tile(self, level: int, number: int, width: int) -> bytes:
        try:
            return queries.tile(level, number, width)
        except NotFound:
            raise Refused("log_truncated", f"tile {level}/{number}") from None

    def bundle(self, number: int, width: int) -> bytes:
        return queries.bundle(number, width)

    def consistency(self, old: int, size: int) -> Sequence[bytes]:
        return consistency_proof(old, size, queries.tile_hashes())

    def holds(self, entry: bytes) -> bool:
        return queries.position_of(entry) is not None
