"""How a message looks on the wire."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    media_type: str
    data: bytes


def compose(
    *,
    key: str,
    sender: str,
    recipient: str,
    subject: str,
    body: str,
    written_at: datetime,
    attachments: tuple[Attachment, ...] = (),
) -> EmailMessage:
    """The message as SMTP takes it.

    Its Message-ID comes from the row's ``key``: should a crash make us send it twice, the reader's side can tell.
    Raises ValueError when an address or the subject holds a line break.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(written_at)
    message["Message-ID"] = f"<{key}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    for attachment in attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.data, maintype=main, subtype=sub or "octet-stream", filename=attachment.name
        )
    return message
