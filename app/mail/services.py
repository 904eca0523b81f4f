"""Put mail into the outbox."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from app.core.database import db
from app.jobs import services as jobs
from app.mail.models import OutgoingMail

SEND = "mail.send"


def queue_mail(
    recipient: str,
    subject: str,
    body: str,
    *,
    person_id: uuid.UUID | None = None,
    attachments: list[dict[str, Any]] | None = None,
) -> OutgoingMail:
    """Write a plain-text message in the present transaction; the worker sends it after the commit."""
    mail = OutgoingMail(
        recipient=recipient, subject=subject, body=body, person_id=person_id, attachments=attachments or []
    )
    db.session.add(mail)
    db.session.flush()
    jobs.enqueue(SEND, {"mail_id": str(mail.id)}, unique_key=f"{SEND}:{mail.id}")
    return mail


def queue_mails(mails: Sequence[OutgoingMail]) -> None:
    """Write many messages in the present transaction, in a few statements; the worker sends them."""
    db.session.add_all(mails)
    db.session.flush()
    jobs.enqueue_all(SEND, [(f"{SEND}:{mail.id}", {"mail_id": str(mail.id)}) for mail in mails])


def mark_sent(mail_id: uuid.UUID, now: datetime) -> None:
    """Note that the mail server took the message; the first note stays."""
    db.session.execute(
        update(OutgoingMail)
        .where(OutgoingMail.id == mail_id, OutgoingMail.sent_at.is_(None))
        .values(sent_at=now)
        .execution_options(synchronize_session=False)
    )
