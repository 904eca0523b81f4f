"""Work through batches; remind holders of what runs out."""

import uuid

from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from app.certificates.life import queries, services
from app.certificates.life.rules import REMINDERS
from app.certificates.models import Certificate
from app.certificates.rules import Snapshot
from app.core import clock
from app.core.addresses import address_of
from app.core.database import db, release, transaction
from app.jobs.registry import Assignment, every, handles
from app.mail.services import queue_mail

#: People one job of a batch works on.
STRETCH = 100
#: Reminders a run of the sweep sends at most.
BATCH = 500


@handles(services.ISSUE_BATCH)
def issue_batch(assignment: Assignment) -> None:
    """One certificate after the other until it is finished or paused; a killed worker's successor goes on.

    After a stretch the rest is another job's: no job lives long enough to be killed more often than it may be.
    """
    batch_id = uuid.UUID(assignment.payload["batch_id"])
    for done in range(1, STRETCH + 1):
        if not services.work_next(batch_id, clock.now()):
            return
        if done % 20 == 0:
            assignment.report(done, STRETCH)
    with transaction():
        services.go_on(batch_id)


@every("certificates.go_on", seconds=60)
def go_on() -> None:
    """Go on with batches that lost their job."""
    abandoned = queries.abandoned_batches()
    release()
    for batch_id in abandoned:
        with transaction():
            services.go_on(batch_id)


@every("certificates.remind", seconds=3600)
def remind() -> None:
    """Mail the holders whose results run out in 90, 30 or 7 days: once each."""
    today = clock.day_of(clock.now())
    statement = (
        queries.expiring(today, max(REMINDERS)).with_only_columns(Certificate.id).order_by(Certificate.expires_on)
    )
    due = db.session.scalars(statement).all()
    release()
    sent = 0
    for certificate_id in due:
        with transaction():
            certificate = db.session.get_one(
                Certificate,
                certificate_id,
                options=[joinedload(Certificate.person)],
                with_for_update={"of": Certificate},
            )
            if services.claim_reminder(certificate, clock.now()) is not None:
                _mail(certificate)
                sent += 1
        if sent >= BATCH:
            return


def _mail(certificate: Certificate) -> None:
    person = certificate.person
    if not person.email or certificate.snapshot is None or certificate.expires_on is None:
        return
    snapshot = Snapshot.from_json(certificate.snapshot)
    with force_locale(person.locale):
        day = format_date(certificate.expires_on)
        subject = _("Your certification result expires on %(day)s", day=day)
        body = _(
            "%(name)s,\n\nthe examination result stated in your certificate %(number)s stands until %(day)s. "
            "You can renew it: updated study, a law-update test and a declaration. The certificate itself "
            "stays as it is.\n\n%(url)s\n",
            name=snapshot.holder.name,
            number=snapshot.number,
            day=day,
            url=address_of("certificates.show", certificate_id=certificate.id),
        )
    queue_mail(person.email, subject, body, person_id=person.id)
