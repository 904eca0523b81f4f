"""Who may do what with a course."""

from app.core.access import Actor, Role
from app.courses.rules import CourseOutline


def can_preview(actor: Actor | None) -> bool:
    """Instructors and administrators read every course as trainees do, without being enrolled."""
    return actor is not None and actor.has(Role.INSTRUCTOR, Role.ADMINISTRATOR)


def can_take_up(outline: CourseOutline) -> bool:
    """May anybody signed in enrol herself? Else a cohort does it."""
    return bool(outline.data.get("open", False))
