"""What courses announce to the packages above."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from app.core.events import Event
from app.courses.content.tree import Content


@dataclass(frozen=True, slots=True)
class ContentSynced(Event):
    """The authored content was loaded; upper packages bring their part (programmes) up to it now."""

    content: Content


@dataclass(frozen=True, slots=True)
class CoursePublished(Event):
    """One course was published in the browser; upper packages bring up to it what draws on its questions."""

    course_key: str
    #: The course, the programmes it belongs to, and the other courses these are made of.
    content: Content


@dataclass(frozen=True, slots=True)
class CourseCompleted(Event):
    """Somebody completed a course; announced once for each enrolment."""

    person_id: uuid.UUID
    course_id: uuid.UUID
    course_revision_id: uuid.UUID
    enrolment_id: uuid.UUID
    #: 学时 credited.
    hours: Decimal
    #: A regrade completed it: no document follows by itself.
    by_regrade: bool = False
