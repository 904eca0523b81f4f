import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, Identified
from app.core.types import Json


class OutgoingMail(Identified, Base):
    """One message. ``attachments`` lists ``{"name", "media_type", "digest"}`` of stored files."""

    __tablename__ = "outgoing_mails"

    recipient: Mapped[str]
    person_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    sent_at: Mapped[datetime | None]
