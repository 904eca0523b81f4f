"""Give what was recorded its place in the log."""

from app.certificates.keys.context import holders
from app.certificates.keys.signing import active_signers
from app.certificates.ledger import queries, services
from app.certificates.proof.issuer import origin_of
from app.core import clock
from app.core.addresses import public_root
from app.core.database import release, transaction
from app.jobs.registry import every


@every("certificates.log", seconds=15)
def sequence_log() -> None:
    """What nobody else has sequenced: the file's digest after the last document of a batch."""
    if not queries.waiting():
        release()
        return
    signers = active_signers(holders())
    release()
    with transaction():
        services.sequence(origin_of(public_root()), signers.checkpoint, clock.now())
