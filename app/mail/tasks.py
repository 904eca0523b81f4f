"""Send what the outbox holds."""

import smtplib
import ssl
import uuid
from email.message import EmailMessage

from flask import current_app

from app.config import Settings
from app.core import clock
from app.core.database import release, transaction
from app.files import services as files
from app.jobs.registry import Assignment, handles
from app.mail.models import OutgoingMail
from app.mail.queries import get_mail
from app.mail.rules import Attachment, compose
from app.mail.services import SEND, mark_sent

#: Seconds a mail server may take for one answer.
TIMEOUT = 20
IMPLICIT_TLS_PORT = 465


def _settings() -> Settings:
    settings: Settings = current_app.extensions["academy.settings"]
    return settings


def _message(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    return compose(
        key=str(mail.id),
        sender=settings.mail_from,
        recipient=mail.recipient,
        subject=mail.subject,
        body=mail.body,
        written_at=mail.created_at,
        attachments=tuple(
            Attachment(row["name"], row["media_type"], files.read(settings.data_dir, row["digest"]))
            for row in mail.attachments
        ),
    )


def _deliver(message: EmailMessage, settings: Settings) -> None:
    context = ssl.create_default_context()
    implicit = settings.smtp_port == IMPLICIT_TLS_PORT
    server: smtplib.SMTP = (
        smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT, context=context)
        if implicit
        else smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
    )
    with server:
        if settings.smtp_starttls and not implicit:
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)


@handles(SEND)
def send_mail(job: Assignment) -> None:
    """Send one message, once unless we die between the server's acceptance and our note of it.

    Without SMTP_HOST it stays in the outbox, where the development page shows it; in production that is an error.
    """
    settings = _settings()
    mail = get_mail(uuid.UUID(job.payload["mail_id"]))
    if mail.sent_at is not None:
        return
    if not settings.smtp_host:
        if settings.production:
            raise RuntimeError("SMTP_HOST is not set; see docs/operations.md, “Mail”")
        return
    message = _message(mail, settings)
    release()
    _deliver(message, settings)
    with transaction():
        mark_sent(mail.id, clock.now())
