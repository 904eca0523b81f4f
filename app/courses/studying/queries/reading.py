"""The course somebody studies: the revision she started, or an instructor's preview."""

import uuid
from dataclasses import dataclass

from flask_babel import gettext as _

from app.core.access import Actor
from app.core.errors import NotAllowed
from app.courses import queries as courses
from app.courses.rules import CourseOutline
from app.courses.studying import policies


@dataclass(frozen=True, slots=True)
class Study:
    """A course as one person reads it; without an enrolment it is a preview."""

    course_key: str
    outline: CourseOutline
    enrolment_id: uuid.UUID | None


def study_in(actor: Actor, course_key: str) -> Study:
    """The actor's own revision. Raises NotFound, and NotAllowed for those who neither study nor teach."""
    reading = courses.reading_in(actor.person_id, course_key)
    if reading is not None:
        return Study(course_key, courses.outline(reading.course_revision_id), reading.id)
    outline = courses.outline(courses.current_revision_id(courses.get_course(course_key)))
    if not policies.can_preview(actor):
        raise NotAllowed(_("This course is open to those enrolled in it."))
    return Study(course_key, outline, None)


def get_enrolled_study(actor: Actor, course_key: str) -> Study:
    """As study_in, for those enrolled only: a preview keeps nothing. Raises NotFound, NotAllowed."""
    study = study_in(actor, course_key)
    if study.enrolment_id is None:
        raise NotAllowed(_("In a preview nothing is kept."))
    return study
