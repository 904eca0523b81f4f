"""The verbs of courses."""

from app.courses.services.content import is_current
from app.courses.services.enrolments import enrol, enrol_again, enrol_all, take_up
from app.courses.services.progress import (
    Checked,
    answer_check,
    check_completion,
    check_completion_of,
    keep_place,
    mark_read,
    start_exam,
    try_check,
)

__all__ = [
    "Checked",
    "answer_check",
    "check_completion",
    "check_completion_of",
    "enrol",
    "enrol_again",
    "enrol_all",
    "is_current",
    "keep_place",
    "mark_read",
    "start_exam",
    "take_up",
    "try_check",
]
