"""Where in a course something is kept that a reader wrote."""

import uuid

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from app.courses.studying.rules.anchors import Anchor


class AtPassage:
    """The columns that name a section of a course, or quoted words of it.

    By keys and by the quoted words with what stands around them, not by a revision: so the place is found again in
    a later one, or shown as changed.
    """

    #: Given by the browser, so that what is sent twice is kept once.
    client_id: Mapped[uuid.UUID]
    course_key: Mapped[str]
    module_key: Mapped[str]
    lesson_key: Mapped[str]
    section_key: Mapped[str]
    #: In which of the lesson's texts the words stand: ``zh`` or ``en``.
    language: Mapped[str]
    #: The words of the text, without citations, and what stands before and after them; empty for a whole section.
    quote: Mapped[str] = mapped_column(Text)
    prefix: Mapped[str]
    suffix: Mapped[str]

    @property
    def anchor(self) -> Anchor:
        return Anchor(
            self.module_key,
            self.lesson_key,
            self.section_key,
            language=self.language,
            quote=self.quote,
            prefix=self.prefix,
            suffix=self.suffix,
        )
