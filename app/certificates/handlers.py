"""What certificates do when people confirm their names and programmes are completed."""

from flask import Flask

from app.accounts.events import NamesConfirmed
from app.certificates import services
from app.certificates.completion import issue_on_completion
from app.cohorts.events import ProgrammeCompleted
from app.core import clock
from app.core.events import subscribe


def _issue_waiting(event: NamesConfirmed) -> None:
    services.issue_waiting(event.person_id, clock.now())


def _issue_certificate(event: ProgrammeCompleted) -> None:
    if event.by_regrade:  # a certifier decides, see decisions
        return
    issue_on_completion(event.membership_id, clock.now())


def init_app(_app: Flask) -> None:
    subscribe(ProgrammeCompleted, _issue_certificate)
    subscribe(NamesConfirmed, _issue_waiting)
