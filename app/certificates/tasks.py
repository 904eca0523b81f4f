"""Draw issued documents, keep the files, mail them to their holders."""

import uuid
from collections.abc import Sequence

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from app.certificates import queries, services, verification
from app.certificates.credentials import services as credentials
from app.certificates.credentials.rules import page_text
from app.certificates.credentials.securing import Site, sign_credential
from app.certificates.keys.context import holders
from app.certificates.keys.signers import Signers
from app.certificates.keys.signing import active_signers
from app.certificates.models import Certificate
from app.certificates.proof.verdicts import CREDENTIAL, LOG_PROOF
from app.certificates.rendering import Attachment, Printed, Signature, markup, render
from app.certificates.rules import Snapshot
from app.certificates.styles.queries import style_named
from app.config import Settings
from app.core import clock
from app.core.addresses import address_of, public_root
from app.core.database import release, transaction
from app.files import services as files
from app.jobs.registry import Assignment, every, handles
from app.mail.services import queue_mail


@handles(services.RENDER)
def render_certificate(assignment: Assignment) -> None:
    """Prove, draw and sign one issued document; done already means nothing to do.

    The file is kept before the database names it, so that a name always leads to a file.
    """
    settings: Settings = current_app.extensions["academy.settings"]
    certificate_id = uuid.UUID(assignment.payload["certificate_id"])
    certificate = queries.get_certificate(certificate_id)
    if certificate.file_digest or certificate.snapshot is None or certificate.code is None:
        release()
        return
    snapshot = Snapshot.from_json(certificate.snapshot)
    printed = Printed(certificate.code, public_root(), style_named(snapshot.style))
    signers = active_signers(holders())
    release()
    attachments = _prove(certificate_id, snapshot, printed, signers)
    signature = Signature(signers.document, clock.now(), settings.timestamp_url)
    data = render(snapshot, printed, attachments, signature)
    digest = files.store(settings.data_dir, data)
    with transaction():
        if services.note_rendered(certificate_id, digest, len(data), clock.now()):
            site = Site(printed.public_url)
            credentials.note_file(certificate_id, digest, site, signers.checkpoint, clock.now())
            _send(queries.get_certificate(certificate_id), snapshot, digest)


def _prove(
    certificate_id: uuid.UUID, snapshot: Snapshot, printed: Printed, signers: Signers
) -> Sequence[Attachment]:
    """Sign the credential and log it, unless a run before did; what the document carries of both."""
    with transaction():  # one issued by a release without credentials gets its own here
        certificate = queries.get_certificate(certificate_id)
        credential = credentials.register(certificate)
        urn, places, known, issued_at = (
            credential.urn,
            credential.places,
            credential.document,
            certificate.issued_at,
        )
    assert issued_at is not None  # noqa: S101 - it has a number (check constraint)
    site = Site(printed.public_url)
    document = (
        known.encode()
        if known
        else sign_credential(
            snapshot,
            urn=urn,
            places=places,
            issued_at=issued_at,
            page_text=page_text(markup(snapshot, printed)),
            site=site,
            signer=signers.credential,
        )
    )
    with transaction():
        proven = credentials.keep(certificate_id, document, site, signers.checkpoint, clock.now())
    return (
        Attachment(CREDENTIAL, "application/ld+json", proven.credential, "Verifiable Credential, Open Badge 3.0"),
        Attachment(LOG_PROOF, "text/plain", proven.log_proof.encode(), "Proof of inclusion in the issuer's log"),
    )


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
