"""What the worker does for accounts."""

import uuid

from app.accounts import services
from app.core import clock
from app.core.database import transaction
from app.jobs.registry import Assignment, every, handles


@handles(services.RESET_JOB)
def send_reset_link(assignment: Assignment) -> None:
    """Mail a link to whoever asked for it; for an unknown address there is nothing to do."""
    person_id = assignment.payload["person_id"]
    if person_id is None:
        return
    with transaction():
        services.send_reset_link(uuid.UUID(person_id), clock.now())


@every("accounts.forget_old_traces", 3600)
def forget_old_traces() -> None:
    """Delete tries, links and sessions that have no more use."""
    with transaction():
        services.forget_old_traces(clock.now())
