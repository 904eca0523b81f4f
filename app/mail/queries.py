"""Read the outbox."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.mail.models import OutgoingMail


def get_mail(mail_id: uuid.UUID) -> OutgoingMail:
    """One message. Raises NotFound."""
    mail = db.session.get(OutgoingMail, mail_id)
    if mail is None:
        raise NotFound
    return mail


def list_mails(limit: int = 100) -> Sequence[OutgoingMail]:
    """The newest messages."""
    return db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at.desc()).limit(limit)).all()
