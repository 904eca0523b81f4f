"""What regrades bring to certifiers."""

from typing import Any

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from app.accounts.models import Person
from app.certificates.decisions import queries, services
from app.cohorts.events import CompletionInDoubt
from app.core import clock
from app.core.addresses import address_of
from app.core.events import subscribe
from app.mail.models import OutgoingMail
from app.mail.services import queue_mails
from app.quizzes import registry
from app.quizzes.events import RegradeApplied


def _in_doubt(event: CompletionInDoubt) -> None:
    services.review(event.membership_id, event.attempt_id, event.grade_run_id, now=clock.now())


def _tell_certifiers(event: RegradeApplied) -> None:
    """One letter to each certifier, however many certificates there are."""
    letters = [
        _letter(person, count)
        for organisation_id, count in queries.open_of_regrade(event.regrade_id).items()
        for person in queries.certifiers_of(organisation_id, without=event.actor_id)
    ]
    if letters:
        queue_mails(letters)


def _letter(person: Person, count: int) -> OutgoingMail:
    with force_locale(person.locale):
        subject = ngettext("%(num)d certificate to decide about", "%(num)d certificates to decide about", count)
        body = _(
            "%(name)s,\n\na regrade has changed results on which certificates rest. Nothing was revoked or issued:"
            " you or another certifier decide.\n\n%(url)s\n",
            name=person.name,
            url=address_of("certificate_decisions.list_open"),
        )
    return OutgoingMail(
        recipient=person.email or "", subject=subject, body=body, person_id=person.id, attachments=[]
    )


def init_app(_app: Any) -> None:
    subscribe(CompletionInDoubt, _in_doubt)
    subscribe(RegradeApplied, _tell_certifiers)
    registry.consequences("certificate", queries.certificates_resting_on)
