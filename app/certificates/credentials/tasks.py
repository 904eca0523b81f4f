"""Keep the published status lists true and fresh."""

from app.certificates.credentials import queries, services
from app.certificates.credentials.securing import Site
from app.certificates.keys.context import holders
from app.certificates.keys.signing import active_signers
from app.certificates.ledger import services as ledger
from app.core import clock
from app.core.addresses import public_root
from app.core.database import release, transaction
from app.jobs.registry import Assignment, every, handles


@handles(services.PUBLISH)
def publish_status(_assignment: Assignment) -> None:
    """After something happened to a certificate."""
    _publish()


def _publish() -> None:
    """Sign the status lists as things stand, and give what happened its place in the log."""
    signers, site, now = active_signers(holders()), Site(public_root()), clock.now()
    release()
    with transaction():
        services.publish_lists(site, signers.credential, now)
        ledger.sequence(site.origin, signers.checkpoint, now)


@every("certificates.status_lists", seconds=300)
def renew_lists() -> None:
    """Sign status lists anew before they run out."""
    due = queries.run_out_before(clock.now() + services.RENEWAL)
    release()
    if due:
        _publish()
