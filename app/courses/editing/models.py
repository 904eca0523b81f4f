"""What authors say of a translation."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.database import Base


class TranslationCheck(Base):
    """Somebody compared a section's English with its Chinese as it then was, and left the English as it is."""

    __tablename__ = "translation_checks"

    course_key: Mapped[str] = mapped_column(ForeignKey("course_sources.course_key"), primary_key=True)
    #: module/lesson/section
    section: Mapped[str] = mapped_column(primary_key=True)
    #: Of the Chinese (``texts.section_digests``): a later change makes the mark appear again.
    chinese_digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
