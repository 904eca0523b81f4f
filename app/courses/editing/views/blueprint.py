"""The blueprint that every module of these views adds to, and what they share."""

from flask import Blueprint, request

from app.core import clock
from app.core.access import Role, require_actor, requires
from app.courses.editing.queries import Work, work_on
from app.courses.editing.services import Author

blueprint = Blueprint("editing", __name__)

#: Who writes courses; which ones, the policies say.
author_only = requires(Role.INSTRUCTOR, Role.ADMINISTRATOR)
#: The same for views that read and parse before their transaction().
author_only_reads_first = requires(Role.INSTRUCTOR, Role.ADMINISTRATOR, reads_first=True)


def author() -> Author:
    """The person at this browser."""
    return Author(require_actor(), clock.now(), request.values.get("device", "")[:80])


def work(course_key: str) -> Work:
    """The open draft of a course she may edit. Raises NotFound."""
    return work_on(require_actor(), course_key)
