"""Draw issued documents, keep the files, mail them to their holders."""

import uuid

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.certificates import queries, services, verification
from app.certificates.keys.context import holders
from app.certificates.keys.signing import active_signers
from app.certificates.models import Certificate
from app.certificates.rendering import Printed, Signature, render
from app.certificates.rules import Snapshot
from app.config import Settings
from app.core import clock
from app.core.addresses import address_of, public_root
from app.core.database import release, transaction
from app.files import services as files
from app.jobs.registry import Assignment, every, handles
from app.mail.services import queue_mail


@handles(services.RENDER)
def render_certificate(assignment: Assignment) -> None:
    """Draw and sign one issued document; done already means nothing to do.

    The file is kept before the database names it, so that a name always leads to a file.
    """
    settings: Settings = current_app.extensions["academy.settings"]
    certificate_id = uuid.UUID(assignment.payload["certificate_id"])
    certificate = queries.get_certificate(certificate_id)
    if certificate.file_digest or certificate.snapshot is None or certificate.code is None:
        release()
        return
    snapshot, printed = Snapshot.from_json(certificate.snapshot), Printed(certificate.code, public_root())
    signature = Signature(active_signers(holders()).document, clock.now(), settings.timestamp_url)
    release()
    data = render(snapshot, printed, signature=signature)
    digest = files.store(settings.data_dir, data)
    with transaction():
        if services.note_rendered(certificate_id, digest, len(data), clock.now()):
            _send(queries.get_certificate(certificate_id), snapshot, digest)


def _send(certificate: Certificate, snapshot: Snapshot, digest: str) -> None:
    person = certificate.person
    if not person.email:
        return
    with force_locale(person.locale):
        title = snapshot.document.title["en" if person.locale == "en" else "zh"]
        subject = _("%(title)s %(number)s", title=title, number=snapshot.number)
        body = _(
            "%(name)s,\n\nyour document “%(title)s” (number %(number)s) has been issued and is attached.\n\n"
            "Anybody can check it at %(url)s with its number and this verification code: %(code)s\n",
            name=snapshot.holder.name,
            title=title,
            number=snapshot.number,
            url=address_of("certificates.verify"),
            code=certificate.code,
        )
    attachment = {"name": snapshot.file_name, "media_type": "application/pdf", "digest": digest}
    queue_mail(person.email, subject, body, person_id=person.id, attachments=[attachment])


@every("certificates.forget_lookups", seconds=3600)
def forget_lookups() -> None:
    """Who looked up certificates is not kept."""
    with transaction():
        verification.forget_lookups(clock.now())
